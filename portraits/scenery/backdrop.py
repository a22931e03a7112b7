"""What is behind: rooms, streets and gardens far out of focus."""

from __future__ import annotations

import numpy as np

from portraits.people.traits import Colour
from portraits.rendering.fields import Field, blur, mix, noise, step
from portraits.rendering.paint import linear

# Top, bottom and accent colours of a place, sRGB.
_PLACES: tuple[tuple[Colour, Colour, Colour], ...] = (
    ((0.80, 0.86, 0.90), (0.52, 0.60, 0.62), (0.95, 0.85, 0.65)),  # a window
    ((0.62, 0.72, 0.55), (0.34, 0.45, 0.30), (0.88, 0.90, 0.62)),  # a garden
    ((0.78, 0.70, 0.60), (0.50, 0.40, 0.34), (0.95, 0.78, 0.52)),  # a cafe
    ((0.58, 0.64, 0.74), (0.30, 0.34, 0.44), (0.92, 0.72, 0.55)),  # a street in the evening
    ((0.86, 0.80, 0.78), (0.66, 0.56, 0.56), (0.75, 0.62, 0.70)),  # a living room
    ((0.60, 0.76, 0.86), (0.72, 0.70, 0.62), (0.92, 0.94, 0.95)),  # the sea
    ((0.42, 0.44, 0.48), (0.24, 0.25, 0.29), (0.70, 0.66, 0.60)),  # a studio
    ((0.85, 0.83, 0.76), (0.60, 0.62, 0.56), (0.55, 0.66, 0.62)),  # a kitchen
)


def backdrop(seed: int, height: int, width: int) -> Field:
    """Linear colour (3, height, width). Drawn small, since nothing in it is sharp, then enlarged."""
    rng = np.random.Generator(np.random.PCG64((seed, 7)))
    top, bottom, accent = (
        np.array(linear(c), np.float32)[:, None, None] for c in _PLACES[int(rng.integers(len(_PLACES)))]
    )
    rows, columns = 48, max(8, round(48 * width / height))
    v, u = np.meshgrid(
        np.linspace(0, 1, rows, dtype=np.float32),
        np.linspace(0, columns / rows, columns, dtype=np.float32),
        indexing="ij",
    )
    field = mix(top, bottom, step(0.1, 0.95, v + 0.1 * noise(u * 3, v * 3, int(rng.integers(50)))))
    field = _furniture(rng, field, u, v, accent)
    field = np.stack([blur(channel, 2) for channel in field])
    return _lights(rng, _enlarged(field, height, width), accent)


def _furniture(rng: np.random.Generator, field: Field, u: Field, v: Field, accent: Field) -> Field:
    """Upright and lying shapes: frames, trunks, shelves."""
    for _ in range(int(rng.integers(3, 7))):
        cx, cy, w, h, tone = (float(value) for value in rng.random(5))
        cx, w, h = cx * float(u.max()), 0.04 + 0.16 * w, 0.1 + 0.5 * h
        shape = step(w, w * 0.8, np.abs(u - cx)) * step(h, h * 0.9, np.abs(v - cy))
        colour = mix(field * (0.55 + 0.8 * tone), accent * (0.4 + 0.6 * tone), 0.35)
        field = mix(field, colour, 0.65 * shape)
    return field


def _lights(rng: np.random.Generator, field: Field, accent: Field) -> Field:
    """Discs of light, as a wide-open lens draws them."""
    height, width = field.shape[1:]
    for _ in range(int(rng.integers(0, 9))):
        cx, cy, r, strength = (float(value) for value in rng.random(4))
        x, y, r = cx * width, cy * 0.7 * height, (0.025 + 0.05 * r) * height
        rows = slice(max(0, int(y - 1.3 * r)), int(y + 1.3 * r) + 1)
        columns = slice(max(0, int(x - 1.3 * r)), int(x + 1.3 * r) + 1)
        part = field[:, rows, columns]
        v = np.arange(rows.start, rows.start + part.shape[1], dtype=np.float32)[:, None] - np.float32(y)
        u = np.arange(columns.start, columns.start + part.shape[2], dtype=np.float32)[None] - np.float32(x)
        away = np.sqrt(u * u + v * v) * np.float32(1 / r)
        disc = step(1.15, 0.85, away) * (0.75 + 0.25 * step(0.5, 1.0, away))
        part += accent * (disc * (0.10 + 0.30 * strength))
    return field


def _enlarged(field: Field, height: int, width: int) -> Field:
    """Bilinear, with smoothed steps so that no facets show."""
    rows = np.linspace(0, field.shape[1] - 1.001, height, dtype=np.float32)
    columns = np.linspace(0, field.shape[2] - 1.001, width, dtype=np.float32)
    j, i = rows.astype(np.int32), columns.astype(np.int32)
    fv, fu = (rows - j)[:, None], columns - i
    tall = field[:, j] * (1 - fv) + field[:, j + 1] * fv
    result: Field = tall[:, :, i] * (1 - fu) + tall[:, :, i + 1] * fu
    return result
