"""How surely two pictures of a face are of one person, from the distance of dlib's embeddings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A logistic of the distance, fitted by `python -m benchmarks same_person` on pairs of pictures of one person and of two
# people, which count the same. At 0.6, under which dlib takes two faces for one person, it is 0.8.
_EVEN, _WIDTH = 0.631, 0.021


def identity_similarity(before: NDArray[np.float32], after: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the probability that each pair of faces is of one person, (N,), at even odds beforehand.

    Args:
        before: dlib's embeddings, (N, 128), or (1, 128) for all.
        after: of the same faces, changed.
    """
    return similarity_at(np.linalg.norm(before.astype(np.float64) - after, axis=1))


def similarity_at(distances: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the probability that faces with these distances (N,) are of one person, at even odds beforehand."""
    return np.asarray(1 / (1 + np.exp((distances - _EVEN) / _WIDTH)))
