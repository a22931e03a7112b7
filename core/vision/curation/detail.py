"""Measures how much fine detail the crop around a picture's subject has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

DETAIL_SIDE = 128  # pixels in which detail and letters are looked for: the networks that draw make 64 to 96
_COARSE = 32
_MIN_CONTRAST = 0.02  # of a flat picture, which loses nothing because there is nothing


def detail(square: NDArray[np.uint8]) -> float:
    """Return the fraction of contrast, 0 to 1, lost when (128, 128, 3) is shrunk to 32 pixels and enlarged again.

    The rim is left out: what was filled up there has none.
    """
    luma = Image.fromarray(square).convert("L")
    coarse = luma.resize((_COARSE, _COARSE), Image.Resampling.BOX).resize(luma.size, Image.Resampling.BICUBIC)
    inner = slice(DETAIL_SIDE // 8, -DETAIL_SIDE // 8)
    fine = (np.asarray(luma, np.float32) - np.asarray(coarse, np.float32))[inner, inner] / 255
    return float(fine.std() / max(float(np.asarray(luma)[inner, inner].std()) / 255, _MIN_CONTRAST))


def shrink(image: NDArray[np.uint8], max_side: int = 256) -> NDArray[np.uint8]:
    """Return the picture (H, W, 3) with at most `max_side` pixels a side."""
    picture = Image.fromarray(image)
    picture.thumbnail((max_side, max_side), Image.Resampling.BICUBIC, reducing_gap=3.0)
    return np.asarray(picture)
