"""The figures by which agers are compared, and the table."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.helpers.ageing_figures import AGES, age_agreement, plan_ages, shifted_ages, table_lines


def test_faces_are_shown_at_ages_at_least_ten_years_away_only():
    present = np.array([20.0, 45.0, 90.0])
    rows, ages = plan_ages(present, 100, seed=0)
    assert (np.abs(ages - present[rows]) >= 10).all()
    assert set(ages[rows == 0]) == set(AGES) - {20}
    assert set(ages[rows == 1]) == {20, 30, 60, 70, 80}
    assert set(ages[rows == 2]) == set(AGES)


def test_fewer_pairs_are_a_choice_that_is_always_the_same():
    present = np.linspace(20, 80, 50)
    first, again = plan_ages(present, 30, seed=0), plan_ages(present, 30, seed=0)
    assert len(first[0]) == 30
    assert (first[0] == again[0]).all()
    assert (first[1] == again[1]).all()


def test_a_gap_goes_forward_where_it_can_and_back_where_it_must():
    rows, ages = shifted_ages(np.array([20.0, 40.0, 41.0, 57.0, 58.0, np.nan]), 40)
    assert rows.tolist() == [0, 1, 4]
    assert ages.tolist() == [60, 80, 18]


def test_ages_that_are_met_have_no_error_and_slope_one():
    figures = age_agreement(np.array(AGES), np.array(AGES))
    assert figures == pytest.approx({"error": 0, "spearman": 1, "slope": 1})


def test_half_of_the_change_is_a_slope_of_a_half_in_the_right_order():
    ages = np.array([20.0, 40.0, 60.0, 80.0])
    figures = age_agreement(ages, 50 + (ages - 50) / 2)
    assert figures == pytest.approx({"error": 10, "spearman": 1, "slope": 0.5})


def test_faces_that_all_look_alike_follow_no_age():
    assert age_agreement(np.array([20.0, 80.0]), np.array([50.0, 50.0])) == {"error": 30, "spearman": 0, "slope": 0}


def test_ages_without_judgements_are_refused():
    with pytest.raises(ValueError, match="2 ages, but 1 judgements"):
        age_agreement(np.array([20.0, 30.0]), np.array([20.0]))


def test_a_table_has_all_figures_and_marks_those_that_are_missing():
    lines = table_lines({"reage": {"error": 9.5, "slope": 0.75}, "caae, raw": {"error": 12.25}})
    assert lines[0].split() == ["error", "slope"]
    assert lines[1].split() == ["reage", "9.5", "0.75"]
    assert lines[2].split() == ["caae,", "raw", "12.2", "-"]
    assert len({len(line) for line in lines}) == 1
