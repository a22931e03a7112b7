"""From distances to chances: who a face shows, or nobody who is known, fitted on the people themselves.

The guild's own pictures say how near is near. Each picture is asked for twice with itself left out: once as it is, and
once without its person, as a stranger's. A multinomial logistic regression on both, which is convex, gives the weights
of the two distances, how much nearby others speak for a stranger, and an offset for each person: somebody who looks
like many is named less readily. It starts from constants that were fitted on other people, and the fewer people there
are, the nearer it stays: five people say little about all the strangers of the world. Who is as near to somebody of the
cohort of drawn people is unknown, as in the method without training (core/vision/recognition/drawn_cohort.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp, softmax

from core.domain.embedders import DLIB, DLIB_AND_SFACE, EMBEDDING_NAME
from core.models.embedding.evidence import KINDS, MEAN, Evidence
from core.vision.recognition.calibrated_distances import RECOGNISER_CONFIGS

if TYPE_CHECKING:
    from numpy.typing import NDArray

RIVALS = 4  # people looked at beside the nearest one, as the method without training does
_SHARED = KINDS + 2  # weights, bias, rivals; then one offset a person
# How wrong a prior may be, as fractions of its weight (of the mean; of the nearest pictures), bias and rivals. Four
# times as much names one stranger in twenty where there are two to five people; with forty, no choice between the two
# matters (decision 009). With both networks twice as much is no better (decision 020).
_DOUBT = np.array([0.125, 0.5, 0.125, 0.25])
_OFFSET_DOUBT = 0.5  # nats: one picture hardly moves an offset, twenty do
_ENOUGH = 1e-7  # relative change of the surprise from which going on is of no use


@dataclass(frozen=True, slots=True)
class OpenSetPrior:
    """What is believed of an embedder's squared distances before any picture is seen.

    Attributes:
        embedder: whose distances these are.
        weight: of both distances together, in nats per unit of squared distance.
        nearest: fraction of it that is the nearest pictures'.
        distance: at which a face is as likely known as not, of a person with endless pictures.
        noise: of the mean of n pictures: this over n.
        rival_distance: where the people after the nearest one usually are.
        rivals: how much they speak for "unknown" by being nearer, in nats per unit of squared distance.
    """

    embedder: str
    weight: float
    nearest: float
    distance: float
    noise: float
    rival_distance: float
    rivals: float

    @property
    def values(self) -> NDArray[np.float64]:
        """Weights, bias and rivals in the order of the fit, (4,)."""
        weights = self.weight * (1 - self.nearest), self.weight * self.nearest
        return np.array([*weights, self.weight * self.distance, self.rivals])

    @property
    def doubt(self) -> NDArray[np.float64]:
        """Standard deviation of each of `values`, (4,)."""
        total = np.array([self.weight, self.weight, self.weight * self.distance, self.rivals])
        return np.asarray(total * _DOUBT)

    def clearness(self, counts: NDArray[np.integer]) -> NDArray[np.float64]:
        """How much a distance to the mean of so many pictures says, in (0, 1]: that of few is noisy."""
        return np.asarray(1 / (1 + self.noise / np.maximum(1, counts)))

    def open_set(self, people: int) -> OpenSet:
        """Return what is believed of so many people."""
        first, second, bias, rivals = self.values
        return OpenSet(np.array([first, second]), float(bias), float(rivals), np.zeros(people), self)


def _prior_of_live_method(embedder: str) -> OpenSetPrior:
    live = RECOGNISER_CONFIGS[embedder]
    noise = live.width_one / live.width
    return OpenSetPrior(embedder, 1 / live.width, 0.0, live.distance, noise, live.rival_distance, live.rival_weight)


# dlib's alone keeps what its versions were fitted with: the constants of the method without training. Both networks':
# `python -m benchmarks recognition --fit`, of the same people and likelihood as RECOGNISER_CONFIGS.
PRIORS = {
    DLIB: _prior_of_live_method(DLIB),
    DLIB_AND_SFACE: OpenSetPrior(
        DLIB_AND_SFACE, weight=43.6, nearest=0.427, distance=0.424, noise=0.383, rival_distance=0.534, rivals=22.7
    ),
}


@dataclass(frozen=True, slots=True)
class OpenSet:
    """The fitted constants.

    Attributes:
        weights: (2,) of the two distances, per unit of squared distance, not negative.
        bias: of a known person against "unknown", in nats.
        rivals: how much the next people speak for "unknown" by being near, in nats per unit of squared distance.
        offsets: (P,) of each person, in nats.
        prior: of the embedder; its noise and usual distance of rivals are not fitted.
    """

    weights: NDArray[np.float64]
    bias: float
    rivals: float
    offsets: NDArray[np.float64]
    prior: OpenSetPrior = PRIORS[EMBEDDING_NAME]

    def logits(self, evidence: Evidence) -> NDArray[np.float64]:
        """(N, P + 1), "unknown" last; -inf where there is nothing to compare with."""
        values = np.concatenate([self.weights, [self.bias, self.rivals], self.offsets])
        logits = _logits(values, _Material.of(evidence, self.prior))
        if evidence.cohort is not None:
            pull = self.bias - np.tensordot(self.weights, evidence.cohort.distances, 1)
            drawn = self.prior.clearness(evidence.cohort.counts) * pull
            logits[:, -1] = logsumexp(np.column_stack([logits[:, -1], drawn]), axis=1)
        return logits

    def probabilities(self, evidence: Evidence) -> NDArray[np.float64]:
        """(N, P + 1), rows sum to 1, "unknown" last; before it is seen, a face is as likely known as not."""
        return np.asarray(softmax(self.logits(evidence), axis=1))


def fit_open_set(evidence: Evidence, owners: NDArray[np.integer], embedder: str = EMBEDDING_NAME) -> OpenSet:
    """The constants under which faces are their owners', and strangers' to all others, as likely as can be.

    Args:
        evidence: of faces (N), each left out of its own references.
        owners: (N,) whose they are; the only picture of a person speaks as a stranger's alone, and all strangers
            weigh as much as all known faces: without any, what was believed stands.
        embedder: of the faces.
    """
    prior = PRIORS[embedder]
    people = evidence.counts.shape[1]
    seen = evidence.counts[np.arange(len(owners)), owners] > 0
    material = _Material.joined(_Material.of(evidence, prior, seen), _Material.of(evidence.without(owners), prior))
    truth = np.concatenate([owners[seen], np.full(len(owners), people)])
    # A thousand pictures of five people are twenty pairs of somebody and a stranger, looked at again and again.
    weight = min(1.0, people * (people - 1) / max(1, len(owners)))
    weights = weight * np.concatenate([np.ones(int(seen.sum())), np.full(len(owners), seen.mean() if len(seen) else 0)])
    free, positive = (None, None), (0.0, None)
    bounds = [positive] * KINDS + [free, positive] + [free] * people
    start = np.concatenate([prior.values, np.zeros(people)])
    solution = minimize(_surprise, start, args=(material, truth, weights, prior), jac=True, method="L-BFGS-B",
                        bounds=bounds, options={"ftol": _ENOUGH, "maxiter": 200})  # fmt: skip
    return OpenSet(solution.x[:KINDS], float(solution.x[KINDS]), float(solution.x[KINDS + 1]), solution.x[_SHARED:],
                   prior)  # fmt: skip


class _Material(NamedTuple):
    """What the regression sees: distances (2, N, P), clearness (N, P), absent (N, P), rivals (N,)."""

    distances: NDArray[np.float64]
    clearness: NDArray[np.float64]
    absent: NDArray[np.bool_]
    rivals: NDArray[np.float64]

    @classmethod
    def of(cls, evidence: Evidence, prior: OpenSetPrior, rows: NDArray[np.bool_] | slice = slice(None)) -> _Material:
        counts = evidence.counts[rows]
        rivals = _rivals(evidence, prior.rival_distance)[rows]
        return cls(evidence.distances[:, rows], prior.clearness(counts), counts == 0, rivals)

    @classmethod
    def joined(cls, first: _Material, second: _Material) -> _Material:
        axes = (1, 0, 0, 0)
        return cls(*(np.concatenate(parts, axis) for axis, *parts in zip(axes, first, second, strict=True)))


def _rivals(evidence: Evidence, usual: float) -> NDArray[np.float64]:
    """How much further than usual the people after the nearest one are, (N,); missing ones are as usual."""
    ranked = np.sort(np.where(evidence.absent, np.inf, evidence.distances[MEAN]), axis=1)[:, 1 : RIVALS + 1]
    further = np.where(np.isfinite(ranked), ranked - usual, 0.0)
    return np.asarray(further.sum(1) / RIVALS)


def _logits(values: NDArray[np.float64], material: _Material) -> NDArray[np.float64]:
    weights, (bias, rivals), offsets = np.split(values, [KINDS, _SHARED])
    known = offsets + material.clearness * (bias - np.tensordot(weights, material.distances, 1))
    return np.column_stack([np.where(material.absent, -np.inf, known), -rivals * material.rivals])


def _surprise(
    values: NDArray[np.float64],
    material: _Material,
    truth: NDArray[np.integer],
    weights: NDArray[np.float64],
    prior: OpenSetPrior,
) -> tuple[float, NDArray[np.float64]]:
    """Negative logarithm of what happened and of what was believed, a mean over faces, and its gradient."""
    logits, rows = _logits(values, material), np.arange(len(truth))
    total = logsumexp(logits, axis=1)
    by_logit = np.exp(logits - total[:, None])
    by_logit[rows, truth] -= 1
    by_logit *= weights[:, None]
    clear = by_logit[:, :-1] * material.clearness
    shared = [*-np.tensordot(material.distances, clear, 2), clear.sum(), -by_logit[:, -1] @ material.rivals]
    gradient = np.concatenate([shared, by_logit[:, :-1].sum(0)])
    believed = np.concatenate([prior.values, np.zeros(len(values) - _SHARED)])
    doubt = np.concatenate([prior.doubt, np.full(len(values) - _SHARED, _OFFSET_DOUBT)])
    off = (values - believed) / doubt
    surprise = weights @ (total - logits[rows, truth]) + (off**2).sum() / 2
    count = max(1, len(truth))
    return float(surprise) / count, (gradient + off / doubt) / count
