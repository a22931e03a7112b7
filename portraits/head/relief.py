"""The head as a surface: how far it reaches in each direction from its centre.

Directions are stored on a square by Lambert's equal-area projection about the nose, stretched so that the face gets
more of the texture than the back of the head.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from portraits.people.traits import Traits, Variation
from portraits.rendering.fields import Field, bump, hill, step

_STRETCH = 1.2  # directions on the square: s = a / (|a| + stretch); smaller favours the face more
_EDGE = 0.605  # s at 125 degrees from the nose; a face turned by 30 degrees shows no more


@dataclass(frozen=True, slots=True)
class Directions:
    """Unit vectors (n, n) for the texture's points."""

    x: Field
    y: Field
    z: Field


@lru_cache(maxsize=8)
def directions(n: int) -> Directions:
    """The texture's directions; rows run up, columns to the right."""
    s = np.linspace(-_EDGE, _EDGE, n, dtype=np.float32)
    line = s * _STRETCH / (1 - np.abs(s))
    a, b = np.meshgrid(line, line)
    square = a * a + b * b
    # Beyond the projection's rim (straight back) points are pulled onto it: never seen, but finite.
    shrink = np.sqrt(np.minimum(1, 3.9 / np.maximum(square, 1e-6)))
    a, b, square = a * shrink, b * shrink, np.minimum(square, 3.9)
    k = np.sqrt(1 - square / 4)
    return Directions(a * k, b * k, 1 - square / 2)


def texture_place(x: Field, y: Field, z: Field, length: Field, n: int) -> tuple[Field, Field]:
    """Column and row (fractional) of the direction of (x, y, z), whose length is given."""
    q = np.sqrt(2 / (length * (length + z) + 1e-6))
    a, b = x * q, y * q
    scale = (n - 1) / (2 * _EDGE)
    half = (n - 1) / 2
    column = a / (np.abs(a) + _STRETCH) * scale + half
    row = b / (np.abs(b) + _STRETCH) * scale + half
    return np.clip(column, 0, n - 1.001), np.clip(row, 0, n - 1.001)


def skull(t: Traits, m: Variation, d: Directions) -> Field:
    """Radius (n, n) of the head without features: an ellipsoid with a jaw."""
    down = step(0.0, 0.95, -d.y)
    front = step(-0.35, 0.45, d.z)
    width = t.head_width * (1 - t.jaw_taper * down)
    chin = (t.chin_length + 0.05 * m.open) * (0.74 + 0.26 * front)  # the jaw rises towards the ear
    qx = (d.x / width) ** 2
    qy = (d.y / np.where(d.y > 0, np.float32(1.02), chin)) ** 2
    qz = (d.z / np.where(d.z > 0, np.float32(0.80), np.float32(0.9))) ** 2
    # Sums of fourth powers are boxes with round edges: the profile down to the chin, the outline at jaw and crown.
    profile = np.sqrt(qy * qy + qz * qz) - qy - qz
    outline = np.sqrt(qx * qx + qy * qy) - qx - qy
    low = step(0, 0.6, -d.y)
    boxy = t.jaw_square * low + 0.10 + 0.16 * step(0.1, 0.6, d.y)
    return 1 / np.sqrt(qx + qy + qz + profile * low * step(-0.1, 0.6, d.z) + outline * boxy)


def features(t: Traits, m: Variation, x: Field, y: Field, z: Field) -> Field:
    """Height (n, n) of the features above the skull whose points are (x, y, z)."""
    side = np.abs(x)
    height = _eyes_and_brow(t, m, side, y) + _nose(t, side, y) + _cheeks(t, m, side, y) + _mouth_and_chin(t, m, side, y)
    if t.sag:
        height = height + t.sag * _sagging(t, side, y)
    return height * step(0.0, 0.35, z)


def _eyes_and_brow(t: Traits, m: Variation, side: Field, y: Field) -> Field:
    socket = -t.eye_deep * bump(side, y, (t.eye_x - 0.02, t.eye_y + 0.03), (0.27, 0.21))
    ball = 0.055 * bump(side, y, (t.eye_x, t.eye_y), (0.19, 0.14))
    ridge = t.brow_ridge * bump(side, y, (0.22, t.brow_y - 0.01), (0.36, 0.13))
    temple = -0.035 * bump(side, y, (0.66, 0.25), (0.28, 0.35))
    frown = -0.02 * max(0.0, -m.brow_raise) * hill(side, 0.06, 0.05) * hill(y, t.brow_y, 0.12)
    return socket + ball + ridge + temple + frown


