"""From distances to chances: who a face shows, or nobody who is known, fitted on the people themselves.

The guild's own pictures say how near is near. Each picture is asked for twice with itself left out: once as it is, and
once without its person, as a stranger's. A multinomial logistic regression on both, which is convex, gives the weights
of the two distances, how much nearby others speak for a stranger, and an offset for each person: somebody who looks
like many is named less readily. It starts from the constants of the method without training, and the fewer people
there are, the nearer it stays: five people say little about all the strangers of the world.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp, softmax

from core.models.embedding.evidence import KINDS, MEAN, Evidence
from core.vision.recognition.mean_embedding import RecogniserConfig

if TYPE_CHECKING:
    from numpy.typing import NDArray

RIVALS = 4  # people looked at beside the nearest one, as the method without training does
_LIVE = RecogniserConfig()
_NOISE = _LIVE.width_one / _LIVE.width  # of a mean of n pictures: this over n
_SHARED = KINDS + 2  # weights, bias, rivals; then one offset a person
# What is believed before any picture is seen, and how wrong it may be. Four times as much doubt names one stranger in
# twenty where there are two to five people; with forty, no choice between the two matters (decision 009).
_BELIEF = np.array([1 / _LIVE.width, 0.0, _LIVE.distance / _LIVE.width, _LIVE.rival_weight])
_DOUBT = np.array([8.5, 34.0, 2.15, 2.4])
_OFFSET_DOUBT = 0.5  # nats: one picture hardly moves an offset, twenty do
_ENOUGH = 1e-7  # relative change of the surprise from which going on is of no use


@dataclass(frozen=True, slots=True)
class OpenSet:
    """The fitted constants.

    Attributes:
        weights: (2,) of the two distances, per unit of squared distance, not negative.
        bias: of a known person against "unknown", in nats.
        rivals: how much the next people speak for "unknown" by being near, in nats per unit of squared distance.
        offsets: (P,) of each person, in nats.
    """

    weights: NDArray[np.float64]
    bias: float
    rivals: float
    offsets: NDArray[np.float64]

    def logits(self, evidence: Evidence) -> NDArray[np.float64]:
        """(N, P + 1), "unknown" last; -inf where there is nothing to compare with."""
        values = np.concatenate([self.weights, [self.bias, self.rivals], self.offsets])
        return _logits(values, _Material.of(evidence))

    def probabilities(self, evidence: Evidence) -> NDArray[np.float64]:
        """(N, P + 1), rows sum to 1, "unknown" last; before it is seen, a face is as likely known as not."""
        return np.asarray(softmax(self.logits(evidence), axis=1))


def fit_open_set(evidence: Evidence, owners: NDArray[np.integer]) -> OpenSet:
    """The constants under which faces are their owners', and strangers' to all others, as likely as can be.

    Args:
        evidence: of faces (N), each left out of its own references.
        owners: (N,) whose they are; the only picture of a person speaks as a stranger's alone.
    """
    people = evidence.counts.shape[1]
    seen = evidence.counts[np.arange(len(owners)), owners] > 0
    material = _Material.joined(_Material.of(evidence, seen), _Material.of(evidence.without(owners)))
    truth = np.concatenate([owners[seen], np.full(len(owners), people)])
    # A thousand pictures of five people are twenty pairs of somebody and a stranger, looked at again and again.
    weight = min(1.0, people * (people - 1) / max(1, len(owners)))
    free, positive = (None, None), (0.0, None)
    bounds = [positive] * KINDS + [free, positive] + [free] * people
    start = np.concatenate([_BELIEF, np.zeros(people)])
    solution = minimize(_surprise, start, args=(material, truth, weight), jac=True, method="L-BFGS-B", bounds=bounds,
                        options={"ftol": _ENOUGH, "maxiter": 200})  # fmt: skip
    return OpenSet(solution.x[:KINDS], float(solution.x[KINDS]), float(solution.x[KINDS + 1]), solution.x[_SHARED:])


def clearness(counts: NDArray[np.integer]) -> NDArray[np.float64]:
    """How much a distance to the mean of so many pictures says, in (0, 1]: that of few is noisy."""
    return np.asarray(1 / (1 + _NOISE / np.maximum(1, counts)))


class _Material(NamedTuple):
    """What the regression sees: distances (2, N, P), clearness (N, P), absent (N, P), rivals (N,)."""

    distances: NDArray[np.float64]
    clearness: NDArray[np.float64]
    absent: NDArray[np.bool_]
    rivals: NDArray[np.float64]

    @classmethod
    def of(cls, evidence: Evidence, rows: NDArray[np.bool_] | slice = slice(None)) -> _Material:
        counts = evidence.counts[rows]
        return cls(evidence.distances[:, rows], clearness(counts), counts == 0, _rivals(evidence)[rows])

    @classmethod
    def joined(cls, first: _Material, second: _Material) -> _Material:
        axes = (1, 0, 0, 0)
        return cls(*(np.concatenate(parts, axis) for axis, *parts in zip(axes, first, second, strict=True)))


def _rivals(evidence: Evidence) -> NDArray[np.float64]:
    """How much further than usual the people after the nearest one are, (N,); missing ones are as usual."""
    ranked = np.sort(np.where(evidence.absent, np.inf, evidence.distances[MEAN]), axis=1)[:, 1 : RIVALS + 1]
    further = np.where(np.isfinite(ranked), ranked - _LIVE.rival_distance, 0.0)
    return np.asarray(further.sum(1) / RIVALS)


def _logits(values: NDArray[np.float64], material: _Material) -> NDArray[np.float64]:
    weights, (bias, rivals), offsets = np.split(values, [KINDS, _SHARED])
    known = offsets + material.clearness * (bias - np.tensordot(weights, material.distances, 1))
    return np.column_stack([np.where(material.absent, -np.inf, known), -rivals * material.rivals])


def _surprise(
    values: NDArray[np.float64], material: _Material, truth: NDArray[np.integer], weight: float
) -> tuple[float, NDArray[np.float64]]:
    """Negative logarithm of what happened and of what was believed, a mean over faces, and its gradient."""
    logits, rows = _logits(values, material), np.arange(len(truth))
    total = logsumexp(logits, axis=1)
    by_logit = np.exp(logits - total[:, None])
    by_logit[rows, truth] -= 1
    clear = by_logit[:, :-1] * material.clearness
    shared = [*-np.tensordot(material.distances, clear, 2), clear.sum(), -by_logit[:, -1] @ material.rivals]
    gradient = np.concatenate([shared, by_logit[:, :-1].sum(0)])
    believed = np.concatenate([_BELIEF, np.zeros(len(values) - _SHARED)])
    doubt = np.concatenate([_DOUBT, np.full(len(values) - _SHARED, _OFFSET_DOUBT)])
    off = (values - believed) / doubt
    surprise = weight * (total - logits[rows, truth]).sum() + (off**2).sum() / 2
    count = max(1, len(truth))
    return float(surprise) / count, (weight * gradient + off / doubt) / count
