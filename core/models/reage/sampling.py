"""Separable resampling as matrix products: a crop, its scale, a mirror image and a blur are one matrix for each axis.

The critics look at faces in other sizes than the U-Net draws them, each time a little shifted, scaled, mirrored and
blurred. Written as matrices, made on the host, that is two small products for each picture in any backend.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from keras import ops

if TYPE_CHECKING:
    from numpy.typing import NDArray


def resample(pictures: Any, rows: Any, columns: Any) -> Any:
    """Return pictures (N, S, S, C) resampled, (N, T, T, C).

    Args:
        pictures: (N, S, S, C).
        rows: `matrices` (N, T, S), or one for all (T, S).
        columns: the same.
    """
    rows_of, columns_of = ("nts" if rows.ndim == 3 else "ts"), ("nus" if columns.ndim == 3 else "us")
    return ops.einsum(f"{columns_of},ntsc->ntuc", columns, ops.einsum(f"{rows_of},nsvc->ntvc", rows, pictures))


def matrices(
    size: int,
    target: int,
    first: NDArray[np.floating],
    step: NDArray[np.floating],
    blur: NDArray[np.floating],
) -> NDArray[np.float32]:
    """Return matrices (N, target, size) that sample `target` pixels from `size` pixels.

    Args:
        size: pixels that there are.
        target: pixels of the result.
        first: (N,), where the first pixel of the result begins, in pixels of the source.
        step: (N,), pixels of the source for each of the result; negative: mirrored.
        blur: (N,), standard deviation of the filter in pixels of the source, beside what scaling down needs.
    """
    centres = first[:, None] + step[:, None] * (np.arange(target) + 0.5)
    distance = centres[..., None] - (np.arange(size) + 0.5)
    # Half a pixel of what is coarser: about what a bilinear filter does.
    width = np.sqrt((0.5 * np.maximum(1.0, np.abs(step))) ** 2 + blur**2)[:, None, None]
    weights = np.exp(-0.5 * (distance / width) ** 2)
    return np.asarray(weights / np.maximum(weights.sum(-1, keepdims=True), 1e-12), np.float32)
