"""Patterns of no face, as wallpaper, cloth, stone and walls have them: each a field of shades over a plane."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from PIL import Image, ImageDraw
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Field: TypeAlias = "NDArray[np.float64]"
    Random: TypeAlias = np.random.Generator

_LEAVES = 260  # of foliage: they cover the plane several times
_SEAM = 0.06  # of a cell: mortar, and the lines between tiles


@dataclass(frozen=True, slots=True)
class Plane:
    """Where a pattern is drawn: `size` pixels a side; `u` and `v` (size, size) count repeats across and down."""

    size: int
    u: Field
    v: Field

    @classmethod
    def turned(cls, size: int, repeats: float, degrees: float) -> Plane:
        """So many repeats across the picture, turned about its middle."""
        y, x = np.mgrid[:size, :size] / size - 0.5
        angle = math.radians(degrees)
        u = (x * math.cos(angle) + y * math.sin(angle)) * repeats
        v = (y * math.cos(angle) - x * math.sin(angle)) * repeats
        return cls(size, u, v)


def _stripes(plane: Plane, random: Random) -> Field:
    return _bands(plane.u, random)


def _tartan(plane: Plane, random: Random) -> Field:
    return (_bands(plane.u, random) + _bands(plane.v, random)) / 2


def _checks(plane: Plane, random: Random) -> Field:
    soft = random.uniform(0.02, 0.3)
    waves = np.sin(2 * np.pi * plane.u) * np.sin(2 * np.pi * plane.v)
    return _edge(waves, soft)


def _dots(plane: Plane, random: Random) -> Field:
    shift = 0.5 * (np.floor(plane.v) % 2) * (random.random() < 0.5)
    away = np.hypot(_part(plane.u + shift) - 0.5, _part(plane.v) - 0.5)
    radius, ring = random.uniform(0.15, 0.42), random.random() < 0.3
    return _edge(radius - (np.abs(away - radius / 2) * 2 if ring else away), 0.04)


def _damask(plane: Plane, random: Random) -> Field:
    """A motif that mirrors itself, again and again."""
    across, down = np.abs(_part(plane.u) - 0.5) * 2, np.abs(_part(plane.v / random.uniform(1, 1.8)) - 0.5) * 2
    total = np.zeros_like(across)
    for _ in range(7):
        m, n = random.integers(0, 5, 2)
        total += random.normal() * np.cos(np.pi * (m * across + n * down) + random.uniform(0, 2 * np.pi))
    return _edge(total, random.uniform(0.1, 1.2))


def _tiles(plane: Plane, random: Random) -> Field:
    """Hexagons, each of a shade of its own."""
    rows = plane.v / math.sqrt(3)
    one = np.stack([np.round(plane.u), np.round(rows)])
    other = np.stack([np.floor(plane.u) + 0.5, np.floor(rows) + 0.5])
    at = np.stack([plane.u, rows])
    stretch = np.array([1.0, math.sqrt(3)])[:, None, None]
    near = [np.hypot(*((at - centre) * stretch)) for centre in (one, other)]
    centre = np.where(near[0] < near[1], one, other)
    seam = np.abs(near[0] - near[1]) < _SEAM
    return np.where(seam, 0.0, 0.3 + 0.7 * _shade(centre[0] * 2, centre[1] * 2, random))


def _weave(plane: Plane, random: Random) -> Field:
    over = (np.floor(plane.u) + np.floor(plane.v) // random.integers(1, 3)) % 2 == 0
    thread = np.where(over, np.sin(np.pi * _part(plane.u)), np.sin(np.pi * _part(plane.v)))
    return np.asarray(0.75 * thread + 0.25 * over)


def _wood(plane: Plane, random: Random) -> Field:
    rings = np.hypot(plane.u * 0.15 + random.uniform(-1, 1), plane.v + random.uniform(2, 6))
    wavy = rings + random.uniform(0.2, 0.8) * _clouds_of(plane.size, 2.4, random)
    fine = _clouds_of(plane.size, 0.6, random)
    return _squeezed(0.8 * _part(wavy) + 0.2 * fine)


def _marble(plane: Plane, random: Random) -> Field:
    veins = plane.u / 2 + random.uniform(0.5, 2.5) * _clouds_of(plane.size, 1.9, random)
    return np.asarray(np.abs(np.sin(np.pi * veins)) ** random.uniform(0.3, 1.0))


def _clouds(plane: Plane, random: Random) -> Field:
    return _clouds_of(plane.size, random.uniform(0.7, 2.2), random)


def _gratings(plane: Plane, random: Random) -> Field:
    second = plane.u * random.uniform(0.8, 1.2) + plane.v * random.uniform(-0.6, 0.6)
    return np.asarray(0.5 + 0.25 * np.sin(2 * np.pi * plane.u) + 0.25 * np.sin(2 * np.pi * second))


def _gradients(plane: Plane, random: Random) -> Field:
    """Straight, round, or all around a point."""
    kind = random.integers(3)
    x, y = plane.u + random.uniform(-1, 1), plane.v + random.uniform(-1, 1)
    field = (x, np.hypot(x, y), np.arctan2(y, x))[kind]
    return _squeezed(field)


def _foliage(plane: Plane, random: Random) -> Field:
    picture = Image.new("L", (plane.size, plane.size))
    draw = ImageDraw.Draw(picture)
    length = plane.size * random.uniform(0.05, 0.16)
    for _ in range(_LEAVES):
        x, y, angle = *random.uniform(0, plane.size, 2), random.uniform(0, 2 * np.pi)
        draw.polygon(_leaf(x, y, angle, length * random.uniform(0.6, 1.4)), fill=int(random.integers(30, 256)))
    return np.asarray(picture, np.float64) / 255


def _leaf(x: float, y: float, angle: float, length: float) -> list[tuple[float, float]]:
    along = np.linspace(-1, 1, 9)
    width = 0.35 * (1 - along**2)
    outline = np.concatenate([np.stack([along, width]), np.stack([along[::-1], -width[::-1]])], axis=1) * length
    turn = np.array([(math.cos(angle), -math.sin(angle)), (math.sin(angle), math.cos(angle))])
    return [(x + px, y + py) for px, py in (turn @ outline).T]


def _bricks(plane: Plane, random: Random) -> Field:
    row = np.floor(plane.v * 2)
    along = plane.u + 0.5 * (row % 2)
    joint = (_part(along) < _SEAM) | (_part(plane.v * 2) < 2 * _SEAM)
    worn = 0.15 * _clouds_of(plane.size, 1.0, random)
    return np.where(joint, 0.0, 0.25 + 0.6 * _shade(np.floor(along), row, random) + worn)


def _writing(plane: Plane, random: Random) -> Field:
    """Rows of words in no alphabet: each letter is three by five squares."""
    across, down = plane.u * 3, plane.v * 2
    column, row = np.floor(across), np.floor(down)
    ink = _shade(np.floor(across * 4), np.floor(down * 8) + 1e3 * row, random) < random.uniform(0.4, 0.65)
    letter = (_part(across) < 0.75) & (_part(down) < 0.625) & (_shade(column, row, random) > 0.15)
    return np.where(ink & letter, 1.0, 0.0)


def _pebbles(plane: Plane, random: Random) -> Field:
    points = random.uniform(0, plane.size, (int(random.integers(20, 400)), 2))
    at = np.mgrid[: plane.size, : plane.size].reshape(2, -1).T
    away, nearest = cKDTree(points).query(at, k=2)
    shades = random.uniform(0.2, 1.0, len(points))[nearest[:, 0]]
    seam = away[:, 1] - away[:, 0] < 1 + plane.size / 200
    return np.where(seam, 0.0, shades).reshape(plane.size, plane.size)


def _spots(plane: Plane, random: Random) -> Field:
    """As a leopard has them: noise of one wavelength, cut off."""
    frequency = np.hypot(np.fft.fftfreq(plane.size)[:, None], np.fft.fftfreq(plane.size)) * plane.size
    wavelengths = random.uniform(4, 18)
    ring = np.exp(-(((frequency - wavelengths) / (0.25 * wavelengths)) ** 2))
    noise = np.fft.ifft2(np.fft.fft2(random.normal(size=(plane.size, plane.size))) * ring).real
    return _edge(noise / noise.std(), random.uniform(0.1, 0.8))


def _mosaic(plane: Plane, random: Random) -> Field:
    return _shade(np.floor(plane.u * 2), np.floor(plane.v * 2), random)


def _zigzag(plane: Plane, random: Random) -> Field:
    return _bands(plane.v + random.uniform(0.3, 1.0) * np.abs(_part(plane.u) - 0.5), random)


def _scales(plane: Plane, random: Random) -> Field:
    """Of a fish, or of a roof."""
    row = np.floor(plane.v * 2)
    across, down = _part(plane.u + 0.5 * (row % 2)) - 0.5, _part(plane.v * 2)
    return np.asarray(_part(np.hypot(across, 0.5 * down) * random.uniform(1.0, 3.0)))


def _bands(at: Field, random: Random) -> Field:
    """Stripes that repeat after 1, each of a width and a shade of its own."""
    ends = np.cumsum(random.uniform(0.1, 1.0, int(random.integers(2, 7))))
    return np.asarray(random.uniform(0, 1, len(ends))[np.searchsorted(ends[:-1] / ends[-1], _part(at))])


def _clouds_of(size: int, roughness: float, random: Random) -> Field:
    """Noise whose amplitude falls with the frequency to the power of -`roughness`."""
    frequency = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.fftfreq(size))
    frequency[0, 0] = np.inf  # without a mean
    spectrum = np.fft.fft2(random.normal(size=(size, size))) * frequency**-roughness
    return _squeezed(np.fft.ifft2(spectrum).real)


def _shade(column: Field, row: Field, random: Random) -> Field:
    """A random shade for each cell, the same wherever the cell is asked for."""
    a, b, c = random.uniform(10, 90, 3)
    return _part(np.sin(column * a + row * b + c) * 43758.5453)


def _part(field: Field) -> Field:
    return np.asarray(field - np.floor(field))


def _edge(field: Field, soft: float) -> Field:
    """0 below 0, 1 above, with a border of the width `soft`."""
    return np.asarray(np.clip(field / soft + 0.5, 0.0, 1.0))


def _squeezed(field: Field) -> Field:
    low, high = field.min(), field.max()
    return np.asarray((field - low) / max(high - low, 1e-9))


PATTERNS: Mapping[str, Callable[[Plane, Random], Field]] = {
    one.__name__.removeprefix("_"): one
    for one in (
        *(_stripes, _tartan, _checks, _dots, _damask, _tiles, _weave, _wood, _marble, _clouds),
        *(_gratings, _gradients, _foliage, _bricks, _writing, _pebbles, _spots, _mosaic, _zigzag, _scales),
    )
}
