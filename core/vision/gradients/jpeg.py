"""Differentiable JPEG compression of a picture.

Compression rounds the cosine coefficients of each block of 8 x 8 pixels to multiples of a quantization step, which is
large for high frequencies and for chroma, whose resolution it also halves. The backward pass treats rounding as the
identity where a change can be as large as a step; coefficients with larger steps are lost, and following their gradient
would only spend the bound on them.
"""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from scipy.fft import dct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CHROMA_420 = 2  # Pillow's number for 4:2:0, which chats and phones use
_BLOCK = 8
# RGB to luma and two chroma planes, as JFIF defines them; pixels are columns.
_TO_YCC = np.array([(0.299, 0.587, 0.114), (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312)], np.float32)
_FROM_YCC = np.linalg.inv(_TO_YCC)
# Half as much again as a change of one coefficient when all 64 are changed within a bound of 8 levels. Rounding to the
# nearest multiple reaches steps of at most twice that.
_REACH = 12.0


class JpegCompression:
    """A compressed picture, and the backward pass of its compression.

    Args:
        picture: (H, W, 3).
        quality: 1 to 95, as Pillow counts it.
        region: rows and columns whose gradient will be needed.
    """

    def __init__(self, picture: NDArray[np.uint8], quality: int, region: tuple[slice, slice]) -> None:
        data = compress_jpeg(picture, quality)
        self.picture = decode_jpeg(data)
        self._region = tuple(_grown(part, side) for part, side in zip(region, picture.shape[:2], strict=True))
        self._pass_fractions = [_pass_fraction(table) for table in _quantization_tables(data)]

    def add_backward(self, gradient: NDArray[np.float32], total: NDArray[np.float32]) -> None:
        """Add the gradient by the picture to `total` (H, W, 3), given the one by the compressed picture."""
        here = gradient[self._region]
        height, width = here.shape[:2]
        padding = [(0, -side % (2 * _BLOCK)) for side in (height, width)]
        planes = np.pad(here @ _FROM_YCC, [*padding, (0, 0)]).transpose(2, 0, 1)
        luma = _weight_coefficients(planes[0], self._pass_fractions[0])
        chroma = [_doubled(_weight_coefficients(_halved(plane), self._pass_fractions[1])) for plane in planes[1:]]
        back = np.stack([luma, *chroma], axis=2)[:height, :width] @ _TO_YCC
        total[self._region] += back


def compress_jpeg(picture: NDArray[np.uint8], quality: int = 85) -> bytes:
    """Encode as JPEG with 4:2:0 chroma; the default quality is what chats and cameras use."""
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "JPEG", quality=quality, subsampling=CHROMA_420)
    return out.getvalue()


def decode_jpeg(data: bytes) -> NDArray[np.uint8]:
    """Decode a JPEG that Omokage encoded; untrusted files go through `core.vision.decoding.decode`."""
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def _quantization_tables(data: bytes) -> list[NDArray[np.float32]]:
    """The quantization steps of luma and of chroma, (8, 8) each."""
    tables: dict[int, Sequence[int]] = Image.open(io.BytesIO(data)).quantization  # type: ignore[attr-defined]
    return [np.array(tables[number], np.float32).reshape(_BLOCK, _BLOCK) for number in (0, 1)]


def _pass_fraction(table: NDArray[np.float32]) -> NDArray[np.float32]:
    """The fraction of each coefficient's gradient that is passed on, in (0, 1]."""
    return np.asarray(np.minimum(1.0, (2 * _REACH / table) ** 2))


def _weight_coefficients(plane: NDArray[np.float32], pass_fraction: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weight the cosine coefficients of a plane's blocks."""
    height, width = plane.shape
    blocks = plane.reshape(height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK).transpose(0, 2, 1, 3)
    basis = _cosine_basis()
    result = basis.T @ ((basis @ blocks @ basis.T) * pass_fraction) @ basis
    return np.asarray(result.transpose(0, 2, 1, 3).reshape(height, width))


@cache
def _cosine_basis() -> NDArray[np.float32]:
    """The orthonormal DCT-II of eight samples as a matrix."""
    return np.asarray(dct(np.eye(_BLOCK), norm="ortho", axis=0), np.float32)


def _halved(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn a gradient by a plane that was enlarged into one by the plane before."""
    height, width = plane.shape
    return np.asarray(plane.reshape(height // 2, 2, width // 2, 2).sum((1, 3)))


def _doubled(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn a gradient by means of four pixels into one by each pixel."""
    return np.asarray(plane.repeat(2, 0).repeat(2, 1) / 4, np.float32)


def _grown(part: slice, side: int) -> slice:
    """Grow a range to whole blocks of halved chroma, as far as the picture goes."""
    step = 2 * _BLOCK
    return slice(part.start // step * step, min(side, -(-part.stop // step) * step))
