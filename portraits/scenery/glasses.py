"""Glasses: two rims before the eyes, a bridge, temples towards the ears, a glint."""

from __future__ import annotations

import numpy as np

from portraits.people.traits import Colour, Traits
from portraits.rendering.fields import Field, step
from portraits.rendering.scene import Layer, Light, Pose, Scene

# Linear colour, half thickness, how square.
FRAMES: dict[str, tuple[Colour, float, float]] = {
    "round": ((0.03, 0.022, 0.02), 0.017, 0.0),
    "square": ((0.012, 0.012, 0.014), 0.024, 1.0),
    "wire": ((0.28, 0.22, 0.12), 0.010, 0.35),
    "tortoise": ((0.11, 0.045, 0.018), 0.022, 0.5),
}
_PLANE = 0.86  # the lenses stand this far before the head's centre
_WIDE = 0.215  # a lens's half width


def glasses(scene: Scene, u: Field, v: Field) -> Layer | None:
    """The glasses at the camera points (h, w) relative to the head's centre; None without."""
    if not scene.variation.glasses:
        return None
    t = scene.traits
    colour, half, square = FRAMES[scene.variation.glasses]
    x, y = _on_lenses(scene.pose, u, v)
    side = np.abs(x)
    dx, dy = side - t.eye_x - 0.01, y - t.eye_y + 0.03
    high = 0.165 + 0.02 * (1 - square)
    rim = _rim(dx / _WIDE, dy / high, square) * high
    soft = max(scene.pixel, 0.006)
    frame = step(half + soft, half - soft * 0.4, np.abs(rim))
    frame = np.maximum(frame, _bridge_and_temples(t, side, dy, half, soft))
    glint = _glint(scene.light, dx, dy) * step(soft, -soft, rim) * (1 - frame)
    share = np.maximum(frame, glint)
    tone = _tall(colour) * (np.clip(0.6 + 1.5 * dy, 0.4, 1.6) * 1.2) + 0.02
    mixed = tone * frame + _tall(scene.light.key) * (0.9 * glint)
    return Layer(mixed / np.maximum(share, 1e-3), share)


def _bridge_and_temples(t: Traits, side: Field, dy: Field, half: float, soft: float) -> Field:
    arch = np.abs(dy - 0.03 - 1.8 * side * side)
    inner, outer = t.eye_x - _WIDE, t.eye_x + _WIDE
    bridge = step(half * 0.9 + soft, half * 0.7, arch) * step(inner + 0.03, inner + 0.01, side)
    level = step(half * 1.2 + soft, half * 0.8, np.abs(dy - 0.05))
    result: Field = np.maximum(bridge, level * step(outer - 0.01, outer + 0.01, side) * step(0.60, 0.57, side))
    return result


def _glint(light: Light, dx: Field, dy: Field) -> Field:
    """Two slanting streaks, brighter when the lamp is high."""
    slant = dx * 0.7 + dy
    streaks = 0.5 * step(0.045, 0.0, np.abs(slant - 0.05)) + 0.4 * step(0.02, 0.0, np.abs(slant + 0.04))
    return streaks * (0.18 + 0.12 * max(0.0, light.towards[1]))


def _tall(colour: Colour) -> Field:
    return np.array(colour, np.float32)[:, None, None]


def _on_lenses(p: Pose, u: Field, v: Field) -> tuple[Field, Field]:
    """Where the ray through a camera point meets the lenses' curved sheet, as x and y of the head."""
    x, y = u, v
    for _ in range(2):
        depth = (_PLANE - 0.10 * x * x - u * p.right[2] - v * p.up[2]) / p.out[2]
        x = u * p.right[0] + v * p.up[0] + depth * p.out[0]
        y = u * p.right[1] + v * p.up[1] + depth * p.out[1]
    return x, y


def _rim(x: Field, y: Field, square: float) -> Field:
    """Distance from a rim between a circle and a rounded square, negative inside, in units of its half axes."""
    x2, y2 = x * x, y * y
    circle = np.sqrt(x2 + y2)
    result: Field = circle + (np.sqrt(np.sqrt(x2 * x2 + y2 * y2)) - circle) * square - 1
    return result
