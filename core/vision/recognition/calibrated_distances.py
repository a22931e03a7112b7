"""From squared distances to calibrated probabilities, with constants for each embedder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from core.domain.embedders import DLIB, DLIB_AND_SFACE

if TYPE_CHECKING:
    from numpy.typing import NDArray

_RIVALS = 4  # people considered beside the nearest one; more do not change the fit


@dataclass(frozen=True, slots=True)
class RecogniserConfig:
    """How distances become probabilities, for squared distances between embeddings of one embedder.

    Fitted by maximum likelihood with `python -m benchmarks recognition --fit`: galleries of 1 to 30 people with 1 to 20
    pictures each, half of the queries strangers, so that "unknown" starts at even odds. The defaults are those of
    dlib's network alone, with which guilds answer whose faces are not yet embedded anew.
    """

    embedder: str = DLIB
    distance: float = 0.253  # even odds against a person with endless pictures ...
    distance_one: float = 0.147  # ... and this much further for one picture (over n for n), whose mean is noisier
    width: float = 0.0147  # how soon certainty comes: the odds change e-fold over this distance ...
    width_one: float = 0.0126  # ... and this much more for one picture
    rival_distance: float = 0.619  # where the next people usually are; also stands in for those that are missing
    rival_crowd: float = 0.0  # the more people, the nearer the next ones: by this for an e-fold number of people
    rival_weight: float = 9.5  # how much nearer rivals speak for a stranger
    name_from: float = 0.8  # a name is said from here on: one stranger in a hundred is named, see decision 003


# Both networks: two thirds of the likelihood are that of the 40 people of `identity`, one third that of the 7 idols,
# whose faces lie nearer to each other; fitted on the 40 alone, 11 % of the idols' strangers were named (decision 020).
RECOGNISER_CONFIGS = {
    DLIB: RecogniserConfig(),
    DLIB_AND_SFACE: RecogniserConfig(
        embedder=DLIB_AND_SFACE,
        distance=0.348,
        distance_one=0.188,
        width=0.0217,
        width_one=0.0073,
        rival_distance=0.607,
        rival_crowd=0.0369,
        rival_weight=26.3,
    ),
}


class CohortDistances(NamedTuple):
    """Squared distances (N, K) of faces to the people of a cohort with `counts` (K,) pictures."""

    distances: NDArray[np.float64]
    counts: NDArray[np.intp]


def means_of(
    embeddings: NDArray[np.float32], owners: NDArray[np.intp], counts: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return the mean embedding (P, D) of each person, who has `counts` (P,) of the embeddings, one at least."""
    sums = np.zeros((len(counts), embeddings.shape[1]))
    np.add.at(sums, owners, embeddings)
    return sums / counts[:, None]


def squared_distances(queries: NDArray[np.floating], means: NDArray[np.float64]) -> NDArray[np.float64]:
    """Euclidean distance squared, (N, D) and (P, D) -> (N, P)."""
    if not means.size or not queries.size:
        return np.zeros((len(queries), len(means)))
    wide = queries.astype(np.float64)
    squares = (wide**2).sum(1)[:, None] + (means**2).sum(1) - 2 * wide @ means.T
    return np.asarray(np.maximum(squares, 0.0))


def calibrate(
    distances: NDArray[np.float64],
    counts: NDArray[np.intp],
    config: RecogniserConfig,
    cohort: CohortDistances | None = None,
) -> NDArray[np.float64]:
    """Turn squared distances into probabilities (N, P + 1), "unknown" last.

    Args:
        distances: (N, P); an infinite distance means: not this person.
        counts: (P,) pictures of each person.
        config: of the embedder.
        cohort: of people who do not exist; a face is unknown as far as it may be one of them.
    """
    rivals = np.sort(distances - config.distance_one / counts, axis=1)[:, 1 : _RIVALS + 1]
    usual = config.rival_distance - config.rival_crowd * np.log(max(1, distances.shape[1]))
    further = np.where(np.isfinite(rivals), rivals - usual, 0.0).sum(1) / _RIVALS
    columns = [_known_logits(distances, counts, config), -config.rival_weight * further[:, None]]
    if cohort is not None:
        columns.append(_known_logits(*cohort, config))
    logits = np.hstack(columns)
    likelihoods = np.exp(logits - logits.max(axis=1, keepdims=True))
    people = distances.shape[1]
    likelihoods = np.column_stack([likelihoods[:, :people], likelihoods[:, people:].sum(1)])
    return np.asarray(likelihoods / likelihoods.sum(axis=1, keepdims=True))


def _known_logits(
    distances: NDArray[np.float64], counts: NDArray[np.intp], config: RecogniserConfig
) -> NDArray[np.float64]:
    corrected = distances - config.distance_one / counts
    return np.asarray((config.distance - corrected) / (config.width + config.width_one / counts))
