"""Brows, stubble, beards and moustaches: hair that lies on the skin."""

from __future__ import annotations

import numpy as np

from portraits.people.traits import Traits
from portraits.rendering.fields import Field, bump, mix, noise, step
from portraits.rendering.paint import Paint, linear, spread
from portraits.rendering.scene import Scene


def paint_brows(scene: Scene, paint: Paint, x: Field, y: Field) -> None:
    """Two tapering arcs of short hairs."""
    t, raised, side = scene.traits, scene.variation.brow_raise, np.abs(x)
    inner, outer = 0.105, t.eye_x + t.eye_width + 0.06
    along = (side - inner) / (outer - inner)
    frown = 0.05 * max(0.0, -raised) * (1 - along)
    arch = t.brow_arch * (1 - (along - 0.62) ** 2 * 2.6)
    middle = t.brow_y + 0.07 * raised - frown + t.brow_tilt * along * 2 + arch
    half = t.brow_thick * 0.62 * step(-0.2, 0.14, along) * (1 - 0.72 * step(0.45, 1.05, along)) + 0.002
    soft = max(0.014, scene.pixel)
    band = step(half + soft, half - soft * 0.6, np.abs(y - middle))
    ends = step(-0.06, 0.06, along) * step(1.06, 0.92, along)
    hairs = 0.78 + 0.35 * noise(side * 55 - y * 38, y * 14, 51)
    colour = mix(spread(linear(t.hair)), spread((0.18, 0.17, 0.16)), 0.6 * t.grey) * 0.8
    paint.over(colour, np.clip(band * ends * hairs * t.brow_dark, 0, 1), gloss=0.1, soft=0.3)


def paint_beard(scene: Scene, paint: Paint, x: Field, y: Field, z: Field) -> None:
    """Stubble as a shade, beard and moustache as strands."""
    t = scene.traits
    stubble = min(0.9, t.stubble + scene.variation.stubble)
    if not (stubble or t.beard or t.moustache):
        return
    jaw, lip = _where(t, np.abs(x), y, z)
    colour = mix(spread(linear(t.hair)), spread((0.42, 0.41, 0.40)), 0.9 * t.grey)
    grains = 0.8 + 0.4 * noise(x * 80, y * 80, 63)
    shade = np.clip(np.maximum(jaw, lip) * stubble * grains, 0, 0.8)
    paint.over(mix(spread(linear(t.skin)), colour, 0.7), shade, gloss=0.2)
    strands = 0.75 + 0.3 * noise(x * 48 + y * 6, y * 12, 61) + 0.15 * noise(x * 90, y * 40, 62)
    tone = (colour * 1.25 + 0.012) * np.maximum(1 + 1.7 * (strands - 0.75), 0.3)
    hair = np.maximum(jaw * t.beard, lip * t.moustache)
    paint.over(tone, np.clip(step(0.08, 0.55, hair) * (0.30 + strands), 0, 0.96), gloss=0.15, soft=0.2)


def _where(t: Traits, side: Field, y: Field, z: Field) -> tuple[Field, Field]:
    """The shares of beard, along the jaw and up to the ears, and of moustache."""
    chin = step(0.02, -0.16, y - (t.mouth_y + 0.08 + 0.9 * (side - 0.20)))
    jaw = np.maximum(chin, step(0.52, 0.64, side) * step(-0.1, -0.3, y)) * step(-0.2, 0.0, z + 0.15)
    jaw = jaw * (1 - 0.85 * bump(side, y, (0, t.mouth_y - 0.13), (0.09, 0.05)))
    return jaw, np.minimum(1, 2.2 * bump(side, y, (0.1, t.mouth_y + 0.10), (0.26, 0.085)))
