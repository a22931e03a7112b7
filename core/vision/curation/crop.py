"""Cuts the subject out of its picture, upright and in the middle, and says how much detail that has."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from core.domain.curation import Crop

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_SIDE = 512  # as the import keeps of a picture
LOOK = 128  # pixels in which detail and letters are looked for: the networks that draw make 64 to 96
_COARSE = 32
_LEAST_CONTRAST = 0.02  # of a flat picture, which loses nothing because there is nothing


def cut(image: NDArray[np.uint8], crop: Crop, size: int | None = None) -> NDArray[np.uint8]:
    """The square as (size, size, 3) RGB, by default at its own size, 512 at most.

    Beyond the picture its edge goes on.
    """
    side = size or max(1, min(MOST_SIDE, round(crop.side)))
    half, angle = crop.side / 2, math.radians(crop.degrees)
    across = np.array((math.cos(angle), math.sin(angle))) * crop.side / side
    down = np.array((-across[1], across[0]))
    corner = np.array((crop.x, crop.y)) - (across + down) * side / 2
    height, width = image.shape[:2]
    reach = half * (abs(math.cos(angle)) + abs(math.sin(angle)))
    margin = max(0, math.ceil(reach - min(crop.x, crop.y, width - crop.x, height - crop.y))) + 2
    padded = Image.fromarray(np.pad(image, ((margin, margin), (margin, margin), (0, 0)), mode="edge"))
    shrink = max(1, round(crop.side / side))
    if shrink > 1:  # an average over each block first, because the transform alone looks at four pixels only
        padded = padded.reduce(shrink)
    x, y = corner + margin
    matrix = np.array((across[0], down[0], x, across[1], down[1], y)) / shrink
    return np.asarray(padded.transform((side, side), Image.Transform.AFFINE, tuple(matrix), Image.Resampling.BICUBIC))


def middle(image: NDArray[np.uint8]) -> Crop:
    """The largest square in the middle."""
    height, width = image.shape[:2]
    return Crop(width / 2, height / 2, min(height, width))


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
