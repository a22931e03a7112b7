"""Ages and genders as networks take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.domain.ageing import AGE_BINS

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MIDDLE, _SPREAD = 40.0, 40.0  # years: the ages of a life become -1 to 1
_NOISE = 4.0  # years: two thirds of pictures that are in a collection twice have two ages, and rarely far apart
_BOUNDS = np.array([first for first, _ in AGE_BINS[1:]], np.float64)


def conditions(
    present: NDArray[np.floating], ages: NDArray[np.floating], genders: NDArray[np.integer[Any]]
) -> NDArray[np.float32]:
    """Return (N, 4): present age and age, 40 years as 0 and 80 as 1, half their difference, and the gender.

    Args:
        present: (N,), years.
        ages: (N,), years.
        genders: (N,), 0 male, 1 female, -1 unknown; they become -1, 1 and 0.
    """
    scaled = [(np.asarray(each, np.float64) - _MIDDLE) / _SPREAD for each in (present, ages)]
    gender = np.select([genders == 0, genders == 1], [-1.0, 1.0], 0.0)
    return np.stack([*scaled, (scaled[1] - scaled[0]) / 2, gender], axis=-1).astype(np.float32)


def bin_probabilities(ages: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the probabilities (N, 10) of `AGE_BINS` for noisy ages (N,): of a logistic error about each."""
    above = 1.0 / (1.0 + np.exp((_BOUNDS - np.asarray(ages, np.float64)[:, None]) * 1.7 / _NOISE))
    edges = np.concatenate([np.ones((len(above), 1)), above, np.zeros((len(above), 1))], axis=1)
    return np.asarray(edges[:, :-1] - edges[:, 1:], np.float32)
