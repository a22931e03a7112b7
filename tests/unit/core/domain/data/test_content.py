from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.domain.data.content import content_hash

NAMES = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=5)
PEOPLE = st.lists(st.tuples(NAMES, st.lists(st.text("ab0", max_size=3), max_size=3)), max_size=4)


def test_the_same_people_with_the_same_pictures_are_the_same_content() -> None:
    assert content_hash("1", [("Anna", ["a", "b"])]) == content_hash("1", [("ANNA", ("a", "b"))])


def test_order_names_pictures_and_form_make_another_content() -> None:
    contents = [
        ("1", [("Anna", ["a", "b"]), ("Ben", ["c"])]),
        ("1", [("Anna", ["b", "a"]), ("Ben", ["c"])]),
        ("1", [("Ben", ["c"]), ("Anna", ["a", "b"])]),
        ("1", [("Anna", ["a"]), ("Ben", ["b", "c"])]),
        ("1", [("Anna", ["a", "b", "Ben", "c"])]),
        ("2", [("Anna", ["a", "b"]), ("Ben", ["c"])]),
    ]
    assert len({content_hash(form, people) for form, people in contents}) == len(contents)


@given(PEOPLE, PEOPLE)
def test_two_contents_have_one_hash_only_if_they_are_equal(
    one: list[tuple[str, list[str]]], other: list[tuple[str, list[str]]]
) -> None:
    same = [(name.casefold(), pictures) for name, pictures in one] == [
        (name.casefold(), pictures) for name, pictures in other
    ]
    assert same <= (content_hash("1", one) == content_hash("1", other))
    if content_hash("1", one) == content_hash("1", other):
        assert [pictures for _, pictures in one] == [pictures for _, pictures in other]
