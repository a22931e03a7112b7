"""Arithmetic with codes, the points of the space in which a model's faces lie."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.models.generators.generator import FaceModel

    Codes = NDArray[np.float32]


def latent_arithmetic(mean: Codes, added: Codes, subtracted: Codes) -> Codes:
    """What the added faces have and the subtracted ones have not, as differences from the mean face.

    Radford et al. 2016, "Unsupervised representation learning with DCGANs", section 6.3: smiling woman - woman + man.
    A sum of many lies far outside where faces are, so it is shortened to the length that the added ones have.

    Args:
        mean: (Z,).
        added: (N, Z), N from 1.
        subtracted: (M, Z), M from 0.

    Returns:
        (Z,). Of faces that cancel each other out, the mean face: nothing is left that a longer code would show.
    """
    sides = added - mean
    total = sides.sum(0) - (subtracted - mean).sum(0)
    usual = float(np.linalg.norm(sides, axis=1).mean())
    shrink = min(1.0, usual / max(float(np.linalg.norm(total)), 1e-12))
    return np.asarray(mean + shrink * total, np.float32)


def add_traits(model: FaceModel, codes: Codes, traits: Mapping[str, float]) -> Codes:
    """Codes (N, Z) with so much of each trait on top; UNKNOWN_TRAIT."""
    for name, strength in traits.items():
        codes = codes + np.float32(strength) * model.direction(name)
    return codes


def closed_path(model: FaceModel, keys: Codes, frames: int) -> Iterator[Codes]:
    """From each of (N, Z) to the next, and from the last back to the first: N times (`frames`, Z).

    The first frame of each part is a key. It goes slower near keys, so that one sees the faces that are meant.
    """
    shares = ease_in_out(frames)
    for start, end in zip(keys, np.roll(keys, -1, axis=0), strict=True):
        yield model.path(start, end, shares)


def ease_in_out(frames: int) -> Sequence[float]:
    """Shares of the way from 0 on, the end left out: slow, fast, slow."""
    return [0.5 - 0.5 * math.cos(math.pi * frame / frames) for frame in range(frames)]
