"""Cut faces out of whole photos, always at the face: beyond the photo its edge pixels are repeated."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from core.vision.crop import cut_square, half_extent
from core.vision.views import crop_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from core.vision.views import View

_MARGIN = 2  # pixels of the result beyond the square: a bicubic filter looks at them


def cut_face(photo: NDArray[np.uint8], landmarks: Sequence[tuple[float, float]], view: View) -> NDArray[np.uint8]:
    """Return a face, (S, S, 3) RGB.

    Unlike `render_view`, which shows the picture's middle where a portrait reaches far beyond it, this shows nothing
    but the face; and only the face's window of the photo is copied.

    Args:
        photo: (H, W, 3) RGB.
        landmarks: five points in pixels of `photo`, as in `DetectedFace`.
        view: PORTRAIT or FACE, and the pixels a side.

    Raises:
        ValueError: landmarks that span no area, or another framing.
    """
    crop = crop_of(view.framing, landmarks)
    reach = crop.side * half_extent(crop) + _MARGIN * max(1.0, crop.side / view.size)
    left, top = math.floor(crop.x - reach), math.floor(crop.y - reach)
    columns = np.arange(left, math.ceil(crop.x + reach) + 1)
    rows = np.arange(top, math.ceil(crop.y + reach) + 1)
    height, width = photo.shape[:2]
    window = photo[np.clip(rows, 0, height - 1)[:, None], np.clip(columns, 0, width - 1)]
    return cut_square(window, replace(crop, x=crop.x - left, y=crop.y - top), view.size)
