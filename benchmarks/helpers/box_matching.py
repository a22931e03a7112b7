"""Match detected boxes to true faces."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from core.domain.faces import Box, box_iou

MIN_IOU = 0.35
MAX_SIDE_RATIO = 2.0


def match_boxes(truth: Sequence[Box], detected: Sequence[Box]) -> list[bool]:
    """Return whether each true box is detected; a detected box matches one true box at most."""
    if not truth or not detected:
        return [False] * len(truth)
    gain = np.array(
        [[(1 + box_iou(box, true) / 100) if is_hit(box, true) else 0.0 for box in detected] for true in truth]
    )
    rows, columns = linear_sum_assignment(-gain)
    taken = {int(row) for row, column in zip(rows, columns, strict=True) if gain[row, column] > 0}
    return [row in taken for row in range(len(truth))]


def is_hit(detected: Box, true: Box) -> bool:
    """Return whether IoU >= 0.35, or the detected centre is in the true box and their sides differ by a factor <= 2."""
    if box_iou(detected, true) >= MIN_IOU:
        return True
    x, y = detected.x + detected.w / 2, detected.y + detected.h / 2
    inside = true.x <= x <= true.x + true.w and true.y <= y <= true.y + true.h
    ratio = math.sqrt(detected.w * detected.h / (true.w * true.h))
    return inside and 1 / MAX_SIDE_RATIO <= ratio <= MAX_SIDE_RATIO
