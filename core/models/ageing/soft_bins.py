"""Ages as weights of the ten bins: noisy labels, and ages between the bins' middles, are mixtures of neighbours."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from core.domain.ageing import AGE_BINS

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Years by which labels are taken to be wrong: the width of the distribution that the age critic is trained with, too.
_DEVIATION = 3.0
BIN_AGES = np.array([(first + last + 1) / 2 for first, last in AGE_BINS], np.float32)  # the middle of each, in years
_ENDS = np.array([last + 1 for _, last in AGE_BINS[:-1]], np.float64)
_normal = np.frompyfunc(lambda value: (1 + math.erf(value / math.sqrt(2))) / 2, 1, 1)


def soft_bins(ages: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the probabilities of the bins (N, 10) for ages (N,) that are right to within a few years.

    A Gaussian of 3 years around each age; what is below the first bin counts for it, what is above the last for that.
    """
    below = _normal((_ENDS - np.asarray(ages, np.float64)[:, None]) / _DEVIATION).astype(np.float64)
    edges = np.ones((len(below), 1))
    return np.diff(np.concatenate([0 * edges, below, edges], axis=1)).astype(np.float32)
