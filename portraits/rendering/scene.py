"""What every part of a drawing needs to know: who, when, from where, in which light, how finely."""

from __future__ import annotations

import math
from dataclasses import dataclass

from portraits.people.traits import Traits, Variation
from portraits.rendering.fields import Field

Vector = tuple[float, float, float]
_PIVOT = (0.0, -0.75, -0.25)  # the base of the skull: a head turns about it, so a tilted head also moves aside


@dataclass(frozen=True, slots=True)
class Pose:
    """The head's axes in the camera's space (rows of the rotation), and its centre's place there."""

    right: Vector
    up: Vector
    out: Vector
    centre: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Light:
    """The scene's light, linear: direction of the key in the camera's space, colours of key, sky and ground."""

    towards: Vector
    key: Vector
    sky: Vector
    ground: Vector


@dataclass(frozen=True, slots=True)
class Scene:
    """One person in one picture; `pixel` is a pixel's side in half heads."""

    traits: Traits
    variation: Variation
    pose: Pose
    light: Light
    pixel: float


@dataclass(frozen=True, slots=True)
class Layer:
    """A picture with transparency: linear colour (3, h, w), cover (h, w)."""

    colour: Field
    cover: Field


def make_scene(traits: Traits, variation: Variation, scale: float) -> Scene:
    """Return the scene of a person in one variation, with `scale` pixels for half a head."""
    return Scene(traits, variation, pose(variation), light(variation), 1 / scale)


def pose(m: Variation) -> Pose:
    """Return the head's axes: turned by yaw, then pitch, then roll."""
    # Rounded: the last digit of a sine depends on the machine's mathematical library.
    cy, sy, cp, sp, cr, sr = (round(f(a), 9) for a in (m.yaw, m.pitch, m.roll) for f in (math.cos, math.sin))
    across, upright, out = (cy, 0.0, -sy), (sy * sp, cp, cy * sp), (sy * cp, -sp, cy * cp)
    right = _combined(across, cr, upright, sr)
    up = _combined(across, -sr, upright, cr)
    return Pose(right, up, out, (-dot(right, _PIVOT), _PIVOT[1] - dot(up, _PIVOT)))


def light(m: Variation) -> Light:
    """Return the variation's light; its `warmth` in [-1, 1] runs from a blue window to a lamp."""
    raw = (m.light_x, m.light_y, 0.85)
    length = dot(raw, raw) ** 0.5
    w = m.warmth
    key = (m.key * (1 + 0.12 * w), m.key * (1 + 0.01 * w), m.key * (1 - 0.16 * w))
    sky = (m.ambient * (1 - 0.05 * w), m.ambient, m.ambient * (1.04 + 0.06 * w))
    ground = (m.ambient * 0.62, m.ambient * 0.55, m.ambient * 0.5)
    return Light((raw[0] / length, raw[1] / length, raw[2] / length), key, sky, ground)


def dot(one: Vector, other: Vector) -> float:
    """The scalar product."""
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]


def _combined(one: Vector, a: float, other: Vector, b: float) -> Vector:
    return (one[0] * a + other[0] * b, one[1] * a + other[1] * b, one[2] * a + other[2] * b)
