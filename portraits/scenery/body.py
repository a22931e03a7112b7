"""Neck and shoulders."""

from __future__ import annotations

import numpy as np

from portraits.head.shade import shade_flat
from portraits.people.traits import Traits
from portraits.rendering.fields import Field, hill, mix, step
from portraits.rendering.paint import Paint, linear, spread
from portraits.rendering.scene import Layer, Scene
from portraits.scenery.clothes import Cloth, dress


def body(scene: Scene, u: Field, v: Field) -> Layer:
    """Neck and shoulders; (u, v) are camera points, (h, w), relative to the upright head's centre."""
    t, pixel = scene.traits, scene.pixel
    x = u - scene.pose.centre[0] * step(-1.5, -0.7, v)
    side = np.abs(x)
    flare = t.neck * (1 + 0.10 * step(-0.9, -1.3, v))
    top = _shoulder_line(t, side)
    neck = step(pixel, -pixel, side - flare) * step(-0.2, -0.35, v)
    cover = np.maximum(step(-pixel, pixel, top - v), neck)
    seen = np.flatnonzero(cover)
    colour = np.zeros((3, u.size), np.float32)
    colour[:, seen] = _lit(scene, *(field.ravel()[seen] for field in (x, v, flare, top)))
    return Layer(colour.reshape(3, *u.shape), cover)


def _shoulder_line(t: Traits, side: Field) -> Field:
    """The height of the shoulders' outline: the neck's slope, then round shoulders, then arms straight down."""
    slope = -1.20 - 0.36 * step(t.neck * 0.9, t.shoulders, side) + 0.30 * step(t.neck + 0.22, t.neck - 0.05, side)
    round_ = 1.2 * step(t.shoulders - 0.26, t.shoulders + 0.22, side)
    result: Field = slope - round_ - 9 * step(t.shoulders + 0.02, t.shoulders + 0.5, side)
    return result


def _lit(scene: Scene, x: Field, v: Field, flare: Field, top: Field) -> Field:
    round_neck = np.clip(x / flare, -0.97, 0.97) * step(-1.45, -1.15, v)
    round_chest = np.clip(x / (scene.traits.shoulders * 1.15), -0.95, 0.95) * step(-1.15, -1.45, v) * 0.75
    nx = round_neck + round_chest
    ny = 0.55 * step(0.35, 0.0, top - v) * step(-1.1, -1.4, v)
    cloth, edge = dress(scene, x, v, nx, ny)
    return mix(_bare(scene, x, v, nx, ny), _lit_cloth(scene, cloth), edge)


def _bare(scene: Scene, x: Field, v: Field, nx: Field, ny: Field) -> Field:
    """The neck's skin, in the shadow of the head."""
    side = np.abs(x)
    bones = hill(v, -1.45 - 0.12 * side, 0.05) * step(0.1, 0.2, side) * step(0.75, 0.5, side)
    sinew = hill(side, 0.06 - (-0.9 - v) * 0.25, 0.07) * step(-1.5, -1.35, v)
    tone = spread(linear(scene.traits.skin)) * (1 - 0.16 * bones - 0.10 * sinew)
    sky = 0.30 + 0.70 * step(-0.80, -1.5, v + 0.2 * x * x)
    return shade_flat(scene.light, Paint.of(tone, len(x), gloss=0.2, soft=1.0), nx, ny, sky)


def _lit_cloth(scene: Scene, cloth: Cloth) -> Field:
    paint = Paint.of(cloth.colour, len(cloth.nx), gloss=0.05, soft=0.2)
    return shade_flat(scene.light, paint, cloth.nx, cloth.ny, cloth.sky)
