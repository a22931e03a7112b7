"""Viewpoints of a picture that is optimised: as the product shows it, jittered, or after JPEG compression."""

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
from core.vision.gradients.rendering import FaceView, Shape, ViewSpec

if TYPE_CHECKING:
    from numpy.typing import NDArray


_ZOOM = 0.85, 1.0  # of the side: about as much as one detector's faces differ from another's
_DEGREES = 5.0  # as `modern` turns its training pictures


class DifferentiableView(Protocol):
    """A rendering of a picture that passes gradients back: `FaceView` or `JitteredView`."""

    @property
    def region(self) -> tuple[slice, slice]:
        """Rows and columns of the picture that the rendering depends on."""

    def render(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Render a picture (H, W, 3) as (size, size, 3)."""

    def add_backward(self, gradient: NDArray[np.float32], total: NDArray[np.float32]) -> None:
        """Add the gradient by the picture to `total` (H, W, 3), given the one by the rendered face (size, size, 3)."""


class Viewpoint:
    """Render a picture for all view specs of a recogniser at once.

    Args:
        views: one for each view spec.
        quality: of a JPEG compression that precedes the rendering; None: there is none.
    """

    def __init__(self, views: Sequence[DifferentiableView], quality: int | None = None) -> None:
        self._views = views
        self._quality = quality
        self._compression: JpegCompression | None = None

    @property
    def region(self) -> tuple[slice, slice]:
        """Rows and columns of the picture that any of the views depends on."""
        return enclosing_region([view.region for view in self._views])

    def render(self, picture: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
        """Render a picture (H, W, 3): for each view spec (size, size, 3)."""
        if self._quality is not None:
            self._compression = JpegCompression(picture, self._quality, self.region)
            picture = self._compression.picture
        return [view.render(picture) for view in self._views]

    def add_backward(self, gradients: Sequence[NDArray[np.float32] | None], total: NDArray[np.float32]) -> None:
        """Add the gradient by the picture to `total` (H, W, 3), given those by what was last rendered."""
        target = total if self._compression is None else np.zeros_like(total)
        for view, gradient in zip(self._views, gradients, strict=True):
            if gradient is not None:
                view.add_backward(gradient, target)
        if self._compression is not None:
            self._compression.add_backward(target, total)


def enclosing_region(regions: Sequence[tuple[slice, slice]]) -> tuple[slice, slice]:
    """The smallest rows and columns that hold all regions."""
    rows, columns = (
        slice(min(part.start for part in parts), max(part.stop for part in parts))
        for parts in zip(*regions, strict=True)
    )
    return rows, columns


def viewpoint_of(
    shape: Shape, view_specs: Sequence[ViewSpec], face: DetectedFace | None, quality: int | None = None
) -> Viewpoint:
    """Make the viewpoint from which the product sees a face in a photo of this shape.

    Raises:
        ValueError: as `FaceView`.
    """
    return Viewpoint([FaceView(shape, spec, face) for spec in view_specs], quality)


def jittered_face(face: DetectedFace, spread: float, random: np.random.Generator) -> DetectedFace:
    """Move landmarks and box at random, by about `spread` of the box's side, as another detector might."""
    side = math.sqrt(max(1.0, face.box.w * face.box.h))
    off = random.normal(0, spread * side, (6, 2))
    moved: list[Point] = [(x + dx, y + dy) for (x, y), (dx, dy) in zip(face.landmarks, off[1:].tolist(), strict=True)]
    left_eye, right_eye, nose, left_mouth, right_mouth = moved
    box = replace(face.box, x=face.box.x + off[0, 0], y=face.box.y + off[0, 1])
    return DetectedFace(box, face.score, (left_eye, right_eye, nose, left_mouth, right_mouth))


class JitteredView:
    """Render a picture of one face zoomed, shifted and rotated a little, as the product would not.

    Args:
        shape: (height, width).
        spec: framing and size.
        frame: left, top and side of the rendered square, within the picture.
        degrees: of rotation; black corners appear.
    """

    def __init__(self, shape: Shape, spec: ViewSpec, frame: tuple[float, float, float], degrees: float) -> None:
        left, top, side = frame
        self._box = (left, top, left + side, top + side)
        self._size = spec.view.size
        self._at, self._cut = (spec.view.size - spec.size) // 2, spec.size
        self._matrix = _rotation(self._size, degrees)
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
        """See `DifferentiableView`."""
        shown = Image.fromarray(image).resize((self._size, self._size), Image.Resampling.BICUBIC, self._box)
        matrix = tuple(self._matrix.ravel())
        turned = shown.transform(shown.size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
        at, size = self._at, self._cut
        return np.ascontiguousarray(np.asarray(turned)[at : at + size, at : at + size])

    def add_backward(self, gradient: NDArray[np.float32], total: NDArray[np.float32]) -> None:
        """See `DifferentiableView`."""
        for linear_map in self._maps:
            gradient = linear_map.backward(gradient)
        total += gradient


def jittered_viewpoint(shape: Shape, view_specs: Sequence[ViewSpec], random: np.random.Generator) -> Viewpoint:
    """Make a viewpoint that differs from the product's by up to an eighth of the side and some degrees."""
    whole = min(shape)
    side = whole * random.uniform(*_ZOOM)
    left, top = ((length - side) * random.uniform() for length in shape[::-1])
    degrees = random.normal(0, _DEGREES)
    return Viewpoint([JitteredView(shape, spec, (left, top, side), degrees) for spec in view_specs])


def _rotation(size: int, degrees: float) -> NDArray[np.float64]:
    """The matrix (2, 3) that maps points of the rotated picture to the picture."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    half = size / 2
    return np.array([(cos, -sin, half - cos * half + sin * half), (sin, cos, half - sin * half - cos * half)])
