"""Making faces unrecognisable in pictures."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.faces import Box

_CELLS = 6  # across a face: nobody is known by six times six colours, and none of it can be computed back
_MARGIN = 0.15  # of the box on each side: the detector's box ends at the hair and within the ears


def pixelate(image: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """Return a copy of a picture (H, W, 3) in which a face is replaced by a few blocks of its mean colours."""
    height, width = image.shape[:2]
    left, top = max(0, math.floor(box.x - _MARGIN * box.w)), max(0, math.floor(box.y - _MARGIN * box.h))
    right = min(width, math.ceil(box.x + (1 + _MARGIN) * box.w))
    bottom = min(height, math.ceil(box.y + (1 + _MARGIN) * box.h))
    result = image.copy()
    across, down = (np.linspace(*ends, _CELLS + 1).round().astype(int) for ends in ((left, right), (top, bottom)))
    for y, y_end in pairwise(down):
        for x, x_end in pairwise(across):
            block = image[y:y_end, x:x_end]
            if block.size:
                result[y:y_end, x:x_end] = block.mean((0, 1))
    return result
