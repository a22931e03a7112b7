"""The backward passes of cropping, resizing, averaging and warping a picture.

All of these are linear but for rounding, so the transposed map turns a gradient by the result into one by the picture.
The maps are those of Pillow, which renders what the networks are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Protocol

import numpy as np
from PIL import Image
from scipy.sparse import csr_matrix

if TYPE_CHECKING:
    from numpy.typing import NDArray


class LinearMap(Protocol):
    """A linear map from one picture to another."""

    def backward(self, gradient: NDArray[np.float32]) -> NDArray[np.float32]:
        """Turn a gradient by the result (h, w, 3) into one by the picture (H, W, 3)."""


@dataclass(frozen=True, slots=True)
class Crop:
    """Cuts a rectangle (height, width) out of a picture of `shape`.

    It may reach beyond the picture, where it shows black: `top` and `left` may be negative.
    """

    shape: tuple[int, int]
    top: int
    left: int
    height: int
    width: int

    @property
    def rows(self) -> slice:
        """The rows of the picture that lie in the rectangle."""
        return _within(self.top, self.height, self.shape[0])

    @property
    def columns(self) -> slice:
        """The columns of the picture that lie in the rectangle."""
        return _within(self.left, self.width, self.shape[1])

    def backward(self, gradient: NDArray[np.float32]) -> NDArray[np.float32]:
        """Put the gradient into its rectangle; it is zero elsewhere."""
        whole = np.zeros((*self.shape, 3), np.float32)
        self.add_backward(gradient, whole)
        return whole

    def add_backward(self, gradient: NDArray[np.float32], total: NDArray[np.float32]) -> None:
        """Add what `backward` returns to `total` (H, W, 3)."""
        rows, columns = self.rows, self.columns
        total[rows, columns] += gradient[
            rows.start - self.top : rows.stop - self.top, columns.start - self.left : columns.stop - self.left
        ]


@dataclass(frozen=True, slots=True)
class Resize:
    """Pillow's `resize` along both sides; `rows` (h, H) and `columns` (w, W) are from `resize_matrix`.

    They are sparse although they are small: two threads of a BLAS that wait for each other beside other work cost more
    than the multiplications.
    """

    rows: csr_matrix
    columns: csr_matrix

    def backward(self, gradient: NDArray[np.float32]) -> NDArray[np.float32]:
        """The transposed matrices, one after the other."""
        height, width, channels = gradient.shape
        tall = (self.rows.T @ gradient.reshape(height, -1)).reshape(-1, width, channels).transpose(1, 0, 2)
        wide = self.columns.T @ np.ascontiguousarray(tall).reshape(width, -1)
        return np.ascontiguousarray(wide.reshape(-1, tall.shape[1], channels).transpose(1, 0, 2))


@dataclass(frozen=True, slots=True)
class Reduce:
    """Pillow's `reduce`: averages over blocks of a picture of `shape`; those at its edge may be smaller."""

    shape: tuple[int, int]
    factor: int

    def backward(self, gradient: NDArray[np.float32]) -> NDArray[np.float32]:
        """Spread each gradient evenly over the pixels of its block."""
        sides = [np.arange(side) // self.factor for side in self.shape]
        weights = [1 / np.bincount(side)[side].astype(np.float32) for side in sides]
        return np.asarray(gradient[np.ix_(*sides)] * np.outer(*weights)[:, :, None], np.float32)


class Bilinear:
    """Pillow's affine transform of a picture of `shape` with bilinear sampling; black beyond the picture.

    Args:
        shape: (height, width) of the picture.
        size: pixels a side of the result.
        matrix: (2, 3), takes points of the result to the picture; a pixel's centre is at +0.5.
    """

    def __init__(self, shape: tuple[int, int], size: int, matrix: NDArray[np.float64]) -> None:
        self._shape = shape
        self._size = size
        self._matrix = matrix

    def backward(self, gradient: NDArray[np.float32]) -> NDArray[np.float32]:
        """Distribute each gradient over the four pixels that were mixed."""
        return np.asarray(self._transposed @ gradient.reshape(-1, 3), np.float32).reshape(*self._shape, 3)

    @cached_property
    def _transposed(self) -> csr_matrix:
        height, width = self._shape
        centres = np.arange(self._size) + 0.5
        x, y = np.meshgrid(centres, centres)
        # In Pillow's order, or rounding would put pixels that lie just on the picture's edge on the other side of it.
        sources = np.array([along * x.ravel() + across * y.ravel() + shift for along, across, shift in self._matrix])
        inside = ((sources >= 0) & (sources < [[width], [height]])).all(0)
        corners, parts = np.divmod(sources[:, inside] - 0.5, 1.0)
        (left, top), (dx, dy) = corners.astype(np.intp), parts
        columns = [np.clip(left + step, 0, width - 1) for step in (0, 1)]
        rows = [np.clip(top + step, 0, height - 1) for step in (0, 1)]
        sampled = [row * width + column for row in rows for column in columns]
        weights = [down * right for down in (1 - dy, dy) for right in (1 - dx, dx)]
        results = np.tile(np.flatnonzero(inside), 4)
        entries = np.concatenate(weights).astype(np.float32), (np.concatenate(sampled), results)
        return csr_matrix(entries, (height * width, self._size**2))


@lru_cache(maxsize=64)
def resize_matrix(
    source: int,
    size: int,
    span: tuple[float, float] | None = None,
) -> csr_matrix:
    """The matrix (size, source) of Pillow's bicubic `resize` along one side, by resizing the unit vectors.

    Args:
        source: pixels before.
        size: pixels after.
        span: start and end of the part of the source that is resized; None: all of it.
    """
    box = (0.0, span[0], float(source), span[1]) if span else None
    units = Image.fromarray(np.eye(source, dtype=np.float32))
    return csr_matrix(np.asarray(units.resize((source, size), Image.Resampling.BICUBIC, box)))


def _within(start: int, length: int, side: int) -> slice:
    """The part of [start, start + length) that lies in [0, side); empty where there is none."""
    first = min(max(start, 0), side)
    return slice(first, max(first, min(start + length, side)))
