from __future__ import annotations

import pytest

from core.domain.data.datasets import DatasetClass, Shard
from core.domain.privacy import DatasetWithout, HeadToTrain, PendingWork, mentions, photo_key


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("cli:Anna and Ben.jpg", "anna", True),
        ("ANNA_1.jpg", "anna", True),
        ("annabel.jpg", "anna", False),
        ("consensus:12", "o", False),
        ("\u82b1\u5b50\u3068\u592a\u90ce.jpg", "\u82b1\u5b50", True),
        ("a (b).jpg", "a (b)", True),
    ],
)
def test_a_name_is_found_in_a_text_as_a_word(text: str, name: str, found: bool) -> None:
    assert mentions(text, (name,)) is found


def test_a_photo_is_recognised_by_what_names_no_blob() -> None:
    assert len(photo_key("ab" * 32)) == 32
    assert photo_key("ab" * 32) != photo_key("cd" * 32)


def pending() -> PendingWork:
    classes = (DatasetClass("Anna", 1, 3), DatasetClass("Ben", 2, 4))
    version = DatasetWithout(5, "family", "ab" * 32, classes, (), (Shard("cd" * 32, 7, 70),), 9, remake=True)
    head = HeadToTrain(3, 0, "family", promote=True)
    return PendingWork((version,), (head,), frozenset({"ef"}), ("anna",), (8,), ("key",), ("earlier",))


def test_what_is_left_to_do_survives_being_stored() -> None:
    assert PendingWork.from_json(pending().to_json()) == pending()


def test_another_person_is_left_out_of_it_without_a_trace() -> None:
    changed = pending().without(2, frozenset({"12"}), ("ben",), (8, 9))
    (version,) = changed.datasets
    assert (version.labels, [person.name for person in version.classes]) == ((1,), ["Anna", ""])
    assert (changed.photos, changed.names, changed.unnamed) == ({"ef", "12"}, ("anna", "ben"), (8, 9))
    assert pending().without(7, frozenset(), ()) == pending()
