"""Rays from the camera on their way to a surface that only tells how far away it is."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from portraits.rendering.fields import Field

_UNMET = 9.0  # a gap larger than any: not yet met
_NOWHERE = -9.0  # a depth behind any
_BEHIND = -1.2  # a ray that is here has missed the head
_LEAST_STEP = 0.006  # half heads, about a pixel: past a surface that a ray only grazes


@dataclass(slots=True)
class Rays:
    """k rays through camera points (u, v).

    `depth` is where each is; `outside` and `clear` the last depth outside the surface and the gap there, `inside` and
    `deep` the first inside; `closest` the smallest gap so far, at `closest_at`.
    """

    u: Field
    v: Field
    depth: Field
    outside: Field
    clear: Field
    inside: Field
    deep: Field
    closest: Field
    closest_at: Field

    @classmethod
    def start(cls, u: Field, v: Field, depth: Field) -> Rays:
        """Rays that stand at `depth`, outside."""
        far = np.full_like(depth, _UNMET)
        return cls(u, v, depth, depth, far, depth, far, far, depth)

    def part(self, which: NDArray[np.int64]) -> Rays:
        """A copy of some of the rays."""
        return Rays(*(getattr(self, f.name)[which] for f in fields(self)))

    def put(self, which: NDArray[np.int64], part: Rays) -> None:
        """Write those rays back."""
        for f in fields(self):
            getattr(self, f.name)[which] = getattr(part, f.name)

    def undecided(self) -> NDArray[np.int64]:
        """Those that are near the surface but have neither met nor passed it."""
        return np.flatnonzero((self.deep == _UNMET) & (self.depth > -0.6) & (self.closest < 0.12))

    def met(self) -> Field:
        """The depths where they meet the surface, or come closest to it."""
        return np.where(self.deep < _UNMET, self.depth, self.closest_at)

    def advance(self, gap: Field) -> None:
        """One step, given the distance (k,) of each ray's point from the surface, negative inside."""
        depth, out = self.depth, gap > 0
        self.outside, self.clear = np.where(out, depth, self.outside), np.where(out, gap, self.clear)
        self.inside, self.deep = np.where(out, self.inside, depth), np.where(out, self.deep, gap)
        self.closest_at = np.where(gap < self.closest, depth, self.closest_at)
        self.closest = np.minimum(gap, self.closest)
        # The gap closes as fast as the ray runs towards the centre: a Newton step, held back for slopes and cliffs.
        slope = np.clip(depth / np.sqrt(self.u * self.u + self.v * self.v + depth * depth + 1e-6), 0.3, 1)
        onwards = np.maximum(depth - np.maximum(gap / slope * 0.85, _LEAST_STEP), _BEHIND)
        # Once a point inside is known, the surface lies between it and the last one outside.
        share = np.clip(self.clear / (self.clear - self.deep + 1e-9), 0.1, 0.9)
        self.depth = np.where(self.deep < _UNMET, self.outside + (self.inside - self.outside) * share, onwards)


def near_head(
    coarse: Rays, grid: tuple[int, ...], reach: float, shape: tuple[int, ...]
) -> tuple[NDArray[np.int64], NDArray[np.int64], Field]:
    """The rays of a picture of `shape` beside a coarse one that came within `reach`: rows, columns, starts.

    Each starts just before the nearest point that any coarse neighbour met, so that none starts inside the surface.
    """
    depth = np.where(coarse.closest < reach, coarse.met(), np.float32(_NOWHERE)).reshape(grid)
    wide = np.pad(depth, 1, constant_values=_NOWHERE)
    wide = np.maximum(np.maximum(wide[:-2], wide[1:-1]), wide[2:])
    wide = np.maximum(np.maximum(wide[:, :-2], wide[:, 1:-1]), wide[:, 2:])
    full = np.repeat(np.repeat(wide, 2, axis=0), 2, axis=1)[: shape[0], : shape[1]]
    rows, columns = np.nonzero(full > _NOWHERE)
    return rows, columns, full[rows, columns] + np.float32(0.01)
