"""Random people who do not exist, drawn as a studio photographs them: what the starter models learn from.

Calmer than the default people's pictures: nearly from the front, before a plain wall, since a small network that is
trained for an hour learns faces best where there is little else to learn.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from portraits.people.shapes import ANYONE, MAN, WOMAN
from portraits.people.templates import PersonTemplate, shape_face
from portraits.people.traits import Colour, Traits, Variation
from portraits.picture import draw_person
from portraits.portraits import to_srgb
from portraits.rendering.fields import Field, mix, step
from portraits.rendering.paint import linear
from portraits.rendering.scene import make_scene
from portraits.scenery.backdrop import backdrop
from portraits.scenery.clothes import CLOTHES
from portraits.scenery.glasses import FRAMES
from portraits.variations import COLOURS

SIDE = 256  # pixels; a portrait (core/vision/views.py) is 193 of them, two for each that a model draws
TRAITS = ("smile", "glasses", "beard", "long-hair", "age")  # what models learn to add
_HALF_HEAD = 0.33 * SIDE
_PLACE = (0.5 * SIDE, 0.455 * SIDE)  # hair and shoulders fit

# Skin and lips, from light to dark; each person's lies between two neighbours.
_SKINS: tuple[tuple[Colour, Colour], ...] = (
    ((0.98, 0.83, 0.75), (0.85, 0.47, 0.44)),
    ((0.95, 0.79, 0.68), (0.82, 0.47, 0.44)),
    ((0.91, 0.73, 0.60), (0.76, 0.46, 0.42)),
    ((0.82, 0.62, 0.48), (0.72, 0.41, 0.38)),
    ((0.66, 0.46, 0.33), (0.63, 0.36, 0.33)),
    ((0.47, 0.31, 0.22), (0.51, 0.27, 0.26)),
)
_DARK_HAIR: tuple[Colour, ...] = ((0.09, 0.07, 0.07), (0.14, 0.09, 0.08), (0.24, 0.15, 0.10))
_ANY_HAIR: tuple[Colour, ...] = (*_DARK_HAIR, (0.40, 0.25, 0.14), (0.72, 0.55, 0.32), (0.70, 0.34, 0.17))
_DARK_EYES: tuple[Colour, ...] = ((0.22, 0.13, 0.08), (0.36, 0.22, 0.12))
_ANY_EYES: tuple[Colour, ...] = (*_DARK_EYES, (0.46, 0.34, 0.18), (0.33, 0.48, 0.60), (0.36, 0.46, 0.30))
_LIGHT = 3  # of the skins: those with whom any hair goes
_SHORT_MAN = ("crop", "side_part", "quiff", "curls", "bald")
_SHORT_WOMAN, _LONG = ("pixie", "bun", "afro"), ("long", "waves", "bob")
_WALLS: tuple[Colour, ...] = ((0.62, 0.66, 0.70), (0.70, 0.66, 0.60), (0.55, 0.60, 0.55), (0.66, 0.60, 0.64))
_GREY: Colour = (0.62, 0.61, 0.60)


@dataclass(frozen=True, slots=True)
class RandomPerson:
    """A random person in one picture.

    `labels` says of each of `TRAITS` whether it shows; `woman` explains which traits go together. Without a `wall`
    there is a place out of focus behind.
    """

    seed: int
    traits: Traits
    variation: Variation
    wall: Colour | None
    labels: Mapping[str, bool]
    woman: bool


def random_person(seed: int) -> RandomPerson:
    """Return the person for a seed; the same seed gives the same person."""
    rng = np.random.Generator(np.random.PCG64((seed, 501)))
    woman, labels = _labels(rng)
    traits = make_traits(rng, woman, labels)
    return RandomPerson(seed, traits, make_moment(rng, labels), make_wall(rng), labels, woman)


def draw_random_person(who: RandomPerson) -> NDArray[np.uint8]:
    """Return the person's picture, (SIDE, SIDE, 3) uint8 RGB; takes 50 ms of a processor."""
    canvas = backdrop(who.variation.seed, SIDE, SIDE) if who.wall is None else _wall(who.wall)
    draw_person(canvas, make_scene(who.traits, who.variation, _HALF_HEAD), _PLACE)
    return to_srgb(canvas, who.seed)


