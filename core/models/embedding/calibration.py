"""Whether chances are honest: temperature, calibration error, reliability, and how known people part from strangers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

from core.domain.registry.evaluation import BINS, ReliabilityBin, calibration_error

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TEMPERATURES = 0.01, 100.0  # beyond, chances are all ones or all alike


def fit_temperature(logits: NDArray[np.floating], labels: NDArray[np.integer]) -> float:
    """By what to divide logits (N, P) so that what happened was likeliest: temperature scaling, Guo et al. 2017.

    Args:
        logits: of pictures that the model was not trained on.
        labels: (N,) the right columns.

    Raises:
        ValueError: no picture.
    """
    if not len(labels):
        raise ValueError("a temperature needs held-out pictures")
    wide = np.asarray(logits, np.float64)
    rows = np.arange(len(labels))

    def surprise(log_temperature: float) -> float:
        return -float(log_softmax(wide / np.exp(log_temperature), axis=1)[rows, labels].mean())

    bounds = tuple(map(float, np.log(_TEMPERATURES)))
    # Convex in 1/T, so with one minimum; the logarithm makes the search as fine at 0.1 as at 10.
    return float(np.exp(minimize_scalar(surprise, bounds=bounds, method="bounded", options={"xatol": 1e-4}).x))


def bins_of(confidence: NDArray[np.floating], right: NDArray[np.bool_], bins: int = BINS) -> tuple[ReliabilityBin, ...]:
    """Answers (N,) by their probability, in `bins` equal parts of [0, 1]; empty ones are left out."""
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    filled = [place == index for index in range(bins) if (place == index).any()]
    return tuple(ReliabilityBin(float(confidence[m].mean()), float(right[m].mean()), int(m.sum())) for m in filled)


def reliability(
    probabilities: NDArray[np.floating], labels: NDArray[np.integer], bins: int = BINS
) -> tuple[ReliabilityBin, ...]:
    """`bins_of` the likeliest columns of probabilities (N, P), of which `labels` (N,) are the right ones."""
    wide = np.asarray(probabilities, np.float64)
    return bins_of(wide.max(1), wide.argmax(1) == labels, bins)


def expected_calibration_error(
    probabilities: NDArray[np.floating], labels: NDArray[np.integer], bins: int = BINS
) -> float:
    """`error_of` the likeliest columns of probabilities (N, P), of which `labels` (N,) are the right ones."""
    return calibration_error(reliability(probabilities, labels, bins))


def auroc(known: NDArray[np.floating], strangers: NDArray[np.floating]) -> float:
    """How often a known face's score is above a stranger's, ties count half; 0.5 is chance.

    Raises:
        ValueError: one of the two is empty.
    """
    if not len(known) or not len(strangers):
        raise ValueError("known faces and strangers are both needed")
    ranked = np.sort(strangers)
    below = np.searchsorted(ranked, known, "left") + np.searchsorted(ranked, known, "right")
    return float(below.mean() / (2 * len(strangers)))


def known_at(
    known: NDArray[np.floating], right: NDArray[np.bool_], strangers: NDArray[np.floating], share: float = 0.01
) -> float:
    """Share of known faces named rightly with the threshold at which `share` of the strangers' faces are named.

    Args:
        known: scores (N,) of known people's faces.
        right: (N,) whether the likeliest person is the right one.
        strangers: scores (M,) of strangers' faces.
        share: in [0, 1].
    """
    named = int(share * len(strangers))  # at most so many
    threshold = np.sort(strangers)[::-1][named] if named < len(strangers) else -np.inf
    return float((right & (known > threshold)).mean())
