"""Long hair where it hangs free of the head: behind the neck and over the shoulders."""

from __future__ import annotations

import numpy as np

from portraits.head.hair import STYLES, across
from portraits.head.locks import hair_colour
from portraits.head.shade import shade_flat
from portraits.rendering.fields import Field, hill, noise, step
from portraits.rendering.paint import Paint
from portraits.rendering.scene import Layer, Scene


def curtain(scene: Scene, u: Field, v: Field, start: float | None = None) -> Layer | None:
    """The hair behind the neck or, with a `start`, the two locks that fall over the shoulders from that height.

    (u, v) are camera points (h, w) relative to the upright head's centre. None for short hair.
    """
    style = STYLES[scene.traits.style]
    if not style.curtain:
        return None
    x = u - scene.pose.centre[0] * 0.6
    x = x + (0.05 + style.curl) * noise(v * 1.6 + 3, u * 0 + scene.variation.seed % 9, 101)
    x = x + style.curl * noise(v * 4 + u, u, 102)
    outer = across(scene.traits, scene.variation) * (0.985 + 0.05 * step(-0.3, -1.3, v) - 0.14 * step(-1.3, -2.1, v))
    inner = 0.46 + 0.04 * step(-0.6, -1.3, v) - 0.10 * step(-1.3, -2.2, v) if start is not None else 0 * v
    cover = _cover(scene, u, v, np.abs(x) - outer)
    if start is not None:
        soft = _soft(scene)
        cover = cover * step(-soft, soft * 2, np.abs(x) - inner) * step(start, start - 0.3, v)
    seen = np.flatnonzero(cover)
    colour = np.zeros((3, u.size), np.float32)
    colour[:, seen] = _lit(scene, *(field.ravel()[seen] for field in (x, v, outer, inner)))
    return Layer(colour.reshape(3, *u.shape), cover)


def _soft(scene: Scene) -> float:
    return scene.pixel * 1.2 + 0.012


def _cover(scene: Scene, u: Field, v: Field, beyond: Field) -> Field:
    """Down to ragged ends, and no further out than the hair on the head."""
    soft = _soft(scene)
    bottom = -1.2 - 0.8 * STYLES[scene.traits.style].curtain + 0.05 * noise(u * 9, v * 0, 103)
    return step(soft, -soft, beyond) * step(-soft * 3, soft * 3, v - bottom) * step(0.2, 0.1, v)


def _lit(scene: Scene, x: Field, v: Field, outer: Field, inner: Field) -> Field:
    """Each lock is round from `inner` to `outer`; the hair behind the neck (inner 0) lies in the neck's shadow."""
    side = np.abs(x)
    behind = inner == 0
    lock = np.clip((side - (inner + outer) * 0.5) / (outer - inner) * 1.5, -0.95, 0.95) * np.sign(x)
    nx = np.where(behind, np.clip(x / outer, -0.95, 0.95) * 0.8, lock)
    shadow = np.where(behind & (side < outer * 0.8), np.float32(0.45), np.float32(0.95))
    fine = noise(x * 22, v * 1.5, 104) * 0.5 + noise(x * 60, v * 2.5, 105) * 0.4
    strands = np.clip(1 + 0.36 * STYLES[scene.traits.style].strands * fine, 0.3, 2)
    paint = Paint.of(hair_colour(scene) * strands, len(x), gloss=0.1, soft=0.2)
    return shade_flat(scene.light, paint, nx, 0 * nx, shadow * (0.35 + 0.65 * hill(v, -0.95, 0.8)))
