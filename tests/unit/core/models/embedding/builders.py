"""Embeddings as faces have them: people about 0.75 apart (squared), pictures of one about 0.15 off his mean."""

from __future__ import annotations

import numpy as np

SIZE, PEOPLE_APART, SPREAD = 256, 0.6, 0.15


def faces_of(counts: list[int], seed: int = 0, apart: float = PEOPLE_APART) -> tuple[np.ndarray, np.ndarray]:
    """Embeddings (N, 256) and owners (N,), in mixed order; person i has counts[i] pictures."""
    random = np.random.default_rng(seed)
    people = random.normal(size=(len(counts), SIZE)) * np.sqrt(apart / 2 / SIZE)
    owners = random.permutation(np.repeat(np.arange(len(counts)), counts))
    noise = random.normal(size=(len(owners), SIZE)) * np.sqrt(SPREAD / SIZE)
    return (people[owners] + noise).astype(np.float32), owners
