"""From squared distances to probabilities: properties that hold whatever the constants are."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from core.domain.embedders import EMBEDDING_NAME
from core.vision.recognition.calibrated_distances import (
    RECOGNISER_CONFIGS,
    CohortDistances,
    RecogniserConfig,
    calibrate,
    squared_distances,
)

CONFIG = RecogniserConfig()


def test_distances_are_euclidean_and_squared() -> None:
    a, b = np.random.default_rng(0).normal(size=(2, 6, 256))
    assert squared_distances(a, b) == pytest.approx(((a[:, None] - b[None]) ** 2).sum(-1))


distances = npst.arrays(
    float, st.tuples(st.integers(1, 6), st.integers(0, 8)), elements=st.floats(0, 4) | st.just(math.inf)
)


@given(distances, st.integers(1, 30))
def test_probabilities_are_probabilities(far: np.ndarray, count: int) -> None:
    probabilities = calibrate(far, np.full(far.shape[1], count), CONFIG)
    assert probabilities.shape == (len(far), far.shape[1] + 1)
    assert probabilities.sum(1) == pytest.approx(1)
    assert (probabilities >= 0).all()
    assert (probabilities[:, :-1][np.isinf(far)] == 0).all()


@given(st.floats(0, 1), st.floats(0.001, 0.5), st.integers(1, 30))
def test_nearer_is_never_less_likely(far: float, nearer_by: float, count: int) -> None:
    rows = np.array([(far, 0.6, 0.7), (max(0.0, far - nearer_by), 0.6, 0.7)])
    probabilities = calibrate(rows, np.full(3, count), CONFIG)
    assert probabilities[1, 0] >= probabilities[0, 0] - 1e-12


def test_rivals_that_are_near_too_make_a_match_less_sure() -> None:
    alone, crowded = calibrate(
        np.array([(0.25, 0.7, 0.7, 0.7, 0.7), (0.25, 0.45, 0.45, 0.45, 0.45)]), np.full(5, 5), CONFIG
    )
    assert alone[0] > crowded[0] + 0.1


def test_who_may_as_well_be_somebody_of_the_cohort_is_unknown() -> None:
    config, counts = RECOGNISER_CONFIGS[EMBEDDING_NAME], np.array([3])
    alone, among_drawings, among_photographs = (
        calibrate(np.array([[0.2]]), counts, config, cohort)[0, 0]
        for cohort in (
            None,
            CohortDistances(np.array([[0.2, 0.5]]), np.array([3, 3])),
            CohortDistances(np.array([[0.9, 0.8]]), np.array([3, 3])),
        )
    )
    assert alone > 0.9
    assert among_drawings == pytest.approx(0.5, abs=0.01)
    assert among_photographs == pytest.approx(alone, abs=1e-6)


def test_the_more_people_there_are_the_nearer_the_next_ones_may_be() -> None:
    config = RECOGNISER_CONFIGS[EMBEDDING_NAME]
    few, many = (
        calibrate(np.array([[0.3, *[0.6] * 4, *[0.9] * more]]), np.full(5 + more, 5), config)[0, 0] for more in (0, 25)
    )
    assert many > few
