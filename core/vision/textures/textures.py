"""Reproducible pictures of no face, to measure how often a recogniser names textures as people."""

from __future__ import annotations

import colorsys
import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.ndimage import gaussian_filter

from core.vision.textures.patterns import PATTERNS, Plane

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZE = 160  # pixels a side: a little more than any network looks at
_MIN_REPEATS, _MAX_REPEATS = 2.0, 20.0  # of the pattern across the picture
_STREAM = 15  # of random numbers, this module's own
_GREYISH = 0.3  # fraction of the pictures that have hardly any colour, as stone and plaster


def texture(seed: int) -> NDArray[np.uint8]:
    """Draw the texture of a seed, (160, 160, 3) RGB; successive seeds have different patterns.

    Raises:
        ValueError: a negative number.
    """
    if seed < 0:
        raise ValueError(f"there is no texture {seed}")
    random = np.random.default_rng((_STREAM, seed))
    names = list(PATTERNS)
    pattern = PATTERNS[names[seed % len(names)]]
    repeats = math.exp(random.uniform(math.log(_MIN_REPEATS), math.log(_MAX_REPEATS)))
    turned = random.choice((0.0, 45.0, 90.0, random.uniform(0, 180)))  # wallpaper hangs straight, mostly
    field = pattern(Plane.turned(SIZE, repeats, float(turned)), random)
    return _photographed(_coloured(field, random), random)


def textures(first: int, count: int) -> NDArray[np.uint8]:
    """Draw the textures of `count` successive seeds, (count, 160, 160, 3)."""
    pictures = [texture(seed) for seed in range(first, first + count)]
    return np.array(pictures, np.uint8).reshape(-1, SIZE, SIZE, 3)


def _coloured(field: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.float64]:
    """Map shades in [0, 1] to colours in [0, 1], along a palette of two to five."""
    saturation = random.uniform(0, 0.12) if random.random() < _GREYISH else random.uniform(0.15, 0.9)
    hue = random.random()
    palette = np.array([
        colorsys.hsv_to_rgb((hue + random.normal(0, 0.12)) % 1, saturation * random.uniform(0.5, 1), value)
        for value in random.uniform(0.1, 1, int(random.integers(2, 6)))
    ])  # fmt: skip
    at = np.linspace(0, 1, len(palette))
    return np.stack([np.interp(field, at, palette[:, channel]) for channel in range(3)], axis=-1)


def _photographed(colours: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.uint8]:
    """Add uneven light, blur and a camera's grain."""
    light = Plane.turned(SIZE, 1.0, random.uniform(0, 360)).u * random.uniform(0, 0.5) + 1
    blur = random.uniform(0, 1.2)
    soft = gaussian_filter(colours * light[..., None], (blur, blur, 0))
    grain = random.normal(0, random.uniform(0, 0.03), soft.shape)
    return np.asarray(np.clip(np.round((soft + grain) * 255), 0, 255), np.uint8)
