"""Colours of materials, and how they cover each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from portraits.people.traits import Colour
from portraits.rendering.fields import Field, mix


@dataclass(slots=True)
class Paint:
    """The material of k points: linear colour (3, k), gloss (k,), softness (k,) and own light (3, k)."""

    colour: Field
    gloss: Field
    soft: Field
    glow: Field

    @classmethod
    def of(cls, colour: Field, k: int, *, gloss: float, soft: float) -> Paint:
        """The same material everywhere, but for its colour (3, k) or (3, 1)."""
        tones = np.array(np.broadcast_to(colour, (3, k)), np.float32)
        glosses, softs = np.full(k, gloss, np.float32), np.full(k, soft, np.float32)
        return cls(tones, glosses, softs, np.zeros((3, k), np.float32))

    def over(self, colour: Field | Colour, share: Field, gloss: float | None = None, soft: float | None = None) -> None:
        """Cover with another material where `share` (k,) is above 0."""
        self.colour = mix(self.colour, spread(colour) if isinstance(colour, tuple) else colour, share)
        if gloss is not None:
            self.gloss = mix(self.gloss, gloss, share)
        if soft is not None:
            self.soft = mix(self.soft, soft, share)

    def part(self, which: NDArray[np.int64]) -> Paint:
        """A copy of some of the points."""
        return Paint(self.colour[:, which], self.gloss[which], self.soft[which], self.glow[:, which])

    def put(self, which: NDArray[np.int64], part: Paint) -> None:
        """Write those points back."""
        self.colour[:, which], self.gloss[which] = part.colour, part.gloss
        self.soft[which], self.glow[:, which] = part.soft, part.glow


def spread(colour: Colour) -> Field:
    """A colour as (3, 1), ready to be mixed with fields of pixels."""
    return np.array(colour, np.float32)[:, None]


def linear(colour: Colour) -> Colour:
    """sRGB to linear light, with the square that stands for the true curve (exact on every machine)."""
    return (colour[0] ** 2, colour[1] ** 2, colour[2] ** 2)


def darker(colour: Colour, by: float) -> Colour:
    """The linear colour with `by` of its light left; red stays longest, as in skin."""
    red = by * (1.2 - 0.2 * by)  # close to by**0.8, without a power
    return (colour[0] * red, colour[1] * by, colour[2] * by)
