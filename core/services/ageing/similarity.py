"""How surely two pictures of a face are of one person, from the distance of dlib's embeddings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_EVEN, _WIDTH = 0.6, 0.05


def identity_similarity(before: NDArray[np.float32], after: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the probability that each pair of faces is taken for one person, (N,), at even odds beforehand.

    Args:
        before: dlib's embeddings (N, 128).
        after: of the same faces, changed.
    """
    distances = np.linalg.norm(before.astype(np.float64) - after, axis=1)
    return np.asarray(1 / (1 + np.exp((distances - _EVEN) / _WIDTH)))
