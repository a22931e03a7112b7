"""Detections as arrays, their overlaps, and the suppression of those that overlap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Detections:
    """The faces that a network detected in one picture, in pixels of that picture, in no order.

    `boxes` (N, 4) are x, y, w, h; `scores` (N,) in [0, 1]; `points` (N, 5, 2) as in `DetectedFace.landmarks`.
    """

    boxes: Floats
    scores: Floats
    points: Floats

    def __len__(self) -> int:
        return len(self.scores)

    def take(self, index: NDArray[np.intp] | NDArray[np.bool_] | slice) -> Detections:
        """Return the detections of these rows."""
        return Detections(self.boxes[index], self.scores[index], self.points[index])

    def transformed(self, scale: tuple[float, float], shift: tuple[float, float] = (0.0, 0.0)) -> Detections:
        """Return the detections in other coordinates, where x becomes x * scale + shift."""
        boxes = self.boxes * np.array([*scale, *scale]) + np.array([*shift, 0, 0])
        return Detections(boxes, self.scores, self.points * np.array(scale) + np.array(shift))

    def mirrored(self, width: float) -> Detections:
        """Return the detections in the mirror image of a picture of this width; left and right landmarks swap."""
        boxes = self.boxes.copy()
        boxes[:, 0] = width - boxes[:, 0] - boxes[:, 2]
        points = self.points[:, [1, 0, 2, 4, 3]].copy()
        points[:, :, 0] = width - points[:, :, 0]
        return Detections(boxes, self.scores, points)


def concatenate(parts: Sequence[Detections]) -> Detections:
    """Return the detections of all parts, in their order."""
    return Detections(
        np.concatenate([part.boxes for part in parts]),
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.points for part in parts]),
    )


def box_ious(box: Floats, boxes: Floats) -> Floats:
    """Return the intersection over union of a box (4,) with each of `boxes` (N, 4): (N,) in [0, 1]."""
    shared = _intersections(box, boxes)
    return np.asarray(shared / np.maximum(box[2] * box[3] + _areas(boxes) - shared, 1e-9))


def suppress_overlapping(detections: Detections, max_iou: float) -> Detections:
    """Keep the best of each group of overlapping boxes, best first: greedy non-maximum suppression."""
    left = np.argsort(-detections.scores, kind="stable")
    kept: list[int] = []
    while len(left):
        kept.append(int(left[0]))
        left = left[1:][box_ious(detections.boxes[left[0]], detections.boxes[left[1:]]) < max_iou]
    return detections.take(np.array(kept, np.intp))


def suppress_contained(detections: Detections, max_inside: float) -> Detections:
    """Drop each box of which more than `max_inside`, in [0, 1], lies within a better one. `detections`: best first."""
    inside = [
        _intersections(box, detections.boxes) / np.maximum(_areas(detections.boxes), 1e-9) for box in detections.boxes
    ]
    kept = [i for i in range(len(detections)) if all(inside[j][i] <= max_inside for j in range(i))]
    return detections.take(np.array(kept, np.intp))


def _intersections(box: Floats, boxes: Floats) -> Floats:
    top_left = np.maximum(box[:2], boxes[:, :2])
    bottom_right = np.minimum(box[:2] + box[2:], boxes[:, :2] + boxes[:, 2:])
    return np.asarray(np.prod(np.clip(bottom_right - top_left, 0, None), axis=1))


def _areas(boxes: Floats) -> Floats:
    return np.asarray(boxes[:, 2] * boxes[:, 3])
