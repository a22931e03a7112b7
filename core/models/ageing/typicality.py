"""How much a face is like those that an ageing model was trained on.

A face is described by histograms of the directions of its gradients (Dalal and Triggs 2005), and these by two normal
distributions: one of the model's own training pictures, and one of drawn people, which comes with the product. Far from
the former a face is atypical: a scrawl, a cat. Where the former are photos, a face that is nearer to drawn people than
photos are is drawn, although it has eyes and mouth where a photo has them: the distance alone finds one drawn face in
four, both together all (`python -m benchmarks typicality`). Everything is NumPy: a millisecond or two a face.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.models.ageing.gradient_histograms import FEATURES, gradient_histograms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Tensors = Mapping[str, NDArray[Any]]

PREFIX = "typicality/"  # of the tensors' names in a version's weights file
COMPONENTS = 80  # a basis of 80 x 384 numbers, 61 kB as float16; 20 miss one drawn or real face in ten more
PASSING = 0.99  # of the held-out pictures, at least
_PER_COMPONENT = 4  # pictures, below which a direction is the accident of a few
_MAX_PICTURES = 4000  # that are fitted to and that are held out; more change nothing
# Beyond the distance that `PASSING` of the held-out pictures keep, a face may be so much further away: other
# photographers' pictures are. With 1.5, 2 % of the faces in group photos are refused by a model trained on photos
# (with 1: 16 %); drawn people in other light and poses need only 1.15, and 1.5 would let half of the photos pass.
_PHOTO_SLACK, _DRAWN_SLACK = 1.5, 1.15
# The same for the ratio of the two distances; drawn people lie beyond 1.8 times the ratio that photos keep.
_RATIO_SLACK = 1.35
# Median logarithm of the ratio from which training pictures are drawn people: theirs is 0, that of photos below -1.
_DRAWN_RATIO = -0.5
_DRAWN_FILE = Path(__file__).with_name("drawn_gradients.npz")


@dataclass(frozen=True, slots=True)
class NormalDistribution:
    """A normal distribution with `COMPONENTS` principal directions, and one variance in all others.

    `mean` (F,), `basis` (C, F) with rows of length 1, `variances` (C + 1,), the last that of the other directions.
    """

    mean: NDArray[np.float32]
    basis: NDArray[np.float32]
    variances: NDArray[np.float32]

    def distances(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the squared Mahalanobis distances (N,) of features (N, F)."""
        centred = features - self.mean
        along = centred @ self.basis.T
        across = np.maximum((centred**2).sum(1) - (along**2).sum(1), 0)
        distances: NDArray[np.float32] = (along**2 / self.variances[:-1]).sum(1) + across / self.variances[-1]
        return distances

    def to_tensors(self) -> dict[str, NDArray[np.float32]]:
        """Return what `from_tensors` reads."""
        return {"mean": self.mean, "basis": self.basis.astype(np.float16), "variances": self.variances}

    @classmethod
    def from_tensors(cls, tensors: Tensors) -> NormalDistribution:
        """Read what `to_tensors` returned.

        Raises:
            KeyError, ValueError: a tensor is missing, or they do not belong together.
        """
        mean, basis, variances = (np.asarray(tensors[name], np.float32) for name in ("mean", "basis", "variances"))
        if mean.shape != (FEATURES,) or basis.shape != (len(variances) - 1, FEATURES):
            raise ValueError("these tensors are no distribution of gradient histograms")
        return cls(mean, basis, variances)


