"""How much detail a picture has, where its subject was cut out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOOK = 128  # pixels in which detail and letters are looked for: the networks that draw make 64 to 96
_COARSE = 32
_LEAST_CONTRAST = 0.02  # of a flat picture, which loses nothing because there is nothing


def detail(look: NDArray[np.uint8]) -> float:
    """Share of the contrast that is lost when (128, 128, 3) is shrunk to 32 pixels and enlarged again, 0 to 1.

    The rim is left out: what was filled up there has none.
    """
    luma = Image.fromarray(look).convert("L")
    coarse = luma.resize((_COARSE, _COARSE), Image.Resampling.BOX).resize(luma.size, Image.Resampling.BICUBIC)
    inner = slice(LOOK // 8, -LOOK // 8)
    fine = (np.asarray(luma, np.float32) - np.asarray(coarse, np.float32))[inner, inner] / 255
    return float(fine.std() / max(float(np.asarray(luma)[inner, inner].std()) / 255, _LEAST_CONTRAST))


def small(image: NDArray[np.uint8], most: int = 256) -> NDArray[np.uint8]:
    """A picture (H, W, 3) with at most so many pixels a side."""
    picture = Image.fromarray(image)
    picture.thumbnail((most, most), Image.Resampling.BICUBIC, reducing_gap=3.0)
    return np.asarray(picture)
