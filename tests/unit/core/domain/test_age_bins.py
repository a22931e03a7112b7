from __future__ import annotations

from core.domain.age_bins import AGE_BINS, age_bin, bin_name, count_bins


def test_a_bin_ends_with_the_last_day_of_its_last_year() -> None:
    assert [age_bin(age) for age in (0, 5, 5.99, 6, 20.9, 21, 70, 71, 116)] == [0, 0, 0, 1, 3, 4, 8, 9, 9]


def test_every_age_is_counted_in_one_bin() -> None:
    assert count_bins([]) == (0,) * len(AGE_BINS)
    assert count_bins([3, 4.5, 34, 90, 116]) == (2, 0, 0, 0, 0, 1, 0, 0, 0, 2)


def test_a_bin_is_called_by_its_years() -> None:
    assert [bin_name(0), bin_name(4), bin_name(9)] == ["0-5", "21-30", "71+"]
    assert [bin_name(0, 1), bin_name(8, 9)] == ["0-10", "61+"]
