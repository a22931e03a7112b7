"""Finding copies of pictures: saved anew, smaller, a little brighter.

The hash is that of the low frequencies: each of 256 bits says whether one is above their median, as in Zauner 2010,
"Implementation and Benchmarking of Perceptual Image Hash Functions", which has 64 of them. Faces that were cut alike
are nearer to each other than that can tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from scipy.fft import dctn

if TYPE_CHECKING:
    from numpy.typing import NDArray

BITS = 256
_SIDE, _LOW = 64, 17  # pixels that are transformed; frequencies a side, of which the slowest are left out
_BLOCK = 1024  # pictures that are compared with all others at once: 40 MB for 10,000


def picture_hash(image: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return the perceptual hash (256,) of a picture (H, W, 3) RGB."""
    small = Image.fromarray(image).convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX, reducing_gap=3.0)
    slow = dctn(np.asarray(small, np.float32), norm="ortho")[1:_LOW, 1:_LOW].ravel()  # without rows of the mean
    return np.asarray(slow > np.median(slow))


def find_copies(hashes: NDArray[np.bool_], worth: Sequence[float], max_bits: int) -> list[int | None]:
    """Return for each picture the index of the copy that is kept instead; None: it is kept itself.

    Args:
        hashes: (N, 256).
        worth: of each; of two copies the one with the larger is kept, of equals the first.
        max_bits: in which copies may differ.
    """
    order = sorted(range(len(hashes)), key=lambda row: (-worth[row], row))
    signs = np.where(hashes[order], 1, -1).astype(np.float32)
    kept_in_place: list[int | None] = [None] * len(order)
    is_kept = np.ones(len(order), bool)
    for start in range(0, len(order), _BLOCK):
        near = (BITS - signs[start : start + _BLOCK] @ signs.T) / 2 <= max_bits  # (B, N)
        for row, close in enumerate(near, start):
            better = np.flatnonzero(close[:row] & is_kept[:row])
            if len(better):
                is_kept[row] = False
                kept_in_place[order[row]] = order[int(better[0])]
    return kept_in_place
