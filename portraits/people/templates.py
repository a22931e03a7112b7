"""Templates of the default people: name, colours, age and hair, before a face shape is chosen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from portraits.people.shapes import ANYONE, MAN, WOMAN, Ranges
from portraits.people.traits import Colour, StarterPerson, Traits

_BROWN, _DARK, _HAZEL = (0.36, 0.22, 0.12), (0.22, 0.13, 0.08), (0.46, 0.34, 0.18)
_BLUE, _GREEN = (0.33, 0.48, 0.60), (0.36, 0.46, 0.30)


@dataclass(frozen=True, slots=True)
class PersonTemplate:
    """A person without a face shape; `given` are further traits that the template sets."""

    name: str
    ranges: Ranges
    skin: Colour
    hair: Colour
    iris: Colour
    lips: Colour
    given: dict[str, object] = field(default_factory=dict)


def _man(name: str, skin: Colour, hair: Colour, iris: Colour, lips: Colour) -> PersonTemplate:
    return PersonTemplate(name, {**ANYONE, **MAN}, skin, hair, iris, lips)


def _woman(name: str, skin: Colour, hair: Colour, iris: Colour, lips: Colour) -> PersonTemplate:
    return PersonTemplate(name, {**ANYONE, **WOMAN}, skin, hair, iris, lips)


# Name, skin, hair, eyes, lips; each followed by what else the template sets.
_PEOPLE: tuple[tuple[PersonTemplate, dict[str, object]], ...] = (
    (
        _man("Haru", (0.93, 0.77, 0.64), (0.10, 0.08, 0.08), _DARK, (0.78, 0.50, 0.46)),
        {"style": "crop", "age": 0.15, "eye_fold": 0.1, "frame": "square", "glasses": 0.15},
    ),
    (
        _woman("Mina", (0.97, 0.83, 0.73), (0.10, 0.08, 0.08), _DARK, (0.84, 0.42, 0.42)),
        {"style": "bob", "age": 0.1, "eye_fold": 0.35, "frame": "round", "glasses": 0.1},
    ),
    (
        _man("Otis", (0.45, 0.29, 0.20), (0.08, 0.06, 0.06), _DARK, (0.48, 0.27, 0.25)),
        {"style": "bald", "age": 0.4, "beard": 0.9, "moustache": 0.85, "frame": "square", "glasses": 0.3},
    ),
    (
        _woman("Saskia", (0.98, 0.82, 0.74), (0.72, 0.33, 0.16), _GREEN, (0.85, 0.48, 0.44)),
        {"style": "pixie", "age": 0.2, "freckles": 0.75, "frame": "wire", "glasses": 0.2},
    ),
    (
        _man("Kenji", (0.89, 0.71, 0.57), (0.20, 0.17, 0.16), _DARK, (0.72, 0.48, 0.43)),
        {"style": "silver", "age": 0.85, "grey": 0.85, "eye_fold": 0.4, "frame": "wire", "glasses": 0.5},
    ),
    (
        _woman("Amara", (0.40, 0.25, 0.17), (0.07, 0.05, 0.05), _DARK, (0.55, 0.24, 0.25)),
        {"style": "afro", "age": 0.2, "frame": "tortoise", "glasses": 0.2},
    ),
    (
        _man("Lukas", (0.95, 0.77, 0.67), (0.72, 0.55, 0.32), _BLUE, (0.80, 0.52, 0.48)),
        {"style": "quiff", "age": 0.25, "stubble": 0.35, "frame": "round", "glasses": 0.15},
    ),
    (
        _woman("Yuki", (0.95, 0.79, 0.67), (0.14, 0.09, 0.08), _BROWN, (0.82, 0.44, 0.42)),
        {"style": "long", "age": 0.2, "eye_fold": 0.2, "frame": "round", "glasses": 0.25},
    ),
    (
        _woman("Rosa", (0.87, 0.66, 0.52), (0.35, 0.28, 0.25), _HAZEL, (0.76, 0.40, 0.38)),
        {"style": "bun", "age": 0.8, "grey": 0.9, "frame": "tortoise", "glasses": 0.5},
    ),
    (
        _man("Tariq", (0.76, 0.56, 0.42), (0.11, 0.08, 0.07), _BROWN, (0.66, 0.40, 0.36)),
        {"style": "side_part", "parting": -0.22, "age": 0.35, "beard": 1.0, "moustache": 1.0}
        | {"frame": "square", "glasses": 0.1},
    ),
    (
        _woman("Ines", (0.80, 0.59, 0.44), (0.34, 0.20, 0.11), _HAZEL, (0.78, 0.38, 0.36)),
        {"style": "waves", "parting": 0.18, "age": 0.3, "mole": (0.30, -0.42), "frame": "square", "glasses": 0.15},
    ),
    (
        _man("Leo", (0.66, 0.45, 0.32), (0.17, 0.11, 0.08), _HAZEL, (0.66, 0.40, 0.36)),
        {"style": "curls", "age": 0.1, "stubble": 0.1, "frame": "round", "glasses": 0.4},
    ),
)

TEMPLATES: tuple[PersonTemplate, ...] = tuple(replace(template, given=given) for template, given in _PEOPLE)


def shape_face(template: PersonTemplate, rng: np.random.Generator) -> Traits:
    """Return the template's traits with a face shape drawn from its ranges."""
    drawn = {name: low + (high - low) * float(rng.random()) for name, (low, high) in template.ranges.items()}
    # The mouth lies between nose and chin: a share of that way, so that no lip touches a nostril.
    nose, chin = drawn["eye_y"] - drawn["nose_length"], -drawn["chin_length"]
    drawn["mouth_y"] = nose + (chin - nose) * (0.36 + 0.07 * float(rng.random()))
    values: dict[str, Any] = {**{name: round(value, 4) for name, value in drawn.items()}, **template.given}
    return Traits(template.skin, template.hair, template.iris, template.lips, **values)


def make_person(number: int, attempt: int) -> StarterPerson:
    """Return the person of template `number` (from 1) with the face shape of that attempt."""
    rng = np.random.Generator(np.random.PCG64((77, number, attempt)))
    template = TEMPLATES[number - 1]
    return StarterPerson(number, template.name, shape_face(template, rng))
