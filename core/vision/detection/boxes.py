"""Detections as arrays, and what two boxes have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Found:
    """What a face network saw in one picture, in pixels of that picture, in no order.

    `boxes` (N, 4) are x, y, w, h; `scores` (N,) in [0, 1]; `points` (N, 5, 2) as in `DetectedFace.landmarks`.
    """

    boxes: Floats
    scores: Floats
    points: Floats

    def __len__(self) -> int:
        return len(self.scores)

    def take(self, index: NDArray[np.intp] | NDArray[np.bool_] | slice) -> Found:
        """These rows."""
        return Found(self.boxes[index], self.scores[index], self.points[index])

    def moved(self, scale: tuple[float, float], shift: tuple[float, float] = (0.0, 0.0)) -> Found:
        """The same in another frame, where x becomes x * scale + shift."""
        boxes = self.boxes * np.array([*scale, *scale]) + np.array([*shift, 0, 0])
        return Found(boxes, self.scores, self.points * np.array(scale) + np.array(shift))

    def mirrored(self, width: float) -> Found:
        """The same in the picture's mirror image; what was the left eye is the right one then."""
        boxes = self.boxes.copy()
        boxes[:, 0] = width - boxes[:, 0] - boxes[:, 2]
        points = self.points[:, [1, 0, 2, 4, 3]].copy()
        points[:, :, 0] = width - points[:, :, 0]
        return Found(boxes, self.scores, points)


def joined(parts: Sequence[Found]) -> Found:
    """All of them in one."""
    return Found(
        np.concatenate([part.boxes for part in parts]),
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.points for part in parts]),
    )


def overlap(one: Floats, others: Floats) -> Floats:
    """Intersection over union of one box (4,) with each of the others (N, 4): (N,) in [0, 1]."""
    shared = _shared(one, others)
    return np.asarray(shared / np.maximum(one[2] * one[3] + _areas(others) - shared, 1e-9))


def without_doubles(found: Found, most_overlap: float) -> Found:
    """The best of each group of overlapping boxes, best first: greedy non-maximum suppression."""
    left = np.argsort(-found.scores, kind="stable")
    kept: list[int] = []
    while len(left):
        kept.append(int(left[0]))
        left = left[1:][overlap(found.boxes[left[0]], found.boxes[left[1:]]) < most_overlap]
    return found.take(np.array(kept, np.intp))


def without_parts(found: Found, most_inside: float) -> Found:
    """Without those of which more than `most_inside`, in [0, 1], lies within a better one. `found` is best first."""
    inside = [_shared(box, found.boxes) / np.maximum(_areas(found.boxes), 1e-9) for box in found.boxes]
    kept = [i for i in range(len(found)) if all(inside[j][i] <= most_inside for j in range(i))]
    return found.take(np.array(kept, np.intp))


def _shared(one: Floats, others: Floats) -> Floats:
    top_left = np.maximum(one[:2], others[:, :2])
    bottom_right = np.minimum(one[:2] + one[2:], others[:, :2] + others[:, 2:])
    return np.asarray(np.prod(np.clip(bottom_right - top_left, 0, None), axis=1))


def _areas(boxes: Floats) -> Floats:
    return np.asarray(boxes[:, 2] * boxes[:, 3])
