"""What stays the same in all pictures of a person, and what changes from picture to picture.

Lengths are in half heads: the head's centre is between the eyes, its crown about 1 above, its chin about 1 below.
x runs to the picture's right, y up, z towards the camera. Colours are sRGB in [0, 1].
"""

from __future__ import annotations

from dataclasses import dataclass

Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Traits:
    """The person: shape, colours, hair."""

    # Colours.
    skin: Colour
    hair: Colour
    iris: Colour
    lips: Colour
    # Head.
    head_width: float = 0.69
    jaw_taper: float = 0.14
    jaw_square: float = 0.25
    chin_length: float = 1.02
    chin_width: float = 0.20
    chin_out: float = 0.07
    cheekbone: float = 0.04
    cheek_full: float = 0.03
    forehead: float = 0.56
    ear_size: float = 1.0
    # Eyes.
    eye_x: float = 0.29
    eye_y: float = 0.0
    eye_width: float = 0.145
    eye_open: float = 0.46
    eye_tilt: float = 0.06
    eye_fold: float = 1.0
    eye_deep: float = 0.07
    lashes: float = 0.4
    iris_size: float = 1.0
    # Brows.
    brow_y: float = 0.2
    brow_thick: float = 0.05
    brow_arch: float = 0.03
    brow_tilt: float = -0.01
    brow_dark: float = 0.85
    brow_ridge: float = 0.02
    # Nose.
    nose_length: float = 0.34
    nose_width: float = 0.13
    nose_bridge: float = 0.08
    nose_out: float = 0.17
    nose_tip: float = 0.5
    # Mouth.
    mouth_y: float = -0.57
    mouth_width: float = 0.235
    lip_upper: float = 0.05
    lip_lower: float = 0.07
    # Skin.
    freckles: float = 0.0
    blush: float = 0.3
    mole: tuple[float, float] | None = None
    stubble: float = 0.0
    beard: float = 0.0
    moustache: float = 0.0
    age: float = 0.25
    sag: float = 0.0
    grey: float = 0.0
    # Hair and body.
    style: str = "crop"
    volume: float = 1.0
    parting: float = 0.0
    recede: float = 0.0
    neck: float = 0.36
    shoulders: float = 1.62
    glasses: float = 0.15
    frame: str = "round"


@dataclass(frozen=True, slots=True)
class Variation:
    """What differs from picture to picture: pose, light, expression, clothes. Angles are radians."""

    seed: int
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    light_x: float = -0.4
    light_y: float = 0.5
    key: float = 1.0
    ambient: float = 0.5
    warmth: float = 0.0
    smile: float = 0.4
    open: float = 0.0
    brow_raise: float = 0.0
    lids: float = 1.0
    gaze: tuple[float, float] = (0.0, 0.0)
    age: float = 0.0
    glasses: str = ""
    clothes: str = "crew"
    clothes_colour: Colour = (0.3, 0.4, 0.6)
    volume: float = 1.0
    stubble: float = 0.0


@dataclass(frozen=True, slots=True)
class StarterPerson:
    """A fictional person; `id` counts from 1."""

    id: int
    name: str
    traits: Traits