def fit_normal(features: NDArray[np.float32]) -> NormalDistribution:
    """Fit a distribution to features (N, F), N at least 1."""
    mean = features.mean(0)
    _, singular, basis = np.linalg.svd(features - mean, full_matrices=False)
    variances = singular**2 / len(features)
    count = min(COMPONENTS, len(features) // _PER_COMPONENT)
    rest = variances[count:].sum() / max(1, features.shape[1] - count)
    # A floor: of a few pictures, the directions that they do not span have no variance at all.
    all_variances = np.maximum([*variances[:count], rest], 1e-6 * max(float(variances.sum()), 1e-6))
    return NormalDistribution(mean, basis[:count], all_variances.astype(np.float32))


@cache
def drawn_distribution() -> NormalDistribution:
    """Return the distribution of 450 drawn people of all ages (`python -m benchmarks typicality --write-drawn`).

    Versions keep thresholds that depend on it: another file needs another name.
    """
    with np.load(_DRAWN_FILE) as tensors:
        return NormalDistribution.from_tensors(tensors)


def fit_typicality(pictures: NDArray[np.uint8], held_out: NDArray[np.bool_]) -> dict[str, NDArray[np.float32]]:
    """Return the tensors of a `Typicality` by their names in a version's weights file; 63 kB.

    Args:
        pictures: (N, S, S, 3) RGB of the training's data set, in the view that the model takes.
        held_out: (N,), those that the thresholds are set by and nothing is fitted to; where none are, all are both.

    Raises:
        ValueError: there is no picture to fit to.
    """
    fitted = _some(pictures, ~held_out)
    if not len(fitted):
        raise ValueError("there is no picture to fit to")
    features = gradient_histograms(np.concatenate([fitted, fitted[:, :, ::-1]]))  # faces are mirrored as often as not
    distribution = fit_normal(features)
    checked = gradient_histograms(_some(pictures, held_out if held_out.any() else ~held_out))
    limits = _limits(distribution.distances(checked), checked)
    tensors = {**distribution.to_tensors(), "limits": np.array(limits, np.float32)}
    return {PREFIX + name: tensor for name, tensor in tensors.items()}


def _some(pictures: NDArray[np.uint8], chosen: NDArray[np.bool_]) -> NDArray[np.uint8]:
    rows = np.random.default_rng(0).permutation(np.flatnonzero(chosen))[:_MAX_PICTURES]
    return np.asarray(pictures[np.sort(rows)])


def _limits(distances: NDArray[np.float32], features: NDArray[np.float32]) -> tuple[float, float]:
    """Return the largest distance and log ratio of what is typical, from held-out pictures."""
    ratios = _log_ratios(distances, features)
    drawn = bool(np.median(ratios) > _DRAWN_RATIO)
    max_distance = float(np.quantile(distances, PASSING)) * (_DRAWN_SLACK if drawn else _PHOTO_SLACK)
    return max_distance, np.inf if drawn else float(np.quantile(ratios, PASSING) + np.log(_RATIO_SLACK))


@dataclass(frozen=True, slots=True)
class Typicality:
    """What `fit_typicality` fitted.

    `max_distance` is the squared distance of faces that are typical, `max_log_ratio` the logarithm of its ratio to the
    distance to drawn people; infinite for a model that was trained on drawn people.
    """

    distribution: NormalDistribution
    max_distance: float
    max_log_ratio: float

    @classmethod
    def from_tensors(cls, tensors: Tensors) -> Typicality:
        """Read the tensors that `fit_typicality` returned; others may be beside them.

        Raises:
            KeyError, ValueError: they are missing, or do not belong together.
        """
        own = {name.removeprefix(PREFIX): tensor for name, tensor in tensors.items() if name.startswith(PREFIX)}
        max_distance, max_log_ratio = (float(limit) for limit in own["limits"])
        return cls(NormalDistribution.from_tensors(own), max_distance, max_log_ratio)

    def score(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return how typical pictures (N, S, S, 3) are, (N,): 1 and above as the training's data set, below 1 not."""
        features = gradient_histograms(pictures)
        distances = self.distribution.distances(features)
        by_distance = self.max_distance / np.maximum(distances, 1e-6)
        by_ratio = np.exp(np.minimum(self.max_log_ratio - _log_ratios(distances, features), 20))
        return np.asarray(np.minimum(by_distance, by_ratio), np.float32)


def _log_ratios(distances: NDArray[np.float32], features: NDArray[np.float32]) -> NDArray[np.float32]:
    ratios: NDArray[np.float32] = np.log(np.maximum(distances, 1e-6)) - np.log(
        np.maximum(drawn_distribution().distances(features), 1e-6)
    )
    return ratios
