"""A version of before there were two face networks, as its trainer wrote it, and the formulas it was asked with.

The formulas are copied from the code of then (commit 36abb5d), with its constants as numbers: what a version answers
must not change with an update.
"""

from __future__ import annotations

import numpy as np
from scipy.special import softmax

META = {"embedder": "dlib-resnet29-v1.align-1"}
NEAREST, RIVALS = 3, 4
DISTANCE_WIDTH, WIDTH_ONE, RIVAL_DISTANCE = 0.0147, 0.0126, 0.619


def old_tensors(counts: list[int], seed: int = 0) -> dict[str, np.ndarray]:
    """Return the tensors of a head that knows people with so many pictures each, 128 numbers a picture."""
    random = np.random.default_rng(seed)
    owners = np.repeat(np.arange(len(counts)), counts)  # a file has them in order
    means = random.normal(size=(len(counts), 128)) * np.sqrt(0.3 / 128)
    noise = random.normal(size=(len(owners), 128)) * np.sqrt(0.15 / 128)
    return {
        "embeddings": (means[owners] + noise).astype(np.float32),
        "owners": owners.astype(np.int32),
        "weights": np.array([55.1, 17.3]),
        "shared": np.array([18.7, 9.1]),
        "offsets": random.normal(0, 0.3, len(counts)),
    }


def old_probabilities(tensors: dict[str, np.ndarray], faces: np.ndarray) -> np.ndarray:
    """Return what such a head answered to faces (N, 128): (N, P + 1), "unknown" last."""
    return np.asarray(softmax(_logits(tensors, faces), axis=1))


def _logits(tensors: dict[str, np.ndarray], faces: np.ndarray) -> np.ndarray:
    distances, counts = _evidence(tensors["embeddings"], tensors["owners"], len(tensors["offsets"]), faces)
    ranked = np.sort(np.where(counts == 0, np.inf, distances[0]), axis=1)[:, 1 : RIVALS + 1]
    rivals = np.where(np.isfinite(ranked), ranked - RIVAL_DISTANCE, 0.0).sum(1) / RIVALS
    clearness = 1 / (1 + (WIDTH_ONE / DISTANCE_WIDTH) / np.maximum(1, counts))
    bias, rival_weight = (float(value) for value in tensors["shared"])
    known = tensors["offsets"] + clearness * (bias - np.tensordot(tensors["weights"], distances, 1))
    return np.column_stack([np.where(counts == 0, -np.inf, known), -rival_weight * rivals])


def _evidence(
    pictures: np.ndarray, owners: np.ndarray, people: int, faces: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    counts = np.bincount(owners, minlength=people)
    sums = np.zeros((people, 128))
    np.add.at(sums, owners, pictures)
    means = sums / np.maximum(1, counts)[:, None]
    freedom = len(owners) - int((counts > 0).sum())
    spread = float(((pictures - means[owners]) ** 2).sum() / freedom) if freedom else 0.0
    to_means = _squared(faces, means) - spread / np.maximum(1, counts)
    to_pictures = _squared(faces, pictures)
    near = [_mean_of_least(to_pictures[:, owners == person]) for person in range(people)]
    distances = np.where(counts == 0, 0.0, np.stack([to_means, np.stack(near, 1)]))
    return distances, np.broadcast_to(counts, (len(faces), people))


def _mean_of_least(distances: np.ndarray) -> np.ndarray:
    nearest = min(NEAREST, distances.shape[1])
    if not nearest:
        return np.zeros(len(distances))
    if nearest == distances.shape[1]:
        return np.asarray(distances.mean(1))
    return np.asarray(np.partition(distances, nearest - 1, axis=1)[:, :nearest].mean(1))


def _squared(faces: np.ndarray, others: np.ndarray) -> np.ndarray:
    return np.maximum((faces**2).sum(1)[:, None] + (others**2).sum(1) - 2 * faces @ others.T, 0.0)
