from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.training.folds import FOLDS, fold_of

SOME_LABELS = st.lists(st.integers(0, 9), max_size=300)
SOME_FOLDS = st.integers(2, 8)


def sizes(labels: list[int], chosen: list[int], person: int, folds: int) -> list[int]:
    of_person = Counter(fold for label, fold in zip(labels, chosen, strict=True) if label == person)
    return [of_person[fold] for fold in range(folds)]


@given(SOME_LABELS, SOME_FOLDS, st.integers())
def test_each_picture_is_held_out_in_exactly_one_fold(labels: list[int], folds: int, seed: int) -> None:
    chosen = fold_of(labels, folds, seed)
    assert len(chosen) == len(labels)
    assert all(0 <= fold < folds for fold in chosen)


@given(SOME_LABELS, SOME_FOLDS, st.integers())
def test_the_folds_of_each_person_differ_by_one_picture_at_most(labels: list[int], folds: int, seed: int) -> None:
    chosen = fold_of(labels, folds, seed)
    for person in set(labels):
        counts = sizes(labels, chosen, person, folds)
        assert max(counts) - min(counts) <= 1


@given(SOME_LABELS, SOME_FOLDS, st.integers())
def test_the_same_pictures_give_the_same_folds(labels: list[int], folds: int, seed: int) -> None:
    assert fold_of(labels, folds, seed) == fold_of(list(labels), folds, seed)


@given(st.lists(st.integers(1, 7), min_size=1, max_size=30), st.integers())
def test_people_with_few_pictures_are_spread_over_all_folds(pictures: list[int], seed: int) -> None:
    labels = [person for person, count in enumerate(pictures) for _ in range(count)]
    counts = Counter(fold_of(labels, 8, seed))
    assert max(counts.values()) - min(counts[fold] for fold in range(8)) <= 1


def test_no_fold_is_empty_where_everybody_has_three_pictures() -> None:
    assert Counter(fold_of([0, 0, 0, 1, 1, 1])) == dict.fromkeys(range(FOLDS), 1)


def test_somebody_with_one_picture_does_not_change_the_folds_of_the_others() -> None:
    many = [person for person in range(4) for _ in range(50)]
    assert fold_of([*many, 4])[:200] == fold_of(many)


@given(st.permutations([0] * 12 + [1] * 12))
def test_a_persons_folds_do_not_depend_on_where_the_others_pictures_are(labels: list[int]) -> None:
    chosen = fold_of(labels)
    apart = fold_of([0] * 12 + [1] * 12)
    of_first = [fold for label, fold in zip(labels, chosen, strict=True) if label == 0]
    assert of_first == apart[:12]


def test_the_pictures_are_shuffled_and_another_seed_shuffles_otherwise() -> None:
    labels = [0] * 60
    assert fold_of(labels) != sorted(fold_of(labels))
    assert fold_of(labels, seed=1) != fold_of(labels, seed=2)


@pytest.mark.parametrize("folds", [1, 0, -6])
def test_fewer_than_two_folds_are_refused(folds: int) -> None:
    with pytest.raises(ValueError, match="hold nothing out"):
        fold_of([0, 0], folds)


def test_the_folds_of_stored_versions_stay_what_they_were() -> None:
    """Versions are compared on the folds they share; another split would compare unlike with unlike."""
    assert fold_of([0] * 8 + [1] * 8, 3) == [1, 0, 1, 1, 0, 0, 2, 2, 0, 0, 1, 1, 0, 1, 2, 2]
