"""Hair: where it grows, how far it stands off the skin, which way it runs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from portraits.head.relief import Directions
from portraits.people.traits import Traits, Variation
from portraits.rendering.fields import Field, bump, hill, mix, noise, step, turn

CROWN = (0.0, 0.80, -0.60)  # the direction in which strands start, up and behind
_THINNEST = 0.025  # half heads; hair that lies flat


@dataclass(frozen=True, slots=True)
class Style:
    """A haircut. Lengths in half heads.

    `halves` are the half axes (across, up, down, deep) of the hair's outer shape and `square` how boxy it is low down.
    `fringe` is how far hair falls below the hairline, `sweep` slants its edge, `part` opens it in the middle, `recede`
    takes the temples back, `ragged` frays it and `lift` is how far from the edge hair reaches its full height.
    `side` is how far forward the sides reach, `bottom` where they end (ear lobes are at -0.35), thinning out over
    `taper`; `ears` tells whether these are free. `curl` is the depth of curls and `grain` their number, `strands` how
    visible single strands are. `curtain` is how far hair hangs below the chin, `bun` the height of a knot on top.
    """

    halves: tuple[float, float, float, float] = (0.78, 1.16, 0.9, 1.0)
    square: float = 0.2
    fringe: float = 0.0
    sweep: float = 0.0
    part: float = 0.0
    recede: float = 0.0
    ragged: float = 0.03
    lift: float = 0.2
    side: float = 0.12
    bottom: float = -0.2
    taper: float = 0.25
    ears: bool = True
    curl: float = 0.0
    grain: float = 9.0
    strands: float = 1.0
    curtain: float = 0.0
    bun: float = 0.0
    bare: bool = False


_LONG = Style(square=0.6, bottom=-1.3, taper=0.3, ears=False)


def _curly(halves: tuple[float, float, float, float], curl: float, grain: float, strands: float) -> Style:
    return Style(halves, square=0.0, bottom=-0.5, ears=False, curl=curl, grain=grain, strands=strands)


STYLES: dict[str, Style] = {
    "crop": Style((0.77, 1.17, 0.9, 1.0), fringe=0.05, ragged=0.06, lift=0.12),
    "side_part": Style((0.77, 1.19, 0.9, 1.0), fringe=-0.02, sweep=0.2, ragged=0.02),
    "quiff": Style((0.74, 1.30, 0.9, 1.02), fringe=-0.04, curl=0.02, grain=6, lift=0.24),
    "bald": Style(bare=True),
    "pixie": Style((0.79, 1.17, 0.9, 1.0), fringe=0.2, sweep=0.26, side=0.2, bottom=-0.25, ragged=0.05, lift=0.12),
    "silver": Style((0.765, 1.12, 0.9, 1.0), sweep=0.06, recede=0.12, curl=0.015, grain=7, ragged=0.02),
    "bun": Style((0.735, 1.09, 0.9, 0.96), fringe=-0.02, side=0.1, bottom=-0.3, bun=0.30, ragged=0.012),
    "bob": replace(
        _LONG,
        halves=(0.87, 1.15, 1.0, 1.0),
        square=0.7,
        fringe=0.27,
        side=0.36,
        bottom=-0.9,
        taper=0.03,
        lift=0.12,
        ragged=0.02,
    ),
    "long": replace(_LONG, halves=(0.84, 1.14, 1.25, 1.0), part=0.3, fringe=0.02, side=0.3, curtain=1.0, lift=0.16),
    "waves": replace(_LONG, halves=(0.90, 1.19, 1.25, 1.02), sweep=0.2, side=0.34, curtain=0.7, curl=0.03, grain=4.5),
    "curls": replace(_curly((0.90, 1.25, 0.95, 1.06), 0.06, 6, 0.5), fringe=0.10, side=0.22, ragged=0.07, taper=0.5),
    "afro": replace(_curly((1.04, 1.36, 0.85, 1.12), 0.035, 11, 0.25), side=0.10, ragged=0.04, taper=0.75, lift=0.3),
}


@dataclass(frozen=True, slots=True)
class Hair:
    """Fields (n, n): `cover` is the distance inside the hair's edge (negative outside), `depth` its thickness."""

    cover: Field
    depth: Field


