"""Eyes: lids that open and close, an iris that looks somewhere, the spark of the light in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from portraits.people.traits import Traits, Variation
from portraits.rendering.fields import Field, hill, mix, noise, step
from portraits.rendering.paint import Paint, darker, linear, spread
from portraits.rendering.scene import Scene

_IRIS = 0.070  # half heads; a little larger than life (0.052), which reads as friendly
_WHITE = (0.80, 0.77, 0.74)
_PINK = (0.55, 0.28, 0.25)
_BLACK = (0.004, 0.004, 0.005)
_LASH = (0.012, 0.008, 0.007)


@dataclass(frozen=True, slots=True)
class _Eye:
    """One eye's points: `x` runs from the nose outwards, `y` up along the tilt, `across` is x in half widths.

    `top` and `bottom` are the lids' edges there, `inside` the share between them; `sign` is -1 for the eye on the left;
    `soft` the width of an edge.
    """

    x: Field
    y: Field
    across: Field
    top: Field
    bottom: Field
    inside: Field
    sign: float
    soft: float


def paint_eyes(scene: Scene, paint: Paint, x: Field, y: Field) -> None:
    """Both eyes, on the points of the face (x, y)."""
    t = scene.traits
    for sign in (-1.0, 1.0):
        near = np.flatnonzero((np.abs(x * sign - t.eye_x) < t.eye_width * 1.8) & (np.abs(y - t.eye_y) < 0.22))
        if len(near):
            part = paint.part(near)
            eye = _eye(scene, x[near] * sign - t.eye_x, y[near] - t.eye_y, sign)
            _crease(scene, part, eye)
            _ball(scene, part, eye)
            _lashes(t, part, eye)
            paint.put(near, part)


def _eye(scene: Scene, x: Field, y: Field, sign: float) -> _Eye:
    t, m = scene.traits, scene.variation
    across, y = x / t.eye_width, y - t.eye_tilt * x - 0.012
    arch = np.maximum(1 - across * across, 0)
    round_ = np.sqrt(arch)
    high = t.eye_width * t.eye_open
    lean = 1 - 0.22 * across  # the upper lid peaks nearer to the nose
    top = high * 1.10 * m.lids * (1 + 0.25 * max(0.0, m.brow_raise)) * (arch * lean * 0.55 + round_ * 0.45)
    smiling = 1 - 0.22 * max(0.0, m.smile)  # a smile lifts the lower lid
    bottom = -high * 0.72 * smiling * (0.25 + 0.75 * m.lids) * (arch * 0.6 + round_ * 0.4)
    soft = max(scene.pixel * 0.8, 0.006)
    inside = step(-soft, soft, top - y) * step(-soft, soft, y - bottom) * step(1.02, 0.96, np.abs(across))
    return _Eye(x, y, across, top, bottom, inside, sign, soft)


def _crease(scene: Scene, paint: Paint, eye: _Eye) -> None:
    """The fold above the upper lid; single lids (eye_fold 0) have hardly any."""
    t = scene.traits
    above = eye.top + 0.028 + 0.03 * t.eye_fold * scene.variation.lids + 0.02 * np.clip(eye.across, -1, 1)
    line = hill(eye.y, above, 0.02) * step(1.25, 0.7, np.abs(eye.across + 0.05))
    paint.over(darker(linear(t.skin), 0.32), line * (0.12 + 0.55 * t.eye_fold))


def _ball(scene: Scene, paint: Paint, eye: _Eye) -> None:
    """White, iris and the sparks of key and window."""
    m, under_lid = scene.variation, eye.top - eye.y
    # The eyeball curves away from the light at its corners and lies in the shadow of the lashes.
    shade = 1 - 0.35 * eye.across * eye.across - 0.55 * step(0.06, 0.0, under_lid)
    white = mix(spread(_WHITE) * np.clip(shade, 0.25, 1), spread(_PINK), 0.8 * step(-0.72, -0.98, eye.across))
    size = _IRIS * scene.traits.iris_size
    dx = (eye.x - eye.sign * m.gaze[0] * 0.05) * (1 / size)
    dy = (eye.y - m.gaze[1] * 0.04 + 0.002) * (1 / size)
    r, soft = np.sqrt(dx * dx + dy * dy), eye.soft / size
    iris = _iris(scene.traits, r, dx, dy) * np.clip(1.1 - 0.6 * step(0.05, 0.0, under_lid), 0, 1)
    paint.over(mix(white, iris, step(1 + soft, 1 - soft, r)), eye.inside, gloss=0.05, soft=0.25)
    paint.glow += _sparks(m, dx * eye.sign, dy, soft) * eye.inside * 0.9


def _iris(t: Traits, r: Field, dx: Field, dy: Field) -> Field:
    rays = 1 + 0.18 * noise(dx / (np.abs(dx) + np.abs(dy) + 0.014) * 7, r * 2, 71)
    # Light falls in from above and leaves the lower half brighter.
    lit = (0.75 + 0.85 * step(0.3, -0.9, dy)) * rays * (1 - 0.75 * step(0.72, 1.0, r))
    return mix(spread(linear(t.iris)) * lit, spread(_BLACK), step(0.50, 0.40, r))


def _sparks(m: Variation, dx: Field, dy: Field, soft: float) -> Field:
    """The lamp, mirrored towards itself, and its faint reflection opposite."""
    x, y = max(-1.0, min(1.0, m.light_x)) * 0.36, 0.34
    first = step(0.30 + soft, 0.20, np.sqrt((dx - x) ** 2 + (dy - y) ** 2))
    second = step(0.2, 0.08, np.sqrt((dx + x) ** 2 + (dy + 0.45) ** 2))
    return np.maximum(first, 0.35 * second)


def _lashes(t: Traits, paint: Paint, eye: _Eye) -> None:
    across, soft = eye.across, eye.soft
    thick = 0.009 + 0.013 * t.lashes * (0.6 + 0.4 * np.clip(across, -1, 1))
    reach = step(1.10 + 0.10 * t.lashes, 0.97, across) * step(-1.06, -0.9, across)
    # Outside the corner the line runs on a little upwards: the lashes' wing.
    wing = eye.top + np.maximum(across - 0.97, 0) * t.eye_open * 0.10
    line = step(thick + soft, thick - soft * 0.5, np.abs(eye.y - wing - thick * 0.6)) * reach
    paint.over(_LASH, line * (0.75 + 0.25 * t.lashes), gloss=0.0, soft=0.0)
    low = hill(eye.y, eye.bottom - 0.004, 0.012 + soft * 0.5) * step(1.0, 0.85, np.abs(across))
    paint.over(darker(linear(t.skin), 0.22), low * (0.35 + 0.3 * t.lashes))
