"""Cuts squares, upright or turned, out of pictures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from core.domain.data.curation import Crop

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_SIDE = 512  # as the import keeps of a picture


def cut_square(image: NDArray[np.uint8], crop: Crop, size: int | None = None) -> NDArray[np.uint8]:
    """Return the square as (size, size, 3) RGB, by default at its own size, 512 at most.

    Beyond the picture its edge pixels are repeated.
    """
    side = size or max(1, min(MAX_SIDE, round(crop.side)))
    angle = math.radians(crop.degrees)
    across = np.array((math.cos(angle), math.sin(angle))) * crop.side / side
    down = np.array((-across[1], across[0]))
    corner = np.array((crop.x, crop.y)) - (across + down) * side / 2
    margin = math.ceil(overhang(image, crop)) + 2
    padded = Image.fromarray(np.pad(image, ((margin, margin), (margin, margin), (0, 0)), mode="edge"))
    shrink = max(1, round(crop.side / side))
    if shrink > 1:  # an average over each block first, because the transform alone looks at four pixels only
        padded = padded.reduce(shrink)
    x, y = corner + margin
    matrix = np.array((across[0], down[0], x, across[1], down[1], y)) / shrink
    return np.asarray(padded.transform((side, side), Image.Transform.AFFINE, tuple(matrix), Image.Resampling.BICUBIC))


def to_square(crop: Crop, size: int) -> NDArray[np.float64]:
    """Return the matrix (2, 3) that takes a point of the picture to the square of `size` pixels that is cut."""
    angle, scale = math.radians(crop.degrees), size / crop.side
    turn = np.array(((math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle)))) * scale
    return np.column_stack([turn, size / 2 - turn @ (crop.x, crop.y)])


def overhang(image: NDArray[np.uint8], crop: Crop) -> float:
    """Return by how many pixels a square reaches beyond its picture at most; 0: it lies within."""
    height, width = image.shape[:2]
    nearest = min(crop.x, crop.y, width - crop.x, height - crop.y)
    return max(0.0, crop.side * half_extent(crop) - float(nearest))


def half_extent(crop: Crop) -> float:
    """Return half the width of a turned square's bounding box, in sides of the square: 0.5 if it is upright."""
    angle = math.radians(crop.degrees)
    return (abs(math.cos(angle)) + abs(math.sin(angle))) / 2


def middle_square(image: NDArray[np.uint8]) -> Crop:
    """Return the largest square in the middle of a picture."""
    height, width = image.shape[:2]
    return Crop(width / 2, height / 2, min(height, width))
