"""Arithmetic on whole fields of pixels.

Only +, -, *, / and square roots are used on fields: IEEE 754 defines their results to the last bit, so a picture comes
out the same on every machine. Exponentials and sines differ between CPUs and are left to the few numbers of a pose.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Field = NDArray[Any]  # of float32, always; numpy's stubs lose that in arithmetic with a Python number


def step(low: float | Field, high: float | Field, x: Field) -> Field:
    """0 below `low`, 1 above `high`, a smooth S between; `low` > `high` turns it round."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def bump(x: Field, y: Field, at: tuple[float, float], half: tuple[float, float]) -> Field:
    """A smooth hill of height 1 at the point `at` that ends at the half axes `half`."""
    u, v = (x - at[0]) * (1 / half[0]), (y - at[1]) * (1 / half[1])
    d = np.maximum(1 - u * u - v * v, 0)
    return d * d * d


def hill(x: Field, centre: float | Field, width: float | Field) -> Field:
    """A smooth ridge of height 1 at `centre` that ends `width` to both sides."""
    u = (x - centre) / width
    d = np.maximum(1 - u * u, 0)
    return d * d


def mix(one: Any, other: Any, share: Any) -> Field:
    """From `one` (share 0) to `other` (share 1); each a field or a number."""
    result: Field = one + (other - one) * share
    return result


def blur(field: Field, radius: int) -> Field:
    """Three box blurs, close to a Gaussian of deviation `radius`; edges repeat."""
    for _ in range(3):
        field = _box(_box(field, radius, 0), radius, 1)
    return field


def _box(field: Field, radius: int, axis: int) -> Field:
    if radius < 1:
        return field
    pad = [(0, 0)] * field.ndim
    pad[axis] = (radius + 1, radius)
    # Sums in double precision: a running sum in single precision loses the last digits of a long row.
    total = np.cumsum(np.pad(field, pad, mode="edge"), axis=axis, dtype=np.float64)
    width = 2 * radius + 1
    ahead = np.take(total, range(width, total.shape[axis]), axis=axis)
    behind = np.take(total, range(total.shape[axis] - width), axis=axis)
    return ((ahead - behind) / width).astype(np.float32)


@lru_cache(maxsize=128)  # all that the drawings use, 16 KB each
def _lattice(seed: int) -> Field:
    values = np.random.Generator(np.random.PCG64(seed)).random((64, 64), np.float32)
    return values * 2 - 1


def noise(u: Field, v: Field, seed: int = 0) -> Field:
    """Smooth value noise in [-1, 1] with features about 1 wide; repeats every 64."""
    lattice = _lattice(seed).ravel()
    fu, fv = np.floor(u), np.floor(v)
    su, sv = u - fu, v - fv
    su, sv = su * su * (3 - 2 * su), sv * sv * (3 - 2 * sv)
    i, j = fu.astype(np.int32) & 63, fv.astype(np.int32) & 63
    i1, row, row1 = (i + 1) & 63, j * 64, ((j + 1) & 63) * 64
    low = mix(lattice[row + i], lattice[row + i1], su)
    high = mix(lattice[row1 + i], lattice[row1 + i1], su)
    return mix(low, high, sv)


def turn(u: Field, v: Field) -> Field:
    """A stand-in for the angle of (u, v), without a sine: rises from -2 to 2 once around, exactly reproducible."""
    along = u / (np.abs(u) + np.abs(v) + 1e-6)
    return np.where(v < 0, along - 1, 1 - along)
