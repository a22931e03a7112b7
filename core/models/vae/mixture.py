"""A mixture of Gaussians over latents: where faces are, so that new latents are drawn where there are some.

Codes of an autoencoder follow no distribution that was chosen beforehand, and those of a VAE only roughly the normal
one; Ghosh et al. 2020 (arXiv 1903.12436) found mixtures fitted afterwards to draw better faces from either.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WEIGHTS, _MEANS, _DEVIATIONS, _FACTOR = (f"mixture/{name}" for name in ("weights", "means", "deviations", "factor"))
_COMPONENTS = (1, 2, 4, 8, 16)  # more had a worse criterion in every data set that was tried
_EACH = 40  # latents for each component at least: with fewer, components are single people
_REGULAR = 1e-4  # added to variances: a latent that is never used has none
_MOST = 10_000  # latents that a mixture is fitted to; more change nothing
_STREAM = 2  # of each seed's random numbers


@dataclass(frozen=True, slots=True)
class Mixture:
    """K Gaussians in Z dimensions.

    `weights` (K,) sum to 1, `means` (K, Z). `spread` is what noise is stretched by: each component's standard
    deviations (K, Z), or, if `tied`, one factor (Z, Z) for all of them, so that noise (N, Z) @ spread has their
    covariance.
    """

    weights: NDArray[np.float32]
    means: NDArray[np.float32]
    spread: NDArray[np.float32]
    tied: bool

    def __post_init__(self) -> None:
        """Check.

        Raises:
            ValueError: these are no mixture.
        """
        count, size = self.means.shape
        spread = (size, size) if self.tied else (count, size)
        if not count or self.weights.shape != (count,) or self.spread.shape != spread:
            raise ValueError("these tensors are no mixture")

    @property
    def mean(self) -> NDArray[np.float32]:
        """(Z,)."""
        return np.asarray(self.weights @ self.means, np.float32)

    @property
    def deviations(self) -> NDArray[np.float32]:
        """(Z,), of all latents about their mean."""
        within = (self.spread**2).sum(0) if self.tied else self.weights @ self.spread**2
        return np.asarray(np.sqrt(within + self.weights @ (self.means - self.mean) ** 2), np.float32)

    def latents(self, seeds: Sequence[int]) -> NDArray[np.float32]:
        """(N, Z), each of its own seed whatever the others are."""
        return np.array([self._code(seed) for seed in seeds], np.float32).reshape(-1, self.means.shape[1])

    def tensors(self) -> dict[str, NDArray[np.float32]]:
        """As `mixture_of` takes them; never in half precision, in which small weights vanish."""
        parts = {_WEIGHTS: self.weights, _MEANS: self.means, _FACTOR if self.tied else _DEVIATIONS: self.spread}
        return {name: np.asarray(tensor, np.float32) for name, tensor in parts.items()}

    def _code(self, seed: int) -> NDArray[np.floating]:
        random = np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, _STREAM, 0]))
        component = int(np.searchsorted(np.cumsum(self.weights), random.random() * self.weights.sum(), "right"))
        component = min(component, len(self.weights) - 1)  # where rounding has it beyond the last
        noise = random.standard_normal(self.means.shape[1], np.float32)
        moved = noise @ self.spread if self.tied else noise * self.spread[component]
        return np.asarray(self.means[component] + moved)


def mixture_of(tensors: Mapping[str, NDArray[Any]]) -> Mixture:
    """What `Mixture.tensors` gave, among others.

    Raises:
        KeyError, ValueError: there is none among them.
    """
    tied = _FACTOR in tensors
    return Mixture(tensors[_WEIGHTS], tensors[_MEANS], tensors[_FACTOR if tied else _DEVIATIONS], tied)


def single(latents: NDArray[np.floating]) -> Mixture:
    """One Gaussian with the covariance of latents (N, Z): quickly fitted, for an evaluation on the way."""
    centred = latents.astype(np.float64) - latents.mean(0, dtype=np.float64)
    covariance = centred.T @ centred / len(latents) + _REGULAR * np.eye(latents.shape[1])
    return _tied(np.ones(1), latents.mean(0, keepdims=True), covariance)


def fit_mixture(latents: NDArray[np.floating]) -> Mixture:
    """The mixture of latents (N, Z) that explains them with the fewest numbers (Bayesian information criterion).

    Either each component has deviations of its own, which suits latents that were kept independent, or all share one
    covariance, which suits latents that nobody kept so. The same latents give the same mixture.
    """
    from sklearn.exceptions import ConvergenceWarning  # a second

    rows = np.asarray(latents[:_MOST], np.float64)
    counts = [count for count in _COMPONENTS if count == 1 or count * _EACH <= len(rows)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # one that has not settled has a worse criterion, and loses
        candidates = [_fitted(rows, *form) for form in itertools.product(("diag", "tied"), counts)]
    best = min(candidates, key=lambda candidate: candidate.bic(rows))
    if best.covariance_type == "tied":
        return _tied(best.weights_, best.means_, best.covariances_)
    return _mixture(best.weights_, best.means_, np.sqrt(best.covariances_), tied=False)


def _fitted(rows: NDArray[np.float64], form: str, components: int) -> Any:
    from sklearn.mixture import GaussianMixture

    return GaussianMixture(components, covariance_type=form, reg_covar=_REGULAR, random_state=0).fit(rows)


def _tied(weights: NDArray[np.floating], means: NDArray[np.floating], covariance: NDArray[np.floating]) -> Mixture:
    factor = np.linalg.cholesky(covariance).T  # noise @ factor has the covariance factor.T @ factor
    return _mixture(weights, means, factor, tied=True)


def _mixture(
    weights: NDArray[np.floating], means: NDArray[np.floating], spread: NDArray[np.floating], *, tied: bool
) -> Mixture:
    weights, means, spread = (np.asarray(tensor, np.float32) for tensor in (weights, means, spread))
    return Mixture(weights, means, spread, tied)
