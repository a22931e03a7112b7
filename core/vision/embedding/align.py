"""Align a face: turn it upright and scale it to one size, framed as an embedding network was trained on faces.

dlib cuts a face so that its mean shape, with a margin of a quarter on each side, fills 150x150 pixels. Our detector
gives other points than dlib's shape predictors, so dlib's template is the mean of our five points in crops
that dlib made of the same faces (`python -m benchmarks alignment`: the spread is 2 to 6 pixels, and dlib's 5-point and
68-point predictors agree within half a pixel), made symmetric. SFace was trained on crops by five points of a detector
like ours, and its template is the one that was used for them (Deng et al. 2019, "ArcFace", arXiv 1801.07698).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image

from core.render.scaling import reduce_array

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class FaceTemplate:
    """Where an aligned face of `size` pixels a side has its landmarks.

    `points` (5, 2): eye, eye, nose, mouth, mouth as in `DetectedFace.landmarks`; x to the right, y down, a pixel's
    centre at +0.5.
    """

    size: int
    points: NDArray[np.float64]


DLIB_TEMPLATE = FaceTemplate(150, np.array([(47.7, 48.4), (100.5, 48.4), (74.1, 78.5), (53.5, 100.4), (94.7, 100.4)]))
SFACE_TEMPLATE = FaceTemplate(  # published for pixels whose centres are whole numbers
    112, np.array([(38.29, 51.70), (73.53, 51.50), (56.03, 71.74), (41.55, 92.37), (70.73, 92.20)]) + 0.5
)


class FaceChips(NamedTuple):
    """Aligned faces as the embedding networks take them: `dlib` (N, 150, 150, 3) and `sface` (N, 112, 112, 3) RGB."""

    dlib: NDArray[np.uint8]
    sface: NDArray[np.uint8]


def face_chips(image: NDArray[np.uint8], faces: Sequence[Sequence[tuple[float, float]]]) -> FaceChips:
    """Align the faces of a photo for the embedding networks.

    Args:
        image: (H, W, 3) RGB.
        faces: the five landmarks of each, in pixels of `image`; may be empty.

    Raises:
        ValueError: see `align`.
    """
    return FaceChips(*(_aligned_faces(image, faces, template) for template in (DLIB_TEMPLATE, SFACE_TEMPLATE)))


def join_chips(parts: Iterable[FaceChips]) -> FaceChips:
    """Return the faces of all parts in one batch, (0, ...) of no parts."""
    none = face_chips(np.zeros((1, 1, 3), np.uint8), ())
    return FaceChips(*(np.concatenate(chips) for chips in zip(none, *parts, strict=True)))


def _aligned_faces(
    image: NDArray[np.uint8], faces: Sequence[Sequence[tuple[float, float]]], template: FaceTemplate
) -> NDArray[np.uint8]:
    chips = np.zeros((len(faces), template.size, template.size, 3), np.uint8)
    for chip, landmarks in zip(chips, faces, strict=True):
        chip[:] = align(image, landmarks, template)
    return chips


def align(
    image: NDArray[np.uint8], landmarks: Sequence[tuple[float, float]], template: FaceTemplate = DLIB_TEMPLATE
) -> NDArray[np.uint8]:
    """Align the face with these five landmarks.

    Args:
        image: (H, W, 3) RGB.
        landmarks: five points in pixels of `image`, ordered as in `DetectedFace`.
        template: where they are to lie.

    Returns:
        (size, size, 3) RGB, of the template's size; black where the crop reaches beyond the photo, as in dlib's.

    Raises:
        ValueError: the landmarks are not five finite points that span an area of the photo.
    """
    plan = chip_plan(image.shape[:2], landmarks, template)
    window = image[plan.rows, plan.columns]
    # An average over each block first, because the transform alone looks at four pixels only.
    shrunk = plan.shrink > 1
    source = reduce_array(window, (plan.shrink,) * 2) if shrunk else Image.fromarray(np.ascontiguousarray(window))
    matrix = tuple(plan.matrix.ravel())
    return np.asarray(source.transform((template.size,) * 2, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR))


class ChipPlan(NamedTuple):
    """The steps that make a chip: this window of the photo, averaged over blocks of `shrink` x `shrink`, then sampled.

    `matrix` (2, 3) takes a point of the chip to the averaged window.
    """

    rows: slice
    columns: slice
    shrink: int
    matrix: NDArray[np.float64]


def chip_plan(
    shape: tuple[int, int], landmarks: Sequence[tuple[float, float]], template: FaceTemplate = DLIB_TEMPLATE
) -> ChipPlan:
    """Return where in a photo (height, width) the pixels of an aligned face are.

    Raises:
        ValueError: see `align`.
    """
    to_chip = similarity(np.asarray(landmarks, np.float64), template.points)
    rows, columns = _window(shape, to_chip, template.size)
    shrink = max(1, round(1 / _scale(to_chip)))
    chip_to_source = inverse(to_chip) - [[0, 0, columns.start], [0, 0, rows.start]]
    return ChipPlan(rows, columns, shrink, chip_to_source / shrink)


def similarity(source: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rotation, uniform scale and shift that bring `source` (N, 2) nearest to `target` (N, 2), as (2, 3).

    Least squares in closed form, never a reflection: Umeyama 1991, equations 40 to 43.

    Raises:
        ValueError: the shapes differ, or the points are not finite, or all equal.
    """
    if source.shape != target.shape or source.ndim != 2 or not np.isfinite(source).all():
        raise ValueError(f"landmarks must be {len(target)} finite points")
    source_mean, target_mean = source.mean(0), target.mean(0)
    from_mean, to_mean = source - source_mean, target - target_mean
    variance = float((from_mean**2).sum())
    if variance < 1e-6:
        raise ValueError("the landmarks all lie in one place")
    u, stretch, vt = np.linalg.svd(to_mean.T @ from_mean)
    sign = np.array([1.0, math.copysign(1.0, float(np.linalg.det(u @ vt)))])
    linear = (stretch * sign).sum() / variance * (u * sign) @ vt
    return np.column_stack([linear, target_mean - linear @ source_mean])


def _scale(matrix: NDArray[np.float64]) -> float:
    return math.hypot(matrix[0, 0], matrix[1, 0])


def inverse(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the inverse (2, 3) of a similarity (2, 3)."""
    linear = np.linalg.inv(matrix[:, :2])
    return np.column_stack([linear, -linear @ matrix[:, 2]])


def _window(shape: tuple[int, int], to_chip: NDArray[np.float64], size: int) -> tuple[slice, slice]:
    """Return the part of the photo that the chip shows: a large photo is not copied for a small face."""
    if _scale(to_chip) < 1e-4:
        raise ValueError("the landmarks span no area of the photo")
    corners = np.array([(0, 0, 1), (size, 0, 1), (0, size, 1), (size, size, 1)])
    points = corners @ inverse(to_chip).T
    margin = 2 / _scale(to_chip) + 2  # so that the window's edge is never sampled unless it is the photo's
    height, width = shape
    left, top = np.clip(np.floor(points.min(0) - margin), 0, (width - 1, height - 1)).astype(int)
    right, bottom = np.clip(np.ceil(points.max(0) + margin), (left + 1, top + 1), (width, height)).astype(int)
    return slice(int(top), int(bottom)), slice(int(left), int(right))
