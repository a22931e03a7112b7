from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.domain.people import Person
from core.domain.people_search import find_people, is_reading_of


def person(name: str, *aliases: str) -> Person:
    return Person(1, 1, name, 0, datetime(2026, 11, 21, tzinfo=UTC), 0, aliases=aliases)


PEOPLE = [
    person("Johanna"),
    person("春", "はる", "Spring"),
    person("陽子", "ヨウコ"),
    person("Anna_B"),
    person("ゆうき"),
]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("anna", [("Anna_B", "Anna_B"), ("Johanna", "Johanna")]),  # its beginning first
        ("ＡＮＮＡ＿", [("Anna_B", "Anna_B")]),
        ("ha", [("春", "はる"), ("Johanna", "Johanna")]),
        ("ハル", [("春", "はる")]),
        ("はる", [("春", "はる")]),
        ("ru", [("春", "はる")]),
        ("spr", [("春", "Spring")]),
        ("春", [("春", "春")]),
        ("ようこ", [("陽子", "ヨウコ")]),
        ("yoko", [("陽子", "ヨウコ")]),
        ("yō", [("陽子", "ヨウコ")]),
        ("yu", [("ゆうき", "ゆうき")]),
        ("zz", []),
        ("-", []),
    ],
)
def test_people_are_found_by_name_alias_kana_and_roman_letters(typed: str, found: list[tuple[str, str]]) -> None:
    assert [(match.name, text) for match, text in find_people(PEOPLE, typed)] == found


@pytest.mark.parametrize("typed", ["", " "])
def test_everybody_is_found_as_long_as_nothing_is_typed(typed: str) -> None:
    assert [match for match, _ in find_people(PEOPLE, typed)] == PEOPLE


@pytest.mark.parametrize(
    ("alias", "typed", "answer"),
    [("はる", "Haru", True), ("はる", "ハル", True), ("Haru", "はる", False), ("春", "", False), ("はる", "", False)],
)
def test_only_an_alias_in_kana_is_matched_by_its_reading(alias: str, typed: str, answer: bool) -> None:
    assert is_reading_of(alias, typed) is answer
