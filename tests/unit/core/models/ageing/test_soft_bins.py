from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.ageing import AGE_BINS, age_bin
from core.models.ageing.soft_bins import BIN_AGES, soft_bins


def weights(age: float) -> np.ndarray:
    return soft_bins(np.array([age], np.float32))[0]


@given(st.floats(0, 110))
def test_an_age_is_spread_over_bins_with_its_own_or_a_neighbour_of_it_first(age: float) -> None:
    spread = weights(age)
    assert spread.sum() == pytest.approx(1, abs=1e-5)
    assert spread.min() >= 0
    assert abs(int(spread.argmax()) - age_bin(age)) <= 1


def test_each_bins_middle_is_mostly_its_own_and_neighbours_have_the_rest() -> None:
    assert BIN_AGES.tolist()[:5] == [3.0, 8.5, 13.5, 18.5, 26.0]
    for index, age in enumerate(BIN_AGES):
        spread = weights(float(age))
        assert spread.argmax() == index
        assert spread[max(0, index - 1) : index + 2].sum() > 0.98


def test_between_two_bins_an_age_is_half_of_each_and_a_day_changes_little() -> None:
    half = weights(AGE_BINS[5][1] + 1)
    assert half[5] == pytest.approx(half[6], abs=1e-3)
    assert np.abs(weights(41.0) - weights(41.01)).max() < 0.01


def test_the_youngest_and_the_oldest_are_of_the_outer_bins() -> None:
    assert weights(-5)[0] > 0.99
    assert weights(120)[-1] == pytest.approx(1)
    assert soft_bins(np.zeros(0, np.float32)).shape == (0, len(AGE_BINS))
