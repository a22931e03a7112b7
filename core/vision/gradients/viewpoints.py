"""The ways in which a picture is looked at while it is optimised: as it is, a little moved, or after compression."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
from PIL import Image

from core.domain.faces import DetectedFace, Point
from core.vision.gradients.jpeg import JpegCompression
from core.vision.gradients.linear_maps import Bilinear, Crop, LinearMap, Resize, resize_matrix
from core.vision.gradients.rendering import Shape, ViewSpec, sampling_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


_NEARER = 0.85, 1.0  # of the side: about as much as one detector's faces differ from another's
_DEGREES = 5.0  # as `modern` turns its training pictures


class DifferentiableView(Protocol):
    """One look at a picture, and the way back: `core.vision.gradients.rendering.Sampling`, or `Moved`."""

    @property
    def region(self) -> tuple[slice, slice]:
        """Rows and columns of the picture beyond which nothing is looked at."""

    def render(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """(H, W, 3) -> (size, size, 3)."""

    def add_back(self, gradient: NDArray[np.float32], slope: NDArray[np.float32]) -> None:
        """Add a slope by the rendered face (size, size, 3), by the picture, to `slope` (H, W, 3)."""


class Viewpoint:
    """A picture as all looks of a recogniser see it.

    Args:
        shown: one for each look.
        quality: of the JPEG compression that comes first; None: none does.
    """

    def __init__(self, shown: Sequence[DifferentiableView], quality: int | None = None) -> None:
        self._shown = shown
        self._quality = quality
        self._compression: JpegCompression | None = None

    @property
    def region(self) -> tuple[slice, slice]:
        """Rows and columns of the picture on which a face depends."""
        regions = [one.region for one in self._shown]
        rows, columns = (
            slice(min(one.start for one in ones), max(one.stop for one in ones)) for ones in zip(*regions, strict=True)
        )
        return rows, columns

    def render(self, picture: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
        """(H, W, 3) -> for each look (size, size, 3)."""
        if self._quality is not None:
            self._compression = JpegCompression(picture, self._quality, self.region)
            picture = self._compression.picture
        return [one.render(picture) for one in self._shown]

    def add_back(self, gradients: Sequence[NDArray[np.float32] | None], slope: NDArray[np.float32]) -> None:
        """Add slopes by what was last rendered, by the picture, to `slope` (H, W, 3)."""
        target = slope if self._compression is None else np.zeros_like(slope)
        for one, gradient in zip(self._shown, gradients, strict=True):
            if gradient is not None:
                one.add_back(gradient, target)
        if self._compression is not None:
            self._compression.add_back(target, slope)


def viewpoint_of(
    shape: Shape, looks: Sequence[ViewSpec], face: DetectedFace | None, quality: int | None = None
) -> Viewpoint:
    """A face in a photo of this shape, as the product sees it.

    Raises:
        ValueError: as `Sampling`.
    """
    return Viewpoint([sampling_of(shape, look, face) for look in looks], quality)


def jittered_face(face: DetectedFace, spread: float, random: np.random.Generator) -> DetectedFace:
    """The same face as a detector might have seen it, too: landmarks and box off by `spread` of the box's side."""
    side = math.sqrt(max(1.0, face.box.w * face.box.h))
    off = random.normal(0, spread * side, (6, 2))
    moved: list[Point] = [(x + dx, y + dy) for (x, y), (dx, dy) in zip(face.landmarks, off[1:].tolist(), strict=True)]
    one, two, three, four, five = moved
    box = replace(face.box, x=face.box.x + off[0, 0], y=face.box.y + off[0, 1])
    return DetectedFace(box, face.score, (one, two, three, four, five))


class JitteredView:
    """The middle of a picture of one face, from a little nearer, moved and turned: not what the product shows.

    Args:
        shape: (height, width).
        look: framing and size.
        frame: left, top and side of the square that is shown, within the picture.
        degrees: by which it is turned; black corners appear.
    """

    def __init__(self, shape: Shape, look: ViewSpec, frame: tuple[float, float, float], degrees: float) -> None:
        left, top, side = frame
        self._box = (left, top, left + side, top + side)
        self._size = look.view.size
        self._at, self._cut = (look.view.size - look.size) // 2, look.size
        self._matrix = _turn(self._size, degrees)
        rows = resize_matrix(shape[0], self._size, span=(top, top + side))
        columns = resize_matrix(shape[1], self._size, span=(left, left + side))
        view = (self._size, self._size)
        self._maps: list[LinearMap] = [
            Crop(view, self._at, self._at, self._cut, self._cut),
            Bilinear(view, self._size, self._matrix),
            Resize(rows, columns),
        ]
        self.region = slice(0, shape[0]), slice(0, shape[1])

    def render(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """As in `Shown`."""
        shown = Image.fromarray(image).resize((self._size, self._size), Image.Resampling.BICUBIC, self._box)
        matrix = tuple(self._matrix.ravel())
        turned = shown.transform(shown.size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
        at, size = self._at, self._cut
        return np.ascontiguousarray(np.asarray(turned)[at : at + size, at : at + size])

    def add_back(self, gradient: NDArray[np.float32], slope: NDArray[np.float32]) -> None:
        """As in `Shown`."""
        for one in self._maps:
            gradient = one.back(gradient)
        slope += gradient


def jittered_viewpoint(shape: Shape, looks: Sequence[ViewSpec], random: np.random.Generator) -> Viewpoint:
    """A sight that differs from the product's by up to an eighth of the side and some degrees."""
    whole = min(shape)
    side = whole * random.uniform(*_NEARER)
    left, top = ((length - side) * random.uniform() for length in shape[::-1])
    degrees = random.normal(0, _DEGREES)
    return Viewpoint([JitteredView(shape, look, (left, top, side), degrees) for look in looks])


def _turn(size: int, degrees: float) -> NDArray[np.float64]:
    """The matrix (2, 3) that takes points of a turned picture to the picture."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    half = size / 2
    return np.array([(cos, -sin, half - cos * half + sin * half), (sin, cos, half - sin * half - cos * half)])
