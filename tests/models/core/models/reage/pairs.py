"""People of whom one thing changes with the years, and one does not."""

from __future__ import annotations

import numpy as np

from core.models.ageing.drawn_people import DrawnPeople


def drawn_people(count: int, size: int, ages: int = 4) -> DrawnPeople:
    """Return people with a bar on the nose that grows lighter with the years, on a ground of their own."""
    random = np.random.default_rng(5)
    years = np.sort(random.uniform(3, 90, (count, ages)), axis=1).astype(np.float32)
    pictures = np.empty((count, ages, size, size, 3), np.uint8)
    pictures[:] = random.integers(90, 130, (count, 1, 1, 1, 3))
    part = slice(size * 2 // 5, size * 3 // 5)
    pictures[:, :, part, part] = (40 + 2 * years)[..., None, None, None].astype(np.uint8)
    return DrawnPeople(pictures, years, (random.random(count) < 0.5).astype(np.int8))
