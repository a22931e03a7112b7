from __future__ import annotations

import hashlib

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from portraits.aged_people import random_ages, random_person_at
from portraits.random_people import SIDE, TRAITS, draw_random_person

SEEDS = st.integers(0, 2**31)
AGES = st.floats(3, 90)
MANY = [random_person_at(seed, 40) for seed in range(300)]


@given(SEEDS, AGES)
def test_a_seed_and_an_age_are_always_the_same_picture(seed: int, age: float) -> None:
    assert random_person_at(seed, age) == random_person_at(seed, age)


@given(SEEDS, AGES, AGES, SEEDS)
def test_two_ages_of_a_person_share_the_moment(seed: int, one: float, other: float, moment: int) -> None:
    first, second = (random_person_at(seed, age, moment) for age in (one, other))
    assert first.variation == second.variation
    assert (first.wall, first.woman) == (second.wall, second.woman)
    assert first.traits.skin == second.traits.skin


@given(SEEDS, AGES)
def test_another_moment_shows_the_same_person(seed: int, age: float) -> None:
    one, other = random_person_at(seed, age, 1), random_person_at(seed, age, 2)
    assert one.traits == other.traits
    assert one.variation != other.variation


@given(SEEDS, AGES)
def test_labels_say_what_is_drawn(seed: int, age: float) -> None:
    who = random_person_at(seed, age)
    assert set(who.labels) == set(TRAITS)
    assert bool(who.variation.glasses) == who.labels["glasses"]
    assert (who.traits.beard > 0) == who.labels["beard"]
    assert (who.variation.smile > 0.5) == who.labels["smile"]
    assert who.labels["age"] == (age >= 60)


@given(SEEDS, st.floats(3, 17.9))
def test_children_are_neither_bearded_nor_bald(seed: int, age: float) -> None:
    who = random_person_at(seed, age)
    assert not who.labels["beard"]
    assert who.traits.style != "bald"


def test_half_of_them_are_women_and_few_men_wear_beards() -> None:
    assert 0.4 < np.mean([who.woman for who in MANY]) < 0.6
    beards = np.mean([who.labels["beard"] for who in MANY if not who.woman])
    assert 0.1 < beards < 0.35


def test_half_of_them_stand_before_a_wall_and_half_somewhere() -> None:
    assert 0.4 < np.mean([who.wall is None for who in MANY]) < 0.6


def test_only_the_face_and_hair_change_with_the_years() -> None:
    who = next(who for who in MANY if who.wall is None)
    young, old = (draw_random_person(random_person_at(who.seed, age)) for age in (20, 80))
    assert young.shape == (SIDE, SIDE, 3)
    assert (young[:60, :20] == old[:60, :20]).all()  # the background
    assert np.abs(young[100:190, 80:170].astype(int) - old[100:190, 80:170]).mean() > 5


def test_a_drawing_of_old_age_is_the_same_to_the_last_bit_on_every_machine() -> None:
    digest = hashlib.sha256(draw_random_person(random_person_at(3, 80)).tobytes()).hexdigest()
    assert digest[:16] == "d4a2fd34934e3f54"


@given(SEEDS, st.integers(1, 10))
def test_the_ages_of_a_person_are_spread_over_a_life(seed: int, count: int) -> None:
    ages = random_ages(seed, count)
    assert ages == sorted(ages) == random_ages(seed, count)
    assert len(ages) == count
    assert all(
        3 + number * 87 / count - 0.1 <= age <= 3 + (number + 1) * 87 / count + 0.1 for number, age in enumerate(ages)
    )
