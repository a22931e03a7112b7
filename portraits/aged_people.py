"""Random people who do not exist, each at any age: what a network learns from how the years change a face.

The seed decides who it is, and a second one the moment: pose, light, expression, clothes, background. With the same
moment two pictures of a person differ in nothing but age.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from portraits.people.ageing import OLDEST, YOUNGEST, Ageing, traits_at
from portraits.people.traits import Colour, Traits, Variation
from portraits.random_people import RandomPerson, make_moment, make_traits, make_wall
from portraits.variations import make_variation

_BEARDS = 0.2  # of grown men; which boy will wear one cannot be seen, so that most must not
_SHAVED_FROM = 18.0  # years; boys have hair
_OLD = 60.0  # years from which `labels` say "age"


def random_person_at(seed: int, age: float, moment: int | None = None) -> RandomPerson:
    """Return the person for a seed at an age.

    Args:
        seed: who it is.
        age: in years, 3 to 90.
        moment: seed of everything that passes; None: that of the person.
    """
    rng = np.random.Generator(np.random.PCG64((seed, 601)))
    woman, beard, hair = (float(value) for value in rng.random(3))
    labels = {"beard": woman >= 0.5 and beard < _BEARDS, "long-hair": woman < 0.5 and hair < 0.6, "age": False}
    adult = make_traits(rng, woman < 0.5, labels)
    traits = traits_at(adult, _ageing(rng, woman < 0.5), age)
    if adult.style == "bald" and age < _SHAVED_FROM:
        traits = replace(traits, style="crop")
    variation, wall, passing = _moment(traits, seed if moment is None else moment)
    labels |= {**passing, "beard": traits.beard > 0, "age": age >= _OLD}
    return RandomPerson(seed, traits, variation, wall, labels, woman < 0.5)


def random_ages(seed: int, count: int) -> list[float]:
    """Return so many ages of the person for a seed, rising, one in each equal part of a life from 3 to 90."""
    rng = np.random.Generator(np.random.PCG64((seed, 603)))
    width = (OLDEST - YOUNGEST) / count
    return [round(YOUNGEST + (number + float(rng.random())) * width, 1) for number in range(count)]


def _ageing(rng: np.random.Generator, woman: bool) -> Ageing:
    grey, recedes, since, lead = (float(value) for value in rng.random(4))
    recede_from = 24 + 30 * since if not woman and recedes < 0.4 else None
    return Ageing(35 + 25 * grey, recede_from, 6 * lead - 3)


def _moment(traits: Traits, seed: int) -> tuple[Variation, Colour | None, dict[str, bool]]:
    """Draw half of the pictures in a studio, half somewhere, as those of the default people are."""
    rng = np.random.Generator(np.random.PCG64((seed, 602)))
    studio, smile, glasses = (float(value) for value in rng.random(3))
    passing = {"smile": smile < 0.5, "glasses": glasses < 0.15}
    calm = make_moment(rng, passing)
    if studio < 0.5:
        return calm, make_wall(rng), passing
    lively = make_variation(traits, seed, 0)
    looks = replace(lively, age=0.0, stubble=0.0, volume=1.0, glasses=calm.glasses)
    return looks, None, {**passing, "smile": looks.smile > 0.5}
