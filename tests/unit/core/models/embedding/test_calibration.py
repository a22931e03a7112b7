from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax

from core.models.embedding.calibration import (
    auroc,
    bins_of,
    expected_calibration_error,
    fit_temperature,
    known_at,
    reliability,
)

SCORES = st.lists(st.integers(-5, 5), min_size=1, max_size=30).map(lambda values: np.array(values, float))


def drawn(temperature: float, count: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Logits that are too sure by this factor, and labels drawn from the true chances."""
    random = np.random.default_rng(0)
    logits = random.normal(size=(count, 5)) * 2
    labels = np.array([random.choice(5, p=row) for row in softmax(logits, axis=1)])
    return logits * temperature, labels


@pytest.mark.parametrize("temperature", [0.3, 1.0, 4.0])
def test_the_temperature_undoes_overconfidence(temperature: float) -> None:
    logits, labels = drawn(temperature)
    assert fit_temperature(logits, labels) == pytest.approx(temperature, rel=0.1)


def test_a_fitted_temperature_makes_chances_honest() -> None:
    logits, labels = drawn(4.0)
    before = expected_calibration_error(softmax(logits, axis=1), labels)
    after = expected_calibration_error(softmax(logits / fit_temperature(logits, labels), axis=1), labels)
    assert before > 0.15
    assert after < 0.03


def test_a_temperature_needs_pictures() -> None:
    with pytest.raises(ValueError, match="held-out"):
        fit_temperature(np.zeros((0, 3)), np.zeros(0, int))


def test_always_right_is_a_finite_temperature() -> None:
    assert 0 < fit_temperature(np.eye(3) * 5, np.arange(3)) < 1


def test_the_bins_hold_every_answer_once() -> None:
    chances = softmax(np.random.default_rng(1).normal(size=(500, 4)) * 3, axis=1)
    bins = reliability(chances, np.zeros(500, int))
    assert sum(one.count for one in bins) == 500
    assert [one.confidence for one in bins] == sorted(one.confidence for one in bins)


def test_a_confidence_of_one_is_in_the_last_bin() -> None:
    (only,) = bins_of(np.array([1.0, 1.0]), np.array([True, False]))
    assert (only.confidence, only.accuracy, only.count) == (1.0, 0.5, 2)


@given(SCORES, SCORES)
def test_auroc_is_the_share_of_pairs_in_the_right_order(known: np.ndarray, strangers: np.ndarray) -> None:
    pairs = [(one > stranger) + (one == stranger) / 2 for one in known for stranger in strangers]
    assert auroc(known, strangers) == pytest.approx(np.mean(pairs))


def test_auroc_needs_both_kinds() -> None:
    with pytest.raises(ValueError, match="both"):
        auroc(np.zeros(0), np.ones(3))


def test_the_threshold_lets_one_stranger_in_a_hundred_through() -> None:
    strangers = np.arange(200) / 200  # the third best is 0.985
    known, right = np.array([0.99, 0.986, 0.985, 0.5]), np.array([True, False, True, True])
    assert known_at(known, right, strangers) == 0.25


@given(SCORES, SCORES)
def test_never_more_strangers_are_named_than_allowed(known: np.ndarray, strangers: np.ndarray) -> None:
    right = np.ones(len(known), bool)
    # Strangers that come as known people are named as often as the threshold lets strangers through.
    assert known_at(strangers, np.ones(len(strangers), bool), strangers, 0.1) <= 0.1
    assert known_at(known, right, strangers, 1.0) == 1.0
