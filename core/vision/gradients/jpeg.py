"""JPEG compression of a picture, and which changes of the picture get through it.

Compression rounds the waves of each block of 8 x 8 pixels to multiples, coarse ones for fine waves and for colours, of
which it keeps half the resolution. Rounding is passed straight through where a change can be as large as a multiple;
a wave whose multiple is larger is lost, and following its slope would only spend the bound on it.
"""

from __future__ import annotations

import io
import math
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

HALVED_COLOURS = 2  # Pillow's word for 4:2:0, which chats and phones use
_BLOCK = 8
# JFIF's luma and two colour differences: the matrix that a pixel as a column goes through.
_TO_YCC = np.array([(0.299, 0.587, 0.114), (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312)], np.float32)
_FROM_YCC = np.linalg.inv(_TO_YCC)
# How large a change of one wave is when all 64 are changed within a bound of 8 levels, and half as much again. A
# multiple of twice that is the largest that rounding to the nearest one may reach.
_REACH = 12.0


class JpegCompression:
    """A picture after compression.

    Args:
        picture: (H, W, 3).
        quality: 1 to 95, as Pillow counts it.
        region: the rows and columns of which a slope will be asked.
    """

    def __init__(self, picture: NDArray[np.uint8], quality: int, region: tuple[slice, slice]) -> None:
        data = compress_jpeg(picture, quality)
        self.picture = decode_jpeg(data)
        self._region = tuple(_grown(one, side) for one, side in zip(region, picture.shape[:2], strict=True))
        self._kept = [_kept(table) for table in _tables(data)]

    def add_back(self, gradient: NDArray[np.float32], slope: NDArray[np.float32]) -> None:
        """Add a slope by the compressed picture, by the picture itself, to `slope` (H, W, 3)."""
        here = gradient[self._region]
        height, width = here.shape[:2]
        filled = [(0, -side % (2 * _BLOCK)) for side in (height, width)]
        planes = np.pad(here @ _FROM_YCC, [*filled, (0, 0)]).transpose(2, 0, 1)
        luma = _through(planes[0], self._kept[0])
        colours = [_doubled(_through(_halved(one), self._kept[1])) for one in planes[1:]]
        back = np.stack([luma, *colours], axis=2)[:height, :width] @ _TO_YCC
        slope[self._region] += back


def compress_jpeg(picture: NDArray[np.uint8], quality: int = 85) -> bytes:
    """A JPEG file with halved colours; without a `quality` as chats and cameras keep pictures."""
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "JPEG", quality=quality, subsampling=HALVED_COLOURS)
    return out.getvalue()


def decode_jpeg(data: bytes) -> NDArray[np.uint8]:
    """Of a file that we made ourselves; those of others go through `core.vision.decoding.decode`."""
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def _tables(data: bytes) -> list[NDArray[np.float32]]:
    """The multiples of luma and of colours, (8, 8) each."""
    tables: dict[int, Sequence[int]] = Image.open(io.BytesIO(data)).quantization  # type: ignore[attr-defined]
    return [np.array(tables[number], np.float32).reshape(_BLOCK, _BLOCK) for number in (0, 1)]


def _kept(table: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of a change of each wave, the share that is worth trying."""
    return np.asarray(np.minimum(1.0, (2 * _REACH / table) ** 2))


def _through(plane: NDArray[np.float32], kept: NDArray[np.float32]) -> NDArray[np.float32]:
    """The waves of a plane's blocks, each with its share."""
    height, width = plane.shape
    blocks = plane.reshape(height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK).transpose(0, 2, 1, 3)
    waves = _cosines()
    result = waves.T @ ((waves @ blocks @ waves.T) * kept) @ waves
    return np.asarray(result.transpose(0, 2, 1, 3).reshape(height, width))


@cache
def _cosines() -> NDArray[np.float32]:
    """The orthonormal cosine transform of eight numbers."""
    steps = np.arange(_BLOCK)
    waves = np.cos(np.pi * np.outer(steps, 2 * steps + 1) / (2 * _BLOCK)) * math.sqrt(2 / _BLOCK)
    waves[0] /= math.sqrt(2)
    return np.asarray(waves, np.float32)


def _halved(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """A slope by a plane that was enlarged -> by the plane before."""
    height, width = plane.shape
    return np.asarray(plane.reshape(height // 2, 2, width // 2, 2).sum((1, 3)))


def _doubled(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """A slope by means of four -> by each of the four."""
    return np.asarray(plane.repeat(2, 0).repeat(2, 1) / 4, np.float32)


def _grown(one: slice, side: int) -> slice:
    """To whole blocks of halved colours, as far as the picture goes."""
    step = 2 * _BLOCK
    return slice(one.start // step * step, min(side, -(-one.stop // step) * step))
