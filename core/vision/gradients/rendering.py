"""Render a face as a recogniser is shown it, and pass gradients from its pixels back to the photo's.

The forward pass is the product's own rendering, to the bit, so that what is optimised is what is evaluated. The
backward pass is the transpose of that rendering's linear part; rounding is treated as the identity (straight-through).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from core.vision.embedding.align import FaceTemplate, chip_plan
from core.vision.gradients.linear_maps import Bilinear, Crop, LinearMap, Reduce, Resize, resize_matrix
from core.vision.views import ALIGNED_TEMPLATES, Framing, View, render_view, square_of

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
    """Render a face of a photo of `shape` as a network is shown it; differentiable.

    Args:
        shape: (height, width).
        spec: framing and size.
        face: in pixels of the photo; None: the photo is one face, and its middle is shown.

    Raises:
        ValueError: landmarks that span no area, or a framing that no recogniser is trained on.
    """

    def __init__(self, shape: Shape, spec: ViewSpec, face: DetectedFace | None) -> None:
        self._spec = spec
        self._face = face
        self._maps, self._crop = _maps(shape, spec, face)
        self._shape = shape

    def render(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """(H, W, 3) -> (size, size, 3), as `/classify` renders it."""
        landmarks, box = (self._face.landmarks, self._face.box) if self._face else (None, None)
        rendered = render_view(self._spec.view, image, landmarks, box)
        at, size = _margin(self._spec), self._spec.size
        return np.ascontiguousarray(rendered[at : at + size, at : at + size])

    def backward(self, gradient: NDArray[np.float32]) -> NDArray[np.float32]:
        """Turn a gradient by the rendered face (size, size, 3) into one by the photo (H, W, 3)."""
        total = np.zeros((*self._shape, 3), np.float32)
        self.add_backward(gradient, total)
        return total

    @property
    def region(self) -> tuple[slice, slice]:
        """Rows and columns of the photo that the rendering depends on."""
        return self._crop.rows, self._crop.columns

    def add_backward(self, gradient: NDArray[np.float32], total: NDArray[np.float32]) -> None:
        """Add what `backward` returns to `total` (H, W, 3), touching only `region`, since photos are large."""
        for linear_map in self._maps:
            gradient = linear_map.backward(gradient)
        self._crop.add_backward(gradient, total)


def _maps(shape: Shape, spec: ViewSpec, face: DetectedFace | None) -> tuple[list[LinearMap], Crop]:
    """The rendering's linear maps, last first, and the part of the photo that they start from."""
    view = spec.view
    margin_crop = Crop((view.size, view.size), _margin(spec), _margin(spec), spec.size, spec.size)
    if face is not None and view.framing in {Framing.PORTRAIT, Framing.FACE}:
        raise ValueError("no recogniser is trained on these")
    if face is not None and view.framing in ALIGNED_TEMPLATES:
        template = ALIGNED_TEMPLATES[view.framing]
        maps, crop = _chip(shape, face, template)
        return [margin_crop, *_resized(template.size, template.size, view.size), *maps], crop
    if face is not None and view.framing is Framing.CROP:
        left, top, right, bottom = square_of(face.box)
    else:
        side = min(shape)
        left, top = (shape[1] - side) // 2, (shape[0] - side) // 2
        right, bottom = left + side, top + side
    height, width = bottom - top, right - left
    return [margin_crop, *_resized(height, width, view.size)], Crop(shape, top, left, height, width)


def _resized(height: int, width: int, size: int) -> list[LinearMap]:
    if height == width == size:
        return []
    return [Resize(resize_matrix(height, size), resize_matrix(width, size))]


def _chip(shape: Shape, face: DetectedFace, template: FaceTemplate) -> tuple[list[LinearMap], Crop]:
    plan = chip_plan(shape, face.landmarks, template)
    height, width = plan.rows.stop - plan.rows.start, plan.columns.stop - plan.columns.start
    reduced = -(-height // plan.shrink), -(-width // plan.shrink)
    averaged: list[LinearMap] = [Reduce((height, width), plan.shrink)] if plan.shrink > 1 else []
    maps: list[LinearMap] = [Bilinear(reduced, template.size, plan.matrix), *averaged]
    return maps, Crop(shape, plan.rows.start, plan.columns.start, height, width)


def _margin(spec: ViewSpec) -> int:
    """As `core.models.cnn.training_step.middle` cuts it."""
    return (spec.view.size - spec.size) // 2
