"""When a found box counts as a true face."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from core.domain.faces import Box

LEAST_IOU = 0.35
LIKE_SIZE = 2.0


def matched(truth: Sequence[Box], found: Sequence[Box]) -> list[bool]:
    """Whether each true box is found, one found box each."""
    if not truth or not found:
        return [False] * len(truth)
    gain = np.array([[(1 + iou(one, other) / 100) if is_hit(other, one) else 0.0 for other in found] for one in truth])
    rows, columns = linear_sum_assignment(-gain)
    taken = {int(row) for row, column in zip(rows, columns, strict=True) if gain[row, column] > 0}
    return [row in taken for row in range(len(truth))]


def is_hit(found: Box, true: Box) -> bool:
    """IoU >= 0.35, or the found box's centre inside the true one and sides that differ by a factor of 2 at most."""
    if iou(found, true) >= LEAST_IOU:
        return True
    x, y = found.x + found.w / 2, found.y + found.h / 2
    inside = true.x <= x <= true.x + true.w and true.y <= y <= true.y + true.h
    ratio = math.sqrt(found.w * found.h / (true.w * true.h))
    return inside and 1 / LIKE_SIZE <= ratio <= LIKE_SIZE


def iou(a: Box, b: Box) -> float:
    """Intersection over union."""
    width = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
    height = min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
    shared = max(0.0, width) * max(0.0, height)
    return shared / (a.w * a.h + b.w * b.h - shared)
