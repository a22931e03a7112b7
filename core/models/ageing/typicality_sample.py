"""Fit `Typicality` to a sample of a training set, which may be too large to be described picture by picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.models.ageing.typicality import fit_typicality

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MAX_FITTED = 1500  # training pictures; as `fit_typicality` says, more change nothing


def fit_typicality_to_rows(
    images: NDArray[np.uint8], rows: NDArray[np.intp], held_out: NDArray[np.intp]
) -> dict[str, NDArray[np.float32]]:
    """Return the tensors of `fit_typicality`; the same rows give the same ones.

    Args:
        images: (N, S, S, 3) RGB; may be a memory map.
        rows: of the training pictures.
        held_out: rows of those that set the thresholds.
    """
    fitted = np.random.default_rng(0).permutation(rows)[:_MAX_FITTED]
    compared = np.sort(np.concatenate([fitted, held_out]))
    return fit_typicality(images[compared], np.isin(compared, held_out))
