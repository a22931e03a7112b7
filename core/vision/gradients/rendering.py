"""What a recogniser is shown of a photo, and back: which pixels of the photo a slope by the face's pixels is due to.

Forward it is the product's own rendering, to the bit, so that nothing lies between what is optimised and what is
judged. Backward it is the transpose of that rendering's linear part; rounding is passed straight through.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from core.vision.embedding.align import CHIP_SIZE, chip_plan
from core.vision.gradients.linear_maps import Bilinear, Crop, LinearMap, Reduce, Resize, resize_matrix
from core.vision.views import Framing, View, render_view, square_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.faces import DetectedFace

Shape: TypeAlias = tuple[int, int]  # height, width


@dataclass(frozen=True, slots=True)
class ViewSpec:
    """What a network is shown of a face: rendered in `view`, then the middle `size` x `size` pixels."""

    view: View
    size: int


class FaceView:
    """From a photo of `shape` to a face as a network is shown it.

    Args:
        shape: (height, width).
        look: how.
        face: in pixels of the photo; None: the photo is one face, and its middle is shown.

    Raises:
        ValueError: landmarks that span no area, or a framing that no recogniser is trained on.
    """

    def __init__(self, shape: Shape, look: ViewSpec, face: DetectedFace | None) -> None:
        self._look = look
        self._face = face
        self._maps, self._part = _maps(shape, look, face)
        self._shape = shape

    def render(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """(H, W, 3) -> (size, size, 3), as `/classify` renders it."""
        landmarks, box = (self._face.landmarks, self._face.box) if self._face else (None, None)
        rendered = render_view(self._look.view, image, landmarks, box)
        at, size = _margin(self._look), self._look.size
        return np.ascontiguousarray(rendered[at : at + size, at : at + size])

    def back(self, gradient: NDArray[np.float32]) -> NDArray[np.float32]:
        """A slope by the rendered face (size, size, 3) -> by the photo (H, W, 3)."""
        slope = np.zeros((*self._shape, 3), np.float32)
        self.add_back(gradient, slope)
        return slope

    @property
    def region(self) -> tuple[slice, slice]:
        """Rows and columns of the photo beyond which nothing is looked at."""
        return self._part.rows, self._part.columns

    def add_back(self, gradient: NDArray[np.float32], slope: NDArray[np.float32]) -> None:
        """The same, added to `slope` where the face is: a large photo is not gone through for a small face."""
        for one in self._maps:
            gradient = one.back(gradient)
        self._part.add_back(gradient, slope)


def sampling_of(shape: Shape, look: ViewSpec, face: DetectedFace | None) -> FaceView:
    """How a face in a photo of this shape is shown.

    Raises:
        ValueError: as `Sampling`.
    """
    return FaceView(shape, look, face)


def _maps(shape: Shape, look: ViewSpec, face: DetectedFace | None) -> tuple[list[LinearMap], Crop]:
    """What the rendering does, the last first, to the part of the photo that it looks at."""
    view = look.view
    cut = Crop((view.size, view.size), _margin(look), _margin(look), look.size, look.size)
    if face is not None and view.framing is Framing.PORTRAIT:
        raise ValueError("no recogniser is trained on portraits")
    if face is not None and view.framing is Framing.ALIGNED:
        maps, part = _chip(shape, face)
        return [cut, *_resized(CHIP_SIZE, CHIP_SIZE, view.size), *maps], part
    if face is not None and view.framing is Framing.CROP:
        left, top, right, bottom = square_of(face.box)
    else:
        side = min(shape)
        left, top = (shape[1] - side) // 2, (shape[0] - side) // 2
        right, bottom = left + side, top + side
    height, width = bottom - top, right - left
    return [cut, *_resized(height, width, view.size)], Crop(shape, top, left, height, width)


def _resized(height: int, width: int, size: int) -> list[LinearMap]:
    if height == width == size:
        return []
    return [Resize(resize_matrix(height, size), resize_matrix(width, size))]


def _chip(shape: Shape, face: DetectedFace) -> tuple[list[LinearMap], Crop]:
    plan = chip_plan(shape, face.landmarks)
    height, width = plan.rows.stop - plan.rows.start, plan.columns.stop - plan.columns.start
    reduced = -(-height // plan.shrink), -(-width // plan.shrink)
    averaged: list[LinearMap] = [Reduce((height, width), plan.shrink)] if plan.shrink > 1 else []
    maps: list[LinearMap] = [Bilinear(reduced, CHIP_SIZE, plan.matrix), *averaged]
    return maps, Crop(shape, plan.rows.start, plan.columns.start, height, width)


def _margin(look: ViewSpec) -> int:
    """As `core.models.cnn.training_step.middle` cuts it."""
    return (look.view.size - look.size) // 2
