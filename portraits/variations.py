"""Variations of a person from picture to picture: pose, expression, light and clothes."""

from __future__ import annotations

import math

import numpy as np

from portraits.people.traits import Colour, Traits, Variation
from portraits.scenery.clothes import CLOTHES

_YAW = math.radians(30)
_TILT = math.radians(9)  # further up, down or aside, people look as if they avoid the camera
COLOURS: tuple[Colour, ...] = (
    (0.24, 0.36, 0.56),
    (0.62, 0.22, 0.22),
    (0.20, 0.42, 0.36),
    (0.86, 0.83, 0.78),
    (0.20, 0.21, 0.25),
    (0.80, 0.62, 0.28),
    (0.52, 0.36, 0.55),
    (0.46, 0.55, 0.62),
    (0.78, 0.50, 0.46),
    (0.42, 0.44, 0.30),
)


def make_variation(t: Traits, seed: int, number: int) -> Variation:
    """Return the variation for `seed` of the person with that id; the same in every picture with both."""
    rng = np.random.Generator(np.random.PCG64((seed, number)))

    def between(low: float, high: float) -> float:
        return low + (high - low) * float(rng.random())

    def likely(low: float, high: float) -> float:
        """More often near the middle."""
        return (between(low, high) + between(low, high)) / 2

    yaw, pitch, roll = likely(-_YAW, _YAW) * 1.3, likely(-_TILT, _TILT), likely(-_TILT, _TILT)
    yaw = max(-_YAW, min(_YAW, yaw))
    smile = between(0.2, 1.0)  # they know each other
    return Variation(
        seed=int(rng.integers(1 << 30)),
        yaw=yaw,
        pitch=pitch,
        roll=roll,
        light_x=between(-0.8, 0.8),
        light_y=between(0.1, 0.8),
        key=between(0.75, 1.1),
        ambient=between(0.36, 0.58),
        warmth=between(-0.9, 0.9),
        smile=smile,
        # Mouths open with a smile; wide open without one is a yawn.
        open=max(0.0, between(-0.6, 0.75)) * (0.4 + 0.6 * smile),
        brow_raise=likely(-0.4, 0.8),
        lids=between(0.84, 1.04) if rng.random() > 0.12 else between(0.35, 0.6),
        # Mostly into the camera: an eyeball turns against the head.
        gaze=(1.6 * math.sin(yaw) + likely(-0.35, 0.35), 1.6 * math.sin(pitch) + likely(-0.2, 0.2)),
        age=likely(-0.06, 0.2),
        glasses=t.frame if rng.random() < t.glasses else "",
        clothes=CLOTHES[int(rng.integers(len(CLOTHES)))],
        clothes_colour=COLOURS[int(rng.integers(len(COLOURS)))],
        volume=between(0.94, 1.08),
        stubble=between(0.0, 0.35) if t.stubble else 0.0,
    )
