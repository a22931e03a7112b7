"""Latent arithmetic and paths: sums of faces, added traits, and key frames of a film, in a generator's latent space."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.models.generators.generator import FaceGenerator

    Latents = NDArray[np.float32]


def latent_arithmetic(mean: Latents, added: Latents, subtracted: Latents) -> Latents:
    """Sum the added faces and subtract the others, as differences from the mean face.

    Radford et al. 2016, "Unsupervised representation learning with DCGANs", section 6.3: smiling woman - woman + man.
    A sum of many lies far outside where faces are, so it is shortened to the mean length of the added ones.

    Args:
        mean: (Z,).
        added: (N, Z), N from 1.
        subtracted: (M, Z), M from 0.

    Returns:
        (Z,). The mean face where the faces cancel each other out.
    """
    differences = added - mean
    total = differences.sum(0) - (subtracted - mean).sum(0)
    length = float(np.linalg.norm(differences, axis=1).mean())
    scale = min(1.0, length / max(float(np.linalg.norm(total)), 1e-12))
    return np.asarray(mean + scale * total, np.float32)


def add_traits(model: FaceGenerator, latents: Latents, traits: Mapping[str, float]) -> Latents:
    """Add traits with these strengths to latents (N, Z); UNKNOWN_TRAIT."""
    for name, strength in traits.items():
        latents = latents + np.float32(strength) * model.direction(name)
    return latents


def closed_path(model: FaceGenerator, keys: Latents, frames: int) -> Iterator[Latents]:
    """Yield the way from each of (N, Z) to the next, and from the last back to the first: N times (`frames`, Z).

    The first frame of each part is a key; near the keys the path is slower.
    """
    fractions = ease_in_out(frames)
    for start, end in zip(keys, np.roll(keys, -1, axis=0), strict=True):
        yield model.path(start, end, fractions)


def ease_in_out(frames: int) -> Sequence[float]:
    """Return fractions of a way from 0 on, the end left out: slow, fast, slow."""
    return [0.5 - 0.5 * math.cos(math.pi * frame / frames) for frame in range(frames)]
