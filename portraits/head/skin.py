"""The skin's colour: rosy cheeks, freckles, the shadows of the years."""

from __future__ import annotations

import numpy as np

from portraits.people.traits import Traits
from portraits.rendering.fields import Field, bump, hill, noise, step
from portraits.rendering.paint import Paint, darker, linear, spread
from portraits.rendering.scene import Scene

_MOLE = (0.03, 0.012, 0.008)


def paint_skin(scene: Scene, x: Field, y: Field, z: Field) -> Paint:
    """The face at the points (x, y, z), each (k,), without eyes, mouth and hair."""
    t, m, side = scene.traits, scene.variation, np.abs(x)
    paint = Paint.of(spread(linear(t.skin)), len(x), gloss=0.35, soft=1.0)
    paint.colour *= 1 + noise(x * 5 + 3, y * 5 + z, 31) * spread((0.02, -0.033, -0.04))
    paint.colour *= 1 - _rosy(t, side, y) * spread((0.04, 0.28, 0.24))
    under = bump(side, y, (t.eye_x - 0.02, t.eye_y - 0.10), (0.17, 0.08)) * (0.25 + 0.5 * (t.age + m.age))
    lid = bump(side, y, (t.eye_x, t.eye_y + 0.07), (0.2, 0.1)) * (0.3 + 0.5 * t.lashes)
    paint.colour *= 1 - (0.3 * under + 0.28 * lid) * spread((0.6, 0.9, 0.8))
    _spots(scene, paint, x, y)
    _lines(scene, paint, side, y)
    _nostrils(t, paint, side, y)
    return paint


def _rosy(t: Traits, side: Field, y: Field) -> Field:
    """Cheeks, tip of the nose, and the skin before the ears."""
    cheeks = bump(side, y, (0.38, -0.27), (0.3, 0.25))
    tip = bump(side, y, (0, t.eye_y - t.nose_length), (0.16, 0.14))
    return t.blush * (cheeks + 0.6 * tip + 0.35 * bump(side, y, (0.72, -0.1), (0.2, 0.35)))


def _spots(scene: Scene, paint: Paint, x: Field, y: Field) -> None:
    t, age = scene.traits, scene.traits.age + scene.variation.age
    if t.freckles:
        # Turned, so that the noise's grid does not show.
        grains = noise(x * 27 + y * 19, y * 27 - x * 19, 41)
        grains = step(0.3, 0.7, grains) * bump(np.abs(x), y, (0.22, -0.2), (0.45, 0.3))
        paint.over(darker(linear(t.skin), 0.45), grains * t.freckles)
    if age > 0.6:
        spots = step(0.6, 0.9, noise(x * 11, y * 11, 42)) * step(0.3, 0.5, np.abs(x))
        paint.over(darker(linear(t.skin), 0.6), spots * (age - 0.6))
    if t.mole:
        paint.over(_MOLE, np.minimum(1, 3 * bump(x, y, t.mole, (0.022, 0.022))))


def _lines(scene: Scene, paint: Paint, side: Field, y: Field) -> None:
    """Crow's feet, forehead and bags with the years; folds beside the mouth with a smile."""
    t, m = scene.traits, scene.variation
    age = t.age + m.age
    old, smile = max(0.0, age - 0.35), max(m.smile, 0.0)
    forehead = _forehead_lines(side, y) * (old * 0.7 + max(0.0, m.brow_raise) * (0.15 + old) * 0.5)
    feet = _crows_feet(t, side, y) * (old + 0.2 * age * smile) * 0.6
    bag = hill(y, t.eye_y - 0.135 + 0.25 * (side - t.eye_x) ** 2, 0.02) * step(0.16, 0.08, np.abs(side - t.eye_x))
    fold = hill(side, 0.155 + (-0.36 - y) * 0.62, 0.024) * step(-0.36, -0.42, y) * step(-0.66, -0.54, y)
    dark = forehead + feet + bag * old * 0.6 + fold * (0.10 * smile + 0.5 * old)
    if t.sag:
        dark = dark + t.sag * _sagging_lines(t, side, y)
    paint.over(darker(linear(t.skin), 0.42), np.minimum(dark, 0.75))


def _forehead_lines(side: Field, y: Field) -> Field:
    height = y + 0.04 * side * side + 0.012 * noise(side * 6, y * 0, 43)
    return (hill(height, 0.34, 0.016) + hill(height, 0.42, 0.016) + hill(height, 0.50, 0.016)) * step(0.5, 0.2, side)


def _crows_feet(t: Traits, side: Field, y: Field) -> Field:
    outside = side - t.eye_x - t.eye_width
    level = y - t.eye_y
    rays = hill(level + 0.55 * outside, 0.005, 0.013) + hill(level + 0.1 * outside, 0.005, 0.013)
    rays = rays + hill(level - 0.35 * outside, 0.005, 0.013)
    return rays * step(0.03, 0.07, outside) * step(0.13, 0.06, outside)


def _sagging_lines(t: Traits, side: Field, y: Field) -> Field:
    """Lines where skin hangs: under the bags, over the lids, from the corners of the mouth down, between the brows."""
    eye, below = side - t.eye_x, t.mouth_y - y
    bag = hill(y, t.eye_y - 0.19 + 0.5 * (eye + 0.03) ** 2, 0.026) * step(0.17, 0.08, np.abs(eye + 0.02))
    hood = hill(y, t.eye_y + 0.085 - 0.28 * (eye - 0.02), 0.024) * step(-0.10, 0.0, eye) * step(0.24, 0.16, eye)
    corner = hill(side, t.mouth_width + 0.02 + 0.10 * below, 0.022) * step(-0.02, 0.04, below) * step(0.24, 0.14, below)
    frown = hill(side, 0.055, 0.016) * hill(y, t.brow_y - 0.01, 0.09)
    lip = hill((side * 17) % 1, 0.5, 0.22) * hill(below, -0.075, 0.055) * step(t.mouth_width, 0.05, side)
    fine = step(0.25, 0.8, noise(side * 9 + y * 21, y * 25 - side * 17, 44)) * bump(
        side, y, (0.44, -0.35), (0.28, 0.42)
    )
    return 0.45 * bag + 0.5 * hood + 0.35 * corner + 0.5 * frown + 0.3 * lip + 0.3 * fine


def _nostrils(t: Traits, paint: Paint, side: Field, y: Field) -> None:
    tip, width = t.eye_y - t.nose_length, t.nose_width
    holes = np.minimum(1, 1.8 * bump(side, y, (width * 0.5, tip - 0.068), (width * 0.36, 0.027)))
    paint.over(darker(linear(t.skin), 0.12), holes * 0.85, gloss=0.0)
    wing = hill(((side - width * 0.8) / (width * 0.62)) ** 2 + ((y - tip + 0.03) / 0.09) ** 2, 1.0, 0.45)
    wing = wing * step(width * 0.7, width * 1.1, side) * step(tip + 0.06, tip, y) * step(tip - 0.12, tip - 0.06, y)
    paint.over(darker(linear(t.skin), 0.5), wing * 0.4)
