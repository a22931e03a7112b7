"""Which card comes next: many faces of one person together, nobody asked twice, hard faces alone."""

from __future__ import annotations

import pytest

from core.domain.labelling.cards import FEW_PICTURES, GRID_FACES, SETTLED_FROM, Card, next_card, settled_person
from core.domain.labelling.consensus import SOMEBODY_ELSE, Response

ANNA, BEN, CHLOE, DORA, EVE = 1, 2, 3, 4, 5


def likely(person: int, probability: float = 0.9) -> dict[int, float]:
    return {person: probability, SOMEBODY_ELSE: 1 - probability}


def test_the_person_with_most_faces_comes_first_the_surest_together() -> None:
    faces = {10 + n: likely(ANNA, 0.6 + n / 50) for n in range(12)} | {50 + n: likely(BEN) for n in range(3)}
    card = next_card(faces, ())
    assert card is not None
    assert card.person == ANNA
    assert card.faces == tuple(range(21, 21 - GRID_FACES, -1))


def test_nobody_is_asked_the_same_twice() -> None:
    faces = {10: likely(ANNA), 11: likely(BEN)}
    first = next_card(faces, ())
    assert first == Card((10,), ANNA)
    assert next_card(faces, {(10, ANNA)}) == Card((11,), BEN)
    assert next_card(faces, {(10, ANNA), (11, BEN)}) is None


def test_a_face_that_a_member_struck_out_comes_back_alone_once_it_is_likely_nobodys() -> None:
    faces = {10: {ANNA: 0.3, BEN: 0.2, SOMEBODY_ELSE: 0.5}}
    assert next_card(faces, {(10, ANNA)}) == Card((10,), names=(ANNA, BEN))
    assert next_card(faces, {(10, ANNA), (10, SOMEBODY_ELSE)}) is None


def test_a_face_of_which_nobody_is_likely_is_asked_alone_with_the_likeliest_names() -> None:
    people = {ANNA: 0.1, BEN: 0.3, CHLOE: 0.15, DORA: 0.2, EVE: 0.05, SOMEBODY_ELSE: 0.2}
    assert next_card({10: people}, ()) == Card((10,), names=(BEN, DORA, CHLOE, ANNA))


def test_a_stranger_is_on_no_grid() -> None:
    card = next_card({10: {ANNA: 0.1, SOMEBODY_ELSE: 0.9}}, ())
    assert card == Card((10,), names=(ANNA,))


def test_without_open_faces_there_is_no_card() -> None:
    assert next_card({}, ()) is None


MANY = {10: 4, 20: 5}  # faces that stand for many others


def test_somebody_with_few_pictures_is_asked_about_first_with_the_face_that_stands_for_most() -> None:
    faces = {10 + n: likely(ANNA) for n in range(9)} | {20: likely(BEN), 21: likely(BEN)}
    pictures = {ANNA: 2, BEN: 1}
    assert next_card(faces, (), pictures, MANY) == Card((20,), BEN)
    assert next_card(faces, (), {ANNA: 1, BEN: 2}, MANY) == Card((10,), ANNA)
    assert next_card(faces, (), {ANNA: 1, BEN: 1}, MANY) == Card((20,), BEN)  # as few pictures: it stands for more


def test_a_face_that_stands_for_few_others_is_worth_no_card_of_its_own() -> None:
    faces = {10 + n: likely(ANNA) for n in range(9)}
    card = next_card(faces, (), {ANNA: 1}, {10: 2})
    assert card is not None
    assert len(card.faces) == GRID_FACES


def test_somebody_with_enough_pictures_is_asked_about_on_grids() -> None:
    faces = {10 + n: likely(ANNA) for n in range(9)}
    card = next_card(faces, (), {ANNA: FEW_PICTURES}, MANY)
    assert card is not None
    assert len(card.faces) == GRID_FACES


def test_a_member_answers_a_few_single_faces_of_somebody_then_grids() -> None:
    faces = {10 + n: likely(ANNA) for n in range(12)}
    represented = dict.fromkeys(faces, 5)
    answered = {(10 + n, ANNA) for n in range(FEW_PICTURES)}  # nobody else has, so that none of them is settled
    card = next_card(faces, answered, {}, represented)
    assert card is not None
    assert len(card.faces) == GRID_FACES


def test_an_unknown_face_that_stands_for_many_is_asked_before_grids() -> None:
    faces = {10: {ANNA: 0.02, SOMEBODY_ELSE: 0.98}} | {20 + n: likely(BEN) for n in range(9)}
    assert next_card(faces, (), {ANNA: 9, BEN: 9}, {10: 4}) == Card((10,), names=(ANNA,))


def test_an_unsure_face_of_somebody_who_is_well_known_waits() -> None:
    faces = {10: {ANNA: 0.2, SOMEBODY_ELSE: 0.8}} | {20 + n: likely(BEN) for n in range(9)}
    card = next_card(faces, (), {ANNA: 9, BEN: 9}, {10: 4})
    assert card is not None
    assert card.person == BEN


@pytest.mark.parametrize(
    ("probabilities", "answers", "person"),
    [
        (likely(ANNA, SETTLED_FROM), [True], ANNA),
        (likely(ANNA, SETTLED_FROM), [], None),
        (likely(ANNA, SETTLED_FROM), [False, False], None),  # the recogniser alone is sure
        (likely(ANNA, SETTLED_FROM - 0.01), [True] * 5, None),
        ({ANNA: 0.01, SOMEBODY_ELSE: 0.99}, [False, False], SOMEBODY_ELSE),
        ({ANNA: 0.01, SOMEBODY_ELSE: 0.99}, [False], None),
    ],
)
def test_a_face_is_settled_from_a_probability_on(
    probabilities: dict[int, float], answers: list[bool], person: int | None
) -> None:
    responses = [Response(voter, ANNA, agrees) for voter, agrees in enumerate(answers)]
    assert settled_person(probabilities, responses) == person
