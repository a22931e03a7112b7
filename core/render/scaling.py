"""Resize, reduce and crop large photos without a second copy in memory: Pillow's results, bit for bit.

Pillow takes four bytes for each pixel of three, so a photo of 25 megapixels that becomes an image costs 100 MB beside
its own 75. Here it becomes an image in strips of some rows, which is exact, since Pillow reduces block by block, and
resizes first each row and then each column.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STRIP_PIXELS = 1 << 20  # 4 MB as an image
# Radius of each filter in pixels of the result, as in Pillow.
_SUPPORT = {Image.Resampling.BILINEAR: 1.0, Image.Resampling.BICUBIC: 2.0, Image.Resampling.LANCZOS: 3.0}
Region = tuple[int, int, int, int]  # left, top, right, bottom


def resize_array(
    image: NDArray[np.uint8],
    size: tuple[int, int],
    resample: Image.Resampling,
    region: Region | None = None,
    reducing_gap: float | None = None,
) -> Image.Image:
    """`Image.fromarray(image).resize(size, resample, region, reducing_gap)`.

    Args:
        image: (H, W, 3) RGB.
        size: width and height of the result.
        resample: BILINEAR, BICUBIC or LANCZOS.
        region: a part of the photo, within it; all of it by default.
        reducing_gap: as Pillow's.
    """
    region = region or (0, 0, image.shape[1], image.shape[0])
    if reducing_gap is not None:
        factor = tuple(max(1, int((region[2 + i] - region[i]) / size[i] / reducing_gap)) for i in (0, 1))
        if factor != (1, 1):
            # As Pillow does it: the blocks begin where the filter begins to look.
            around = _with_margin(
                image, region, [(_SUPPORT[resample] - 0.5) * scale for scale in _scales(region, size)]
            )
            small = reduce_array(_part(image, around), (factor[0], factor[1]))
            box = tuple((region[i] - around[i % 2]) / factor[i % 2] for i in range(4))
            return small.resize(size, resample, (box[0], box[1], box[2], box[3]))
    around = _with_margin(image, region, [_SUPPORT[resample] * max(1.0, scale) + 1 for scale in _scales(region, size)])
    left, top, right, bottom = (region[i] - around[i % 2] for i in range(4))
    return _in_two_passes(_part(image, around), size, resample, (left, top, right, bottom), _columns_first(image, size))


def _columns_first(image: NDArray[np.uint8], size: tuple[int, int]) -> bool:
    """Pillow 13 resizes the columns first where the height shrinks by more than twice what the width does."""
    height, width = image.shape[:2]
    return bool(height > size[1] and height - size[1] > 2 * (width - size[0]))


def _in_two_passes(
    part: NDArray[np.uint8], size: tuple[int, int], resample: Image.Resampling, region: Region, columns_first: bool
) -> Image.Image:
    left, top, right, bottom = region
    if columns_first:
        columns = _in_columns(
            part, lambda strip: strip.resize((strip.width, size[1]), resample, (0, top, strip.width, bottom))
        )
        return columns.resize(size, resample, (left, 0, right, size[1]))
    rows = _in_strips(
        part, 1, lambda strip: strip.resize((size[0], strip.height), resample, (left, 0, right, strip.height))
    )
    return rows.resize(size, resample, (0, top, size[0], bottom))


def reduce_array(image: NDArray[np.uint8], factor: tuple[int, int]) -> Image.Image:
    """`Image.fromarray(image).reduce(factor)`: the mean of each block of so many columns and rows."""
    return _in_strips(image, factor[1], lambda strip: strip.reduce(factor))


def crop_array(image: NDArray[np.uint8], region: Region) -> Image.Image:
    """`Image.fromarray(image).crop(region)`: black where the region reaches beyond the photo."""
    left, top, right, bottom = region
    height, width = image.shape[:2]
    part = image[max(0, top) : max(0, min(height, bottom)), max(0, left) : max(0, min(width, right))]
    result = Image.new("RGB", (max(0, right - left), max(0, bottom - top)))
    if part.size:
        result.paste(Image.fromarray(np.ascontiguousarray(part)), (max(0, -left), max(0, -top)))
    return result


def _scales(region: Region, size: tuple[int, int]) -> tuple[float, float]:
    return (region[2] - region[0]) / size[0], (region[3] - region[1]) / size[1]


def _with_margin(image: NDArray[np.uint8], region: Region, margin: Sequence[float]) -> Region:
    """Return the region with a margin in x and y, clipped to the photo."""
    height, width = image.shape[:2]
    left, top = max(0, int(region[0] - margin[0])), max(0, int(region[1] - margin[1]))
    right, bottom = math.ceil(region[2] + margin[0]), math.ceil(region[3] + margin[1])
    return left, top, min(width, right), min(height, bottom)


def _part(image: NDArray[np.uint8], region: Region) -> NDArray[np.uint8]:
    return image[region[1] : region[3], region[0] : region[2]]


def _in_strips(image: NDArray[np.uint8], step: int, change: Callable[[Image.Image], Image.Image]) -> Image.Image:
    """The changed strips below each other; each has a multiple of `step` rows, of which one is left, but the last."""
    height, width = image.shape[:2]
    rows = max(1, _STRIP_PIXELS // (width * step)) * step
    result = None
    for top in range(0, height, rows):
        strip = change(Image.fromarray(np.ascontiguousarray(image[top : top + rows])))
        if result is None and rows >= height:
            return strip
        result = result or Image.new("RGB", (strip.width, math.ceil(height / step)))
        result.paste(strip, (0, top // step))
    if result is None:
        raise ValueError("a picture without pixels")
    return result


def _in_columns(image: NDArray[np.uint8], change: Callable[[Image.Image], Image.Image]) -> Image.Image:
    """The changed strips, of whole columns, beside each other."""
    height, width = image.shape[:2]
    columns = max(1, _STRIP_PIXELS // height)
    strips = [
        change(Image.fromarray(np.ascontiguousarray(image[:, x : x + columns]))) for x in range(0, width, columns)
    ]
    result = Image.new("RGB", (width, strips[0].height))
    for number, strip in enumerate(strips):
        result.paste(strip, (number * columns, 0))
    return result
