"""Ears: thin, tilted ellipsoids beside the head, hit exactly and hidden by what lies before them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from portraits.head.shade import shade
from portraits.people.traits import Traits
from portraits.rendering.fields import Field, hill, noise, step
from portraits.rendering.paint import Paint, darker, linear, spread
from portraits.rendering.scene import Pose, Scene, Vector, dot

# Axes of the right ear: along its height (leaning back), across it (backwards and outwards), and through it.
_AXES: tuple[Vector, Vector, Vector] = ((0.10, 0.98, -0.17), (0.62, 0.07, -0.78), (0.78, -0.18, 0.60))
_HALVES = (0.245, 0.145, 0.055)
_REACH = 0.34  # half heads from an ear's centre, whatever its tilt


@dataclass(frozen=True, slots=True)
class _Ear:
    """An ear in the camera's space: its centre, and for each of its axes the direction divided by its half length."""

    centre: Vector
    axes: tuple[Vector, ...]
    edge: float


def draw_ears(window: Field, near: Field, scene: Scene, u: Field, v: Field) -> None:
    """Draw both ears onto the window (3, h, w), in place, where they stand before `near` (h, w), the head's depth."""
    for sign in (-1.0, 1.0):
        ear = _ear(scene.traits, scene.pose, sign)
        columns, rows = _span(u[0] - ear.centre[0]), _span(v[:, 0] - ear.centre[1])
        if columns is not None and rows is not None:
            place = u[rows, columns] - ear.centre[0], v[rows, columns] - ear.centre[1]
            _draw(window[:, rows, columns], near[rows, columns] - ear.centre[2], scene, ear, place)


def _span(away: Field) -> slice | None:
    near = np.flatnonzero(np.abs(away) < _REACH)
    return slice(int(near[0]), int(near[-1]) + 1) if near.size else None


def _ear(t: Traits, p: Pose, sign: float) -> _Ear:
    camera = (p.right, p.up, p.out)
    centre = (sign * (t.head_width * 0.985 + 0.025), t.eye_y - 0.13, -0.16)
    halves = [half * t.ear_size for half in _HALVES]
    mirrored = [(sign * axis[0], axis[1], axis[2]) for axis in _AXES]
    axes = [[dot(axis, c) / half for c in camera] for axis, half in zip(mirrored, halves, strict=True)]
    place = [dot(centre, c) for c in camera]
    return _Ear((place[0], place[1], place[2]), tuple((a[0], a[1], a[2]) for a in axes), halves[2] * 2)


def _draw(window: Field, near: Field, scene: Scene, ear: _Ear, place: tuple[Field, Field]) -> None:
    u, v = place
    # In the ear's own axes it is a unit sphere, and a ray is start + depth * along.
    start = [u * axis[0] + v * axis[1] for axis in ear.axes]
    along = [axis[2] for axis in ear.axes]
    a = along[0] ** 2 + along[1] ** 2 + along[2] ** 2
    b = start[0] * along[0] + start[1] * along[1] + start[2] * along[2]
    c = start[0] * start[0] + start[1] * start[1] + start[2] * start[2] - 1
    inner = b * b - a * c
    depth = (np.sqrt(np.maximum(inner, 0)) - b) / a
    outline = inner * (ear.edge / a)  # about the distance from the outline, in half heads
    pixel = scene.pixel
    cover = step(-0.5 * pixel, pixel, outline) * step(-pixel, pixel, depth - near)
    rows, columns = np.nonzero(cover)
    q = [s[rows, columns] + depth[rows, columns] * w for s, w in zip(start, along, strict=True)]
    colour, seen = _lit(scene, ear, q), window[:, rows, columns]
    window[:, rows, columns] = seen + (colour - seen) * cover[rows, columns]


def _lit(scene: Scene, ear: _Ear, q: list[Field]) -> Field:
    paint, hollow = _painted(scene.traits, q[0], q[1])
    slope = [q[0] * ear.axes[0][i] + q[1] * ear.axes[1][i] + q[2] * ear.axes[2][i] for i in range(3)]
    length = np.sqrt(slope[0] * slope[0] + slope[1] * slope[1] + slope[2] * slope[2])
    normal = (slope[0] / length, slope[1] / length, slope[2] / length)
    return shade(scene.light, paint, normal, hollow, np.clip(hollow * 0.9, 0, 1))


def _painted(t: Traits, tall: Field, wide: Field) -> tuple[Paint, Field]:
    """Skin with a darker bowl inside the rim, and the light in it; `tall` and `wide` in [-1, 1]."""
    bowl = step(0.62, 0.40, np.sqrt((tall * 0.9 + 0.02) ** 2 + (wide + 0.12) ** 2))
    groove = hill(np.sqrt(tall * tall + wide * wide), 0.74, 0.10) * step(-0.55, -0.2, tall)
    tone = spread(linear(t.skin)) * spread((1.0, 0.86, 0.84)) * (1 + 0.05 * noise(tall * 4, wide * 4, 121))
    paint = Paint.of(tone, len(tall), gloss=0.15, soft=1.0)
    paint.over(darker(linear(t.skin), 0.45), 0.55 * bowl + 0.30 * groove)
    return paint, 0.95 - 0.35 * bowl - 0.2 * groove
