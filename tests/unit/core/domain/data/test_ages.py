from __future__ import annotations

import pytest

from core.domain.data.ages import FEMALE, MALE, parse_age, parse_gender, split_name


@pytest.mark.parametrize(
    ("text", "age"),
    [("0", 0), (" 34 ", 34), ("34.5", 34.5), ("34,5", 34.5), ("120", 120), ("7.123", 7.12)],
)
def test_a_number_of_years_is_an_age(text: str, age: float) -> None:
    assert parse_age(text) == age


@pytest.mark.parametrize("text", ["", "121", "200", "1987", "-3", "nan", "1_0", "1e1", "adult", "34-40"])
def test_what_nobody_can_be_is_no_age(text: str) -> None:
    assert parse_age(text) is None


def test_a_gender_is_a_digit_or_a_word_and_otherwise_unknown() -> None:
    assert {parse_gender(text) for text in ("0", "m", "Male", "男性")} == {MALE}
    assert {parse_gender(text) for text in ("1", "F", " female", "女")} == {FEMALE}
    assert {parse_gender(text) for text in ("", "3", "x", "unknown")} == {None}


def test_a_name_has_age_and_gender_at_its_beginning() -> None:
    assert split_name("34_1_0_20170109.jpg.chip.jpg") == ("34", "1")
    assert split_name("61_3_2017.jpg") == ("61", "3")
    assert split_name("53__0_2017.jpg") == ("53", "")
    assert split_name("34_anna.jpg") == ("34", "anna")
    assert split_name("200_1_a.jpg") == ("200", "1")


@pytest.mark.parametrize("name", ["anna.jpg", "34.jpg", "2019_08_12.jpg", "a34_1_b.jpg", "34-1-a.jpg", "_1_a.jpg"])
def test_other_names_have_no_age(name: str) -> None:
    assert split_name(name) is None