def _nose(t: Traits, side: Field, y: Field) -> Field:
    top, tip = t.eye_y + 0.10, t.eye_y - t.nose_length
    along = np.clip((top - y) / (top - tip), 0, 1.4)
    rise = along * (0.45 + 0.55 * along) * t.nose_out * 0.86 + 0.03 * step(0, 0.25, along)
    under = step(tip - 0.10, tip + 0.03, y)
    width = t.nose_bridge + (t.nose_width * 0.95 - t.nose_bridge) * step(0.35, 0.95, along)
    bridge = rise * under * np.maximum(1 - (side / (width * 1.75)) ** 2, 0) ** 2
    ball = (0.055 + 0.06 * t.nose_tip) * bump(side, y, (0, tip + 0.015), (0.105 + 0.05 * t.nose_tip, 0.115))
    wings = 0.065 * bump(side, y, (t.nose_width * 0.80, tip - 0.02), (t.nose_width * 0.66, 0.09))
    nostril = -0.05 * bump(side, y, (t.nose_width * 0.46, tip - 0.075), (0.05, 0.035))
    result: Field = bridge + ball + wings + nostril
    return result


def _cheeks(t: Traits, m: Variation, side: Field, y: Field) -> Field:
    bone = t.cheekbone * bump(side, y, (0.43, -0.16), (0.27, 0.22))
    full = t.cheek_full * bump(side, y, (0.42, -0.5), (0.3, 0.35))
    apple = 0.05 * m.smile * bump(side, y, (0.36, -0.28), (0.22, 0.18))
    # From the wing of the nose to beside the corner of the mouth.
    line = 0.17 + (-0.34 - y) * 0.62
    age = t.age + m.age
    fold = hill(side, line, 0.10) * step(-0.34, -0.42, y) * step(-0.66, -0.52, y)
    fold = -(0.004 + 0.012 * max(m.smile, 0) + 0.02 * age) * fold
    hollow = -0.02 * age * bump(side, y, (0.5, -0.45), (0.2, 0.25))
    return bone + full + apple + fold + hollow


def _mouth_and_chin(t: Traits, m: Variation, side: Field, y: Field) -> Field:
    drop = 0.10 * m.open  # the lower lip and the chin go down with an open mouth
    muzzle = 0.05 * bump(side, y, (0, t.mouth_y), (0.36, 0.26))
    philtrum = -0.014 * hill(side, 0, 0.04) * step(t.mouth_y + 0.03, t.mouth_y + 0.07, y) * step(-0.36, -0.42, y)
    wide = t.mouth_width * (1 + 0.18 * m.smile)
    arch = np.maximum(1 - (side / (wide * 1.08)) ** 2, 0)
    line = t.mouth_y + 0.06 * m.smile * (side / wide) ** 2
    upper = 0.026 * hill(y, line + t.lip_upper * 0.5, t.lip_upper * 1.2) * arch
    lower = 0.036 * hill(y, line - drop - t.lip_lower * 0.55, t.lip_lower * 1.15) * arch
    groove = -0.028 * bump(side, y, (0, t.mouth_y - drop - t.lip_lower - 0.075), (0.2, 0.06))
    chin = t.chin_out * bump(side, y, (0, -t.chin_length * 0.86 - drop * 0.7), (t.chin_width * 1.5, 0.2))
    corner = -0.02 * hill(side, wide * 1.06, 0.05) * hill(y, line, 0.06)
    return muzzle + philtrum + upper + lower + groove + chin + corner


def _sagging(t: Traits, side: Field, y: Field) -> Field:
    """What hangs in the oldest faces: the skin above the lids, bags, the folds beside nose and mouth, jowls."""
    hood = 0.035 * bump(side, y, (t.eye_x + 0.06, t.eye_y + 0.10), (0.20, 0.07))
    bag = 0.022 * bump(side, y, (t.eye_x - 0.01, t.eye_y - 0.13), (0.15, 0.06))
    trough = -0.025 * bump(side, y, (t.eye_x - 0.04, t.eye_y - 0.215), (0.17, 0.06))
    fold = -0.030 * hill(side, 0.18 + (-0.34 - y) * 0.62, 0.07) * step(-0.34, -0.42, y) * step(-0.68, -0.54, y)
    pouch = 0.030 * bump(side, y, (0.36, -0.47), (0.17, 0.20))
    corner = -0.020 * hill(side, t.mouth_width + 0.035, 0.06) * step(0.02, -0.05, y - t.mouth_y)
    corner = corner * step(-0.30, -0.16, y - t.mouth_y)
    jowl = 0.060 * bump(side, y, (0.42, t.mouth_y - 0.20), (0.19, 0.22))
    hollow = -0.035 * bump(side, y, (0.52, -0.32), (0.16, 0.20))
    result: Field = hood + bag + trough + fold + pouch + corner + jowl + hollow
    return result
