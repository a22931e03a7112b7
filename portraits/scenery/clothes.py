"""What people wear: jumpers, shirts, hoods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from portraits.rendering.fields import Field, hill, mix, noise, step
from portraits.rendering.paint import linear, spread
from portraits.rendering.scene import Scene

CLOTHES = ("crew", "vee", "shirt", "turtle", "hood", "blouse")


@dataclass(frozen=True, slots=True)
class Cloth:
    """Linear colour (3, k), the folds' slopes, and the light that the head leaves (k,)."""

    colour: Field
    nx: Field
    ny: Field
    sky: Field


@dataclass(frozen=True, slots=True)
class _Cut:
    """The body's points, their distance `side` from its middle and `line` below the neckline, negative above."""

    x: Field
    v: Field
    side: Field
    line: Field


def dress(scene: Scene, x: Field, v: Field, nx: Field, ny: Field) -> tuple[Cloth, Field]:
    """The cloth on the body's points (x, v) with those slopes, and where it covers the skin (k,)."""
    m, side = scene.variation, np.abs(x)
    cut = _Cut(x, v, side, _below_neckline(scene, x, v, side))
    shift = m.seed % 11  # other folds in every picture
    wide = noise(x * 2.2 + v * 1.1 + shift, v * 1.2 - x * 0.4, 111)
    fine = noise(x * 6 - v * 3, v * 2.5 + shift, 112)
    colour = spread(linear(m.clothes_colour)) * (1 + 0.04 * noise(x * 70, v * 70, 113))
    arm = hill(side, scene.traits.shoulders * 0.86, 0.045) * step(-2.2, -2.7, v)
    colour = colour * (1 - 0.35 * arm)
    colour = _trimmed(m.clothes, colour, cut, striped=m.seed % 2 == 1)
    sky = 0.55 + 0.45 * step(-1.3, -1.75, v + 0.35 * side)
    folds = np.clip(nx * 0.9 + 0.16 * wide + 0.07 * fine, -0.95, 0.95)
    return Cloth(colour, folds, ny + 0.12 * fine, sky), step(-scene.pixel, scene.pixel, cut.line)


def _below_neckline(scene: Scene, x: Field, v: Field, side: Field) -> Field:
    neck = scene.traits.neck
    lines: dict[str, Callable[[], Field]] = {
        "turtle": lambda: -1.02 - v + 0.05 * x * x,
        "hood": lambda: np.maximum(-1.48 - v + 0.55 * x * x, side - neck * 1.02),
        "vee": lambda: -1.95 - v + 1.35 * side,
        "shirt": lambda: np.maximum(-1.70 - v + 1.15 * side, side - neck * 0.97),
        "blouse": lambda: -1.62 - v + 0.84 * x * x,
        "crew": lambda: -1.43 - v + 1.04 * x * x,
    }
    return lines[scene.variation.clothes]()


def _trimmed(kind: str, colour: Field, cut: _Cut, *, striped: bool) -> Field:
    """The colour with what the kind of clothing has along its neckline."""
    if kind in ("crew", "turtle"):
        return _ribbed(colour, cut, 0.11 if kind == "crew" else 0.40)
    if kind == "hood":
        return _hooded(colour, cut)
    if kind == "shirt":
        return _buttoned(colour, cut, striped=striped)
    return colour * (1 - 0.3 * hill(cut.line, 0.05, 0.02))


def _ribbed(colour: Field, cut: _Cut, band: float) -> Field:
    """A knitted band along the neckline."""
    inside = step(band + 0.015, band - 0.01, cut.line)
    return colour * (1 - 0.16 * inside * hill((cut.x * 20) % 1, 0.5, 0.5) - 0.35 * hill(cut.line, band, 0.025))


def _hooded(colour: Field, cut: _Cut) -> Field:
    """The hood's rolled edge and its two cords."""
    colour = colour * (1 - 0.5 * hill(cut.line, 0.30 + 0.08 * cut.side, 0.07) + 0.10 * hill(cut.line, 0.16, 0.12))
    cord = np.minimum(1, 2 * hill(cut.side, 0.30 + 0.02 * cut.v, 0.028))
    return mix(colour, 0.75, 0.85 * cord * step(-1.60, -1.64, cut.v) * step(-2.25, -2.2, cut.v))


def _buttoned(colour: Field, cut: _Cut, *, striped: bool) -> Field:
    """A collar and the button tape, with or without stripes."""
    collar = step(0.235, 0.22, cut.line) * step(-1.88, -1.80, cut.v)
    edge = 0.42 * hill(cut.line, 0.235, 0.02) * step(-1.95, -1.85, cut.v)
    tape = 0.35 * hill(cut.side, 0.0, 0.014) * step(-1.70, -1.78, cut.v)
    colour = colour * (1 + 0.12 * collar - edge - tape)
    return colour * (1 - 0.35 * hill((cut.x * 5.5) % 1, 0.5, 0.12) * (1 - collar)) if striped else colour