def grow(t: Traits, m: Variation, d: Directions, radius: Field, points: tuple[Field, Field, Field]) -> Hair:
    """The hair on a head of that radius whose skull has those points."""
    style = STYLES[t.style]
    if style.bare:
        return Hair(np.full_like(radius, -1), np.zeros_like(radius))
    locks = noise(points[0] * 9 + 7.3, points[1] * 1.5 + points[2], m.seed % 5)
    locks = locks + 0.5 * noise(points[0] * 23, points[1] * 3, 11)
    cover = np.maximum(_top(t, style, points, locks), _sides(style, d, points, locks))
    depth = np.maximum(_outer(t, m, style, d) + _waves(style, m, d) - radius, _THINNEST)
    ends = step(style.bottom - 0.02, style.bottom + style.taper, points[1])
    return Hair(cover, depth * step(-0.01, style.lift, cover) * ends)


def across(t: Traits, m: Variation) -> float:
    """The hair's half width."""
    return STYLES[t.style].halves[0] * t.head_width / 0.70 * _volume(t, m)


def around_crown(x: Field, y: Field, z: Field) -> Field:
    """Which strand a direction lies on, from -2 to 2 around the crown."""
    return turn(x * 1.25, (y - CROWN[1]) * 0.6 - (z - CROWN[2]) * 0.8)


def _volume(t: Traits, m: Variation) -> float:
    return 1 + (t.volume * m.volume - 1) * 0.5


def _top(t: Traits, style: Style, points: tuple[Field, Field, Field], locks: Field) -> Field:
    """Distance above the hairline over the forehead."""
    x, y, _ = points
    side = np.abs(x)
    # The hairline comes down towards the temples.
    line = t.forehead - style.fringe - 0.2 * (side / 0.6) ** 2
    line = line + style.sweep * (x - t.parting) * (1 if t.parting <= 0 else -1)
    if style.part:
        line = line + style.part * (0.55 * np.maximum(1 - ((x - t.parting * 0.4) / 0.42) ** 2, 0) - 0.25)
    back = style.recede + t.recede + 0.05 * max(0.0, t.age - 0.5)
    if back:
        line = line + back * (0.4 + 1.6 * bump(side, y, (0.36, 0.6), (0.28, 0.5)))
    return y - line + style.ragged * locks


def _sides(style: Style, d: Directions, points: tuple[Field, Field, Field], locks: Field) -> Field:
    """Distance behind the line along which the hair at the sides begins."""
    _, y, z = points
    if style.ears:
        front = mix(style.side - 0.12, style.side + 0.3, step(-0.1, 0.5, y))
    else:
        front = mix(style.side, style.side + 0.25, step(0.0, 0.5, y))
    sides = np.minimum(front - z + style.ragged * 0.6 * locks, y - style.bottom)
    # Below the ears hair falls past the cheeks, and never grows under the chin.
    return np.minimum(sides, np.abs(d.x) - 0.46 * step(-0.05, -0.4, d.y))


def _outer(t: Traits, m: Variation, style: Style, d: Directions) -> Field:
    """How far the hair reaches in each direction, curls aside."""
    _, up, down, deep = style.halves
    qx = (d.x / across(t, m)) ** 2
    qy = (d.y / np.where(d.y > 0, np.float32(up * _volume(t, m)), np.float32(down))) ** 2
    qz = (d.z / np.where(d.z > 0, np.float32(deep * 0.9), np.float32(deep))) ** 2
    boxy = np.sqrt(qx * qx + qy * qy) - qx - qy
    outer = 1 / np.sqrt(qx + qy + qz + boxy * mix(0.24, style.square, step(0.3, -0.2, d.y)))
    if t.parting:
        groove = hill(d.x, t.parting * np.clip(1 - d.y, 0.45, 1), 0.07) * step(0.3, 0.6, d.y) * step(-0.6, 0.0, d.z)
        outer = outer - 0.02 * groove
    if style.bun:
        outer = outer + style.bun * step(0.80, 0.985, 0.93 * d.y - 0.37 * d.z)
    return outer


def _waves(style: Style, m: Variation, d: Directions) -> Field:
    """Locks along the strands, and curls; other ones in every picture."""
    shift = (m.seed % 7) * 5.1
    locks = noise(around_crown(d.x, d.y, d.z) * 9 + shift, d.y * 1.2, 23) * style.strands
    if not style.curl:
        return 0.014 * locks
    # Three flat noises at right angles make one in space, without its cost.
    g = style.grain
    curls = noise(d.x * g + shift, d.y * g, 21) + noise(d.y * g + 9, d.z * g + shift, 22)
    return style.curl * 0.75 * (curls + noise(d.z * g, d.x * g + 5, 24)) + 0.010 * locks
