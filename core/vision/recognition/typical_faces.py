"""Which faces stand for many others: those that are worth a label first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_BLOCK = 512  # rows of a distance matrix at a time: 20 MB with 5,000 faces


def count_represented(embeddings: NDArray[np.float32], radius: float, same_picture: float) -> NDArray[np.intp]:
    """Return for how many others each face stands, (N, D) -> (N,).

    A face is stood for by the one that has most faces around it, among those near it, itself included.

    Args:
        embeddings: the faces.
        radius: squared distance up to which two faces are near each other.
        same_picture: squared distance below which they are copies of one picture, which do not count twice.
    """
    wide = embeddings.astype(np.float64)
    represented = np.zeros(len(wide), np.intp)
    if not len(wide):
        return represented
    around = np.concatenate([((d < radius) & (d >= same_picture)).sum(1) for d in _distances(wide)])
    for squares in _distances(wide):
        leaders = np.where(squares < radius, around, -1).argmax(1)
        is_other = squares[np.arange(len(squares)), leaders] >= same_picture
        np.add.at(represented, leaders[is_other], 1)
    return represented


def _distances(embeddings: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    """Yield squared distances of a block of faces to all, (block, N)."""
    norms = (embeddings**2).sum(1)
    for start in range(0, len(embeddings), _BLOCK):
        block = slice(start, start + _BLOCK)
        yield np.maximum(norms[block, None] + norms - 2 * embeddings[block] @ embeddings.T, 0.0)
