from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portraits import default_people
from portraits.people.ageing import OLDEST, YOUNGEST, Ageing, traits_at
from portraits.people.traits import Traits

OTIS = default_people()[2].traits  # a man with a beard
PLAIN = Ageing(grey_from=45, recede_from=30)
YEARS = st.floats(YOUNGEST, OLDEST)


def at(years: float, ageing: Ageing = PLAIN, adult: Traits = OTIS) -> Traits:
    return traits_at(adult, ageing, years)


def test_a_young_adult_has_the_shape_that_was_given() -> None:
    adult = at(25)
    for name in ("eye_width", "chin_length", "nose_length", "jaw_taper", "mouth_y", "iris_size", "beard"):
        assert getattr(adult, name) == pytest.approx(getattr(OTIS, name), abs=1e-9)
    assert (adult.sag, adult.grey, adult.recede) == (0, 0, 0)


@given(YEARS)
def test_what_makes_somebody_that_person_never_changes(years: float) -> None:
    for name in ("skin", "hair", "iris", "head_width", "eye_x", "eye_y", "eye_tilt", "brow_arch", "style", "mole"):
        assert getattr(at(years), name) == getattr(OTIS, name)


@given(YEARS, YEARS)
def test_with_the_years_faces_line_and_sag_and_hair_greys(one: float, other: float) -> None:
    younger, older = at(min(one, other)), at(max(one, other))
    for name in ("age", "sag", "grey", "recede", "nose_length", "ear_size"):
        assert getattr(younger, name) <= getattr(older, name)
    assert younger.iris_size >= older.iris_size


def test_a_child_has_large_eyes_a_short_lower_face_and_no_beard() -> None:
    child, adult = at(4), at(25)
    assert child.eye_width > adult.eye_width
    assert child.chin_length < adult.chin_length
    assert child.nose_length < 0.8 * adult.nose_length
    assert child.beard == child.moustache == 0
    assert child.brow_ridge < 0.1 * adult.brow_ridge


@given(YEARS)
def test_the_mouth_stays_between_nose_and_chin(years: float) -> None:
    for person in default_people():
        traits = at(years, adult=person.traits)
        assert -traits.chin_length < traits.mouth_y - 0.1 < traits.mouth_y < traits.eye_y - traits.nose_length


def test_hair_greys_when_the_persons_own_time_has_come() -> None:
    assert at(50, Ageing(grey_from=40)).grey > at(50, Ageing(grey_from=60)).grey == 0


def test_a_hairline_goes_back_only_where_it_is_the_persons_lot() -> None:
    assert at(80, Ageing(grey_from=40)).recede == 0
    assert at(80, Ageing(grey_from=40, recede_from=30)).recede > 0.25


def test_some_look_older_than_they_are_once_they_are_grown() -> None:
    early, late = Ageing(45, lead=3), Ageing(45, lead=-3)
    assert at(50, early).sag > at(50, late).sag
    assert at(YOUNGEST, early) == at(YOUNGEST, late)


@given(YEARS)
def test_colours_stay_colours(years: float) -> None:
    assert all(0 <= value <= 1 for value in at(years).lips)
