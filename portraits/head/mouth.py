"""The mouth: lips, and what shows between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from portraits.rendering.fields import Field, hill, mix, noise, step
from portraits.rendering.paint import Paint, darker, linear, spread
from portraits.rendering.scene import Scene

_TEETH = (0.72, 0.69, 0.62)
_INSIDE = (0.06, 0.012, 0.012)
_TONGUE = (0.36, 0.10, 0.10)
_CLOSED = 0.012  # half heads; lips nearer than this touch


@dataclass(frozen=True, slots=True)
class _Mouth:
    """The mouth's points and its curves there: where the lips meet (`line`), the gap's edges `above` and `below` it.

    `u` is the distance from the middle in half widths, `gap` the gap's height in the middle.
    """

    x: Field
    y: Field
    u: Field
    line: Field
    above: Field
    below: Field
    gap: float


def paint_mouth(scene: Scene, paint: Paint, x: Field, y: Field) -> None:
    """Lips and gap on the points of the face (x, y)."""
    t = scene.traits
    near = np.flatnonzero((np.abs(x) < t.mouth_width * 1.6) & (np.abs(y - t.mouth_y) < 0.34))
    if len(near):
        part, mouth = paint.part(near), _mouth(scene, x[near], y[near])
        _lips(scene, part, mouth)
        if mouth.gap >= _CLOSED:
            _between(part, mouth, min(max(0.011, scene.pixel), mouth.gap * 0.5))
        _seam(scene, part, mouth)
        paint.put(near, part)


def _mouth(scene: Scene, x: Field, y: Field) -> _Mouth:
    t, m = scene.traits, scene.variation
    u = np.abs(x) * (1 / (t.mouth_width * (1 + 0.18 * m.smile - 0.06 * m.open)))
    line = t.mouth_y + 0.06 * m.smile * u * u - 0.015 * max(m.smile, 0.0)
    gap = 0.15 * m.open + 0.02 * max(0.0, m.smile - 0.5)
    round_ = np.sqrt(np.maximum(1 - u * u, 0))
    return _Mouth(x, y, u, line, line + gap * 0.22 * round_, line - gap * 0.78 * round_, gap)


def _lips(scene: Scene, paint: Paint, mouth: _Mouth) -> None:
    t, m, u, y = scene.traits, scene.variation, mouth.u, mouth.y
    arch = np.maximum(1 - u * u, 0)
    round_ = np.sqrt(arch)
    thin = 1 - 0.2 * max(m.smile, 0.0) - 0.15 * m.open
    bow = 1 - 0.30 * hill(u, 0, 0.22) + 0.10 * hill(u, 0.27, 0.25)
    top = mouth.above + t.lip_upper * thin * bow * (0.75 * arch + 0.25 * round_)
    bottom = mouth.below - t.lip_lower * thin * (0.35 * arch + 0.65 * round_) * round_
    soft = max(0.011, scene.pixel)
    lips = step(-soft, soft, top - y) * step(-soft, soft, y - bottom) * step(1.03, 0.95, u)
    tone = spread(linear(t.lips)) * (1 + 0.10 * noise(mouth.x * 40, y * 6, 81))
    # The upper lip turns away from the sky.
    paint.over(tone * mix(0.82, 1.0, step(0.02, -0.02, y - mouth.line)), lips * 0.88, gloss=0.55, soft=0.8)


def _between(paint: Paint, mouth: _Mouth, soft: float) -> None:
    """The open mouth: dark, a hint of tongue, the upper teeth."""
    y, u = mouth.y, mouth.u
    inside = step(-soft, soft, mouth.above - y) * step(-soft, soft, y - mouth.below) * step(1.0, 0.94, u)
    low = step(0.0, -0.06, y - mouth.line + mouth.gap * 0.45)
    paint.over(mix(spread(_INSIDE), spread(_TONGUE), low * 0.6), inside, gloss=0.1)
    edge = mouth.above - min(0.062, 0.03 + mouth.gap * 0.5)
    shade = (1 - 0.55 * u * u) * (0.93 + 0.07 * step(-0.2, 0.5, hill((mouth.x * 24) % 1, 0.5, 0.45)))
    paint.over(spread(_TEETH) * shade, inside * step(-soft, soft, y - edge) * step(0.93, 0.82, u), gloss=0.4)


def _seam(scene: Scene, paint: Paint, mouth: _Mouth) -> None:
    """The shadow where closed lips meet, and at the corners."""
    dark = hill(mouth.u, 1.0, 0.12) * hill(mouth.y, mouth.line, 0.03) * 0.5
    if mouth.gap < _CLOSED:
        middle = (mouth.above + mouth.below) * 0.5
        width = 0.014 + max(0.011, scene.pixel) * 0.4
        dark = dark + hill(mouth.y, middle, width) * step(1.10, 0.96, mouth.u) * 0.85
    paint.over(darker(linear(scene.traits.lips), 0.16), np.minimum(1, dark), gloss=0.05)
