"""The soft ellipse around a face within which a photo may change."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from core.vision.embedding.align import DLIB_TEMPLATE
from core.vision.transfer.square import FaceSquare
from core.vision.views import Framing, portrait_template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray


class EllipseShape(NamedTuple):
    """Centre and radii in sides of a framing's square, x and y; within the square."""

    centre: tuple[float, float]
    radii: tuple[float, float]


# From the hair line, or from the forehead where the square shows no more, to below the chin, and to the ears: looked at
# on drawn and on photographed faces. They end within the square, since the networks know nothing of what is outside.
SHAPES: Mapping[Framing, EllipseShape] = {
    Framing.PORTRAIT: EllipseShape((0.5, 0.52), (0.37, 0.45)),
    Framing.FACE: EllipseShape((0.5, 0.5), (0.48, 0.49)),
}
_FULL = 0.7  # of the radius, up to which the whole change shows: eyes, nose, mouth and cheeks
_NEAREST = 4  # exponent: where ellipses overlap, the face whose centre is nearer prevails, without a seam


class Window(NamedTuple):
    """A part of the photo, in whole pixels; `right` and `bottom` lie outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    @property
    def is_empty(self) -> bool:
        """Whether it has no pixel."""
        return self.left >= self.right or self.top >= self.bottom

    def intersection(self, other: Window) -> Window:
        """Return what both have in common; it may be empty."""
        return Window(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )


class FaceEllipse:
    """The ellipse of one face in a photo."""

    def __init__(self, framing: Framing, landmarks: Sequence[tuple[float, float]]) -> None:
        """Fit the ellipse to five landmarks, as in `DetectedFace`, in pixels of the photo.

        Raises:
            ValueError: landmarks that span no area, or a framing that is neither PORTRAIT nor FACE.
        """
        self.square = FaceSquare(framing, landmarks)
        self._shape = SHAPES[framing]

    def window(self, shape: tuple[int, ...]) -> Window:
        """Return the smallest part of a photo of this shape (height, width, ...) that holds the ellipse."""
        centre = self.square.to_photo @ (*self._shape.centre, 1.0)
        reach = np.sqrt(
            ((self.square.to_photo[:, :2] * self._shape.radii) ** 2).sum(1)
        )  # of a turned ellipse's bounding box
        left, top = np.floor(centre - reach).astype(int)
        right, bottom = np.ceil(centre + reach).astype(int)
        return Window(max(0, int(left)), max(0, int(top)), min(shape[1], int(right)), min(shape[0], int(bottom)))

    def radii(self, window: Window) -> NDArray[np.float32]:
        """Return the squared distance of each pixel of a window from the centre, (h, w); 1 on the ellipse."""
        scaled = self.square.to_square.copy()
        scaled[:, 2] -= self._shape.centre
        scaled = (scaled / np.array(self._shape.radii)[:, None]).astype(np.float32)
        columns = np.arange(window.left, window.right, dtype=np.float32) + np.float32(0.5)
        rows = (np.arange(window.top, window.bottom, dtype=np.float32) + np.float32(0.5))[:, None]
        u, v = (row[0] * columns + row[1] * rows + row[2] for row in scaled)
        return np.asarray(u * u + v * v, np.float32)


def opacity(radii: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how much of a change shows at squared distances from the centre: 1 within, 0 from the ellipse on."""
    outwards = np.clip((np.sqrt(radii) - _FULL) / (1 - _FULL), 0, 1)
    return np.asarray(1 - outwards * outwards * (3 - 2 * outwards), np.float32)


def prevalence(radii: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the weight of a face among others at squared distances from its centre; 0 from the ellipse on."""
    return np.asarray(np.maximum(0, 1 - radii) ** _NEAREST, np.float32)


def square_opacity(framing: Framing, size: int) -> NDArray[np.float32]:
    """Return how much of a change shows in a picture with this framing, (size, size), as in a photo of that size."""
    template = DLIB_TEMPLATE.points / DLIB_TEMPLATE.size if framing is Framing.FACE else portrait_template(1)
    ellipse = FaceEllipse(framing, [(float(x), float(y)) for x, y in size * template])
    return opacity(ellipse.radii(Window(0, 0, size, size)))