def _labels(rng: np.random.Generator) -> tuple[bool, dict[str, bool]]:
    """Each trait often enough to be learnt, and apart from the others as far as people have it so."""
    woman, smile, glasses, beard, hair, age = (float(value) for value in rng.random(6))
    is_woman = woman < 0.5
    return is_woman, {
        "smile": smile < 0.5,
        "glasses": glasses < 0.3,
        "beard": not is_woman and beard < 0.4,
        "long-hair": is_woman and hair < 0.6,
        "age": age < 0.3,
    }


def make_traits(rng: np.random.Generator, woman: bool, labels: Mapping[str, bool]) -> Traits:
    """Draw a person with those of the labels that stay: beard, long hair, age."""
    place = float(rng.random()) * (len(_SKINS) - 1)
    skin, lips = (_between(_SKINS, place, part) for part in (0, 1))
    hair = _one(rng, _ANY_HAIR if place < _LIGHT else _DARK_HAIR)
    iris = _one(rng, _ANY_EYES if place < _LIGHT else _DARK_EYES)
    given: dict[str, object] = {"style": _style(rng, woman, labels), "age": _from(rng, 0.05, 0.35), "freckles": 0.0}
    if labels["age"]:
        given |= {"age": _from(rng, 0.75, 0.95), "grey": _from(rng, 0.7, 0.95)}
        hair = _GREY
    if labels["beard"]:
        given |= {"beard": _from(rng, 0.85, 1.0), "moustache": _from(rng, 0.85, 1.0)}
    ranges = {**ANYONE, **(WOMAN if woman else MAN)}
    return shape_face(PersonTemplate("", ranges, skin, hair, iris, lips, given), rng)


def _style(rng: np.random.Generator, woman: bool, labels: Mapping[str, bool]) -> str:
    if labels["long-hair"]:
        return str(_one(rng, _LONG))
    if labels["age"] and not woman and rng.random() < 0.5:
        return "silver"
    return str(_one(rng, _SHORT_WOMAN if woman else _SHORT_MAN))


def make_moment(rng: np.random.Generator, labels: Mapping[str, bool]) -> Variation:
    """Draw a moment in the studio with those of the labels that pass: smile, glasses."""
    yaw, pitch = (math.radians(_likely(rng, -most, most)) for most in (14, 4))
    smile = _from(rng, 0.7, 1.0) if labels["smile"] else _from(rng, -0.15, 0.1)
    return Variation(
        seed=int(rng.integers(1 << 30)),
        yaw=yaw,
        pitch=pitch,
        light_x=_from(rng, -0.5, 0.5),
        light_y=_from(rng, 0.3, 0.6),
        key=_from(rng, 0.85, 1.0),
        ambient=_from(rng, 0.44, 0.54),
        warmth=_from(rng, -0.3, 0.3),
        smile=smile,
        open=_from(rng, 0.1, 0.5) if labels["smile"] else 0.0,
        gaze=(1.6 * math.sin(yaw), 1.6 * math.sin(pitch)),  # into the camera
        glasses=_one(rng, tuple(FRAMES)) if labels["glasses"] else "",
        clothes=_one(rng, CLOTHES),
        clothes_colour=_one(rng, COLOURS),
    )


def make_wall(rng: np.random.Generator) -> Colour:
    """Draw a plain wall's colour."""
    colour: Colour = _one(rng, _WALLS)
    return colour


def _wall(colour: Colour) -> Field:
    """Linear colour (3, SIDE, SIDE), darker towards the floor."""
    fall = step(-0.2, 1.4, np.linspace(0, 1, SIDE, dtype=np.float32))[None, :, None]
    tone = np.array(linear(colour), np.float32)[:, None, None]
    return np.ascontiguousarray(np.broadcast_to(mix(tone, tone * 0.55, fall), (3, SIDE, SIDE)))


def _between(of: tuple[tuple[Colour, Colour], ...], place: float, part: int) -> Colour:
    low = min(int(place), len(of) - 2)
    one, other, share = of[low][part], of[low + 1][part], place - low
    return tuple(a + (b - a) * share for a, b in zip(one, other, strict=True))  # type: ignore[return-value]


def _one(rng: np.random.Generator, of: tuple[Any, ...]) -> Any:
    return of[int(rng.integers(len(of)))]


def _from(rng: np.random.Generator, low: float, high: float) -> float:
    return low + (high - low) * float(rng.random())


def _likely(rng: np.random.Generator, low: float, high: float) -> float:
    """More often near the middle."""
    return (_from(rng, low, high) + _from(rng, low, high)) / 2
