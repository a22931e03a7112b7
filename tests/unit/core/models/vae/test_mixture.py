from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models.vae.mixture import Mixture, fit_mixture, mixture_of, single

SEEDS = range(4000)


def two_heaps(count: int = 600, size: int = 6) -> np.ndarray:
    random = np.random.default_rng(0)
    heap = (np.arange(count) % 3 == 0).astype(float)[:, None]
    return random.normal(0, 0.5, (count, size)) + 6 * heap * np.eye(size)[0]


def slanted(count: int = 3000, size: int = 4) -> np.ndarray:
    random = np.random.default_rng(1)
    return random.normal(0, 1, (count, size)) @ random.normal(0, 1, (size, size)) + 3


def test_two_heaps_are_found_to_be_two_and_drawn_as_often_as_they_were_seen() -> None:
    mixture = fit_mixture(two_heaps())
    assert len(mixture.weights) == 2
    drawn = mixture.latents(SEEDS)
    assert abs((drawn[:, 0] > 3).mean() - 1 / 3) < 0.03
    assert np.abs(drawn.mean(0) - two_heaps().mean(0)).max() < 0.1
    assert np.abs(mixture.mean - two_heaps().mean(0)).max() < 0.05


def test_codes_that_hang_together_are_drawn_so() -> None:
    latents = slanted()
    mixture = fit_mixture(latents)
    assert mixture.tied
    scale = np.abs(np.cov(latents.T)).max()
    assert np.abs(np.cov(mixture.latents(SEEDS).T) - np.cov(latents.T)).max() < 0.12 * scale


def test_codes_that_are_independent_need_no_covariance() -> None:
    latents = np.random.default_rng(2).normal(0, [1, 2, 3, 0.1] * 5, (800, 20))
    mixture = fit_mixture(latents)
    assert not mixture.tied
    assert len(mixture.weights) == 1


@pytest.mark.parametrize("latents", [two_heaps(), slanted()], ids=["heaps", "slanted"])
def test_deviations_are_those_of_all_codes(latents: np.ndarray) -> None:
    for mixture in (fit_mixture(latents), single(latents)):
        assert np.allclose(mixture.deviations, latents.std(0), rtol=0.05, atol=0.03)


def test_one_gaussian_has_the_codes_mean_and_covariance() -> None:
    latents = slanted()
    mixture = single(latents)
    assert np.allclose(mixture.mean, latents.mean(0), atol=1e-4)
    assert np.allclose(mixture.spread.T @ mixture.spread, np.cov(latents.T, bias=True), rtol=1e-3, atol=1e-3)


@given(st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=6))
def test_a_seeds_code_does_not_depend_on_the_others(seeds: list[int]) -> None:
    mixture = Mixture(
        np.array([0.3, 0.7], np.float32), np.eye(2, 3, dtype=np.float32), np.ones((2, 3), np.float32), False
    )
    together = mixture.latents(seeds)
    assert all((mixture.latents([seed])[0] == latent).all() for seed, latent in zip(seeds, together, strict=True))


def test_neighbouring_seeds_have_nothing_in_common() -> None:
    latents = single(np.random.default_rng(0).normal(size=(500, 64))).latents(range(200))
    cosines = np.corrcoef(latents)[np.triu_indices(200, 1)]
    assert np.abs(cosines).max() < 0.7
    assert abs(cosines.mean()) < 0.02


@pytest.mark.parametrize("latents", [two_heaps(), slanted()], ids=["diagonal", "tied"])
def test_a_mixture_comes_back_from_its_tensors(latents: np.ndarray) -> None:
    mixture = fit_mixture(latents)
    again = mixture_of({**mixture.tensors(), "other": np.zeros(3)})
    assert again.tied == mixture.tied
    assert (again.latents(range(9)) == mixture.latents(range(9))).all()


def test_the_same_codes_give_the_same_mixture() -> None:
    first, second = fit_mixture(two_heaps()).tensors(), fit_mixture(two_heaps()).tensors()
    assert all((first[name] == second[name]).all() for name in first)


def test_few_codes_are_one_heap() -> None:
    assert len(fit_mixture(two_heaps(30)).weights) == 1


@pytest.mark.parametrize(
    "shapes",
    [
        ((2,), (3, 4), (3, 4), False),
        ((2,), (2, 4), (2, 3), False),
        ((2,), (2, 4), (2, 4), True),
        ((0,), (0, 4), (0, 4), False),
    ],
)
def test_tensors_that_do_not_belong_together_are_refused(shapes: tuple) -> None:
    *tensors, tied = shapes
    with pytest.raises(ValueError, match="no mixture"):
        Mixture(*(np.ones(shape, np.float32) for shape in tensors), tied)


def test_without_a_mixture_there_is_none() -> None:
    with pytest.raises(KeyError):
        mixture_of({"encoder/x": np.zeros(2)})
