from __future__ import annotations

import numpy as np

from core.models.generators.trait_directions import make_labeller, trait_directions


def test_traits_that_go_together_are_taken_apart() -> None:
    # Given: beards, which only men have; men differ, too.
    random = np.random.default_rng(0)
    man = (random.random(2000) < 0.5).astype(float)
    beard = man * (random.random(2000) < 0.5)
    latents = random.normal(0, 0.1, (2000, 3)) + man[:, None] * [0, 5, 0] + beard[:, None] * [2, 0, 0] + [1, 1, 1]
    # When
    result = trait_directions(latents, {"beard": beard}, man[:, None])
    # Then: a beard is no man's head.
    assert np.allclose(result["beard"], [2, 0, 0], atol=0.03)
    plain = latents[beard > 0].mean(0) - latents[beard == 0].mean(0)
    assert plain[1] > 2


def test_probabilities_count_as_labels() -> None:
    random = np.random.default_rng(1)
    smile = random.random(500)
    latents = smile[:, None] * [3, -1] + random.normal(0, 0.01, (500, 2))
    result = trait_directions(latents, {"smile": smile}, np.zeros((500, 0)))
    assert result["smile"].dtype == np.float32
    assert np.allclose(result["smile"], [3, -1], atol=0.05)


def drawn(count: int, seed: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Noise with a light bar (glasses) above, a dark one (beard) below, or both."""
    random = np.random.default_rng(seed)
    pictures = random.integers(80, 170, (count, 32, 32, 3), np.uint8)
    labels = {name: (random.random(count) < 0.4).astype(float) for name in ("glasses", "beard")}
    pictures[labels["glasses"] > 0, 8:12] = 230
    pictures[labels["beard"] > 0, 20:24] = 30
    return pictures, labels


def test_a_labeller_says_what_pictures_show_that_it_never_saw() -> None:
    labeller = make_labeller(*drawn(300, 0))
    pictures, labels = drawn(100, 1)
    said = labeller.label(pictures)
    for name, known in labels.items():
        assert labeller.accuracy[name] > 0.95
        assert ((said[name] > 0.5) == (known > 0.5)).mean() > 0.95


def test_the_accuracy_of_what_cannot_be_seen_is_chance() -> None:
    pictures, labels = drawn(600, 2)
    labels["luck"] = (np.random.default_rng(9).random(600) < 0.5).astype(float)
    assert make_labeller(pictures, labels).accuracy["luck"] < 0.7


def test_a_trait_that_is_never_seen_changes_little() -> None:
    random = np.random.default_rng(4)
    smile = (random.random(1000) < 0.5).astype(float)
    beard = 0.01 + 1e-4 * smile  # only what a labeller is unsure of
    latents = smile[:, None] * [3, -1] + random.normal(0, 0.5, (1000, 2))
    result = trait_directions(latents, {"smile": smile, "beard": beard}, np.zeros((1000, 0)))
    assert np.allclose(result["smile"], [3, -1], atol=0.1)
    assert np.abs(result["beard"]).max() < 0.1
