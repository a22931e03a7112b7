"""Where people stand in a group photo, so that nobody hides another's face."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SMALLEST_FACE, LARGEST_FACE = 48, 300  # pixels from hairline to chin
_FACE = 1.6  # half heads from hairline to chin
_APART = 2.1  # half heads between neighbours' centres: hair and shoulders overlap, faces never
_BEHIND = 0.84  # the back row's size: a step further from the camera
_MAX_PEOPLE = 8
_IN_ONE_ROW = 4


@dataclass(frozen=True, slots=True)
class HeadPosition:
    """Where the head of person `index` is: its centre and half height, in pixels."""

    index: int
    x: float
    y: float
    scale: float


def place_heads(count: int, seed: int, width: int, height: int) -> list[HeadPosition]:
    """Return the head positions of `count` people: one row up to four, else two, the back between the front's heads.

    Raises:
        ValueError: fewer than two or more than eight people, or a picture too small for them.
    """
    if not 2 <= count <= _MAX_PEOPLE:
        raise ValueError(f"a group has 2 to {_MAX_PEOPLE} people, not {count}")
    rng = np.random.Generator(np.random.PCG64((seed, count, 2)))
    back = 0 if count <= _IN_ONE_ROW else count // 2
    scale = _scale(rng, count - back, back, width, height)
    order = [int(i) for i in rng.permutation(count)]
    gap = _APART * scale * (1.0 + 0.15 * float(rng.random()))
    # Far groups stand lower: no one is a chess pawn of jumper down to the edge.
    foot = max(height * (0.58 if back else 0.42) + 0.2 * scale, height - 4.4 * scale)
    # As many behind as in front: half a gap aside, or each would stand behind a head.
    aside = gap / 4 if back == count - back else 0.0
    front = _row(rng, order[: count - back], HeadPosition(0, width / 2 - aside, foot, scale), gap)
    behind = HeadPosition(0, width / 2 + aside, foot - 1.6 * scale, scale * _BEHIND)
    return front + _row(rng, order[count - back :], behind, gap)


def _scale(rng: np.random.Generator, front: int, back: int, width: int, height: int) -> float:
    """Half a head in pixels: about as large as there is room for; every fifth group stands further away."""
    widest = min(width / (_APART * 1.15 * (front + 0.5)), height / (4.2 if back else 3.3), LARGEST_FACE / _FACE / 1.08)
    smallest = SMALLEST_FACE / _FACE / 0.92 / (_BEHIND if back else 1.0)
    if widest < smallest:
        raise ValueError(f"{width}x{height} pixels are too few for {front + back} faces")
    near, share = float(rng.random()), float(rng.random())
    return max(smallest, widest * (0.8 + 0.2 * share if near > 0.2 else 0.35 + 0.3 * share))


def _row(rng: np.random.Generator, who: list[int], middle: HeadPosition, gap: float) -> list[HeadPosition]:
    """People side by side about the middle, each a little taller or nearer than the other."""
    left, scale = middle.x - gap * (len(who) - 1) / 2, middle.scale
    spots = []
    for k, index in enumerate(who):
        own, high, aside = (float(value) - 0.5 for value in rng.random(3))
        spots.append(
            HeadPosition(
                index, left + k * gap + 0.1 * scale * aside, middle.y + 0.2 * scale * high, scale * (1 + 0.14 * own)
            )
        )
    return spots
