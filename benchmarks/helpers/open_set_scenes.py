"""Open-set scenes (a gallery of known people, and queries that include strangers): fit and evaluate a recogniser."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize

from core.vision.recognition.mean_embedding import Gallery, RecogniserConfig, calibrate, person_means, squared_distances

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from benchmarks.helpers.identity_faces import Faces

STRANGER = -1
PICTURES = (1, 2, 3, 5, 9, 20)
STRANGERS = 10  # people kept out of a gallery, whose faces are queries
_QUERIES = 120  # of known people in a scene, and as many of strangers
FITTED = ("distance", "distance_one", "width", "width_one", "rival_distance", "rival_weight")


@dataclass(frozen=True)
class Scene:
    """Squared distances (N, P) of faces to people with `counts` (P,) pictures; `truth` (N,), -1 for a stranger."""

    distances: NDArray[np.float64]
    counts: NDArray[np.intp]
    truth: NDArray[np.intp]


@dataclass(frozen=True)
class Outcome:
    """Of each query: the highest probability of a person, whether that person is right, whether the face is known."""

    probability: NDArray[np.float64]
    right: NDArray[np.bool_]
    known: NDArray[np.bool_]

    def strangers_named(self, name_from: float) -> float:
        """Return the fraction of the strangers' faces that get a name."""
        return float((self.probability[~self.known] >= name_from).mean())

    def named_rightly(self, name_from: float) -> float:
        """Return the fraction of the known people's faces that get their name."""
        return float((self.right & (self.probability >= name_from))[self.known].mean())

    def named_wrongly(self, name_from: float) -> float:
        """Return the fraction of the known people's faces that get another's name."""
        return float((~self.right & (self.probability >= name_from))[self.known].mean())

    def calibration_error(self) -> float:
        """Return the expected calibration error of the highest probability, ten bins (Naeini et al. 2015)."""
        bins = np.minimum((self.probability * 10).astype(int), 9)
        gaps = [abs(self.probability[bins == b].sum() - self.right[bins == b].sum()) for b in range(10)]
        return float(sum(gaps) / len(self.probability))

    def auroc(self) -> float:
        """Return the area under the ROC curve of known faces against strangers'."""
        order = np.argsort(np.argsort(self.probability))
        known, strangers = int(self.known.sum()), int((~self.known).sum())
        return float((order[self.known].sum() - known * (known - 1) / 2) / (known * strangers))


def scene(faces: Faces, pool: Sequence[int], people: int, pictures: Sequence[int], seed: int) -> Scene:
    """Draw a gallery of `people` of the pool, each with a number of pictures drawn from `pictures`, and queries."""
    random = np.random.default_rng(seed)
    drawn = random.permutation(pool)[: people + STRANGERS]
    known, strangers = drawn[:people], drawn[people:]
    enrolled, owners, queried, truth = [], [], [], []
    for index, person in enumerate(known):
        rows = random.permutation(np.flatnonzero(faces.people == person))
        count = int(random.choice(pictures))
        enrolled += list(rows[:count])
        owners += [index] * count
        queries = rows[count:][: max(1, _QUERIES // people)]
        queried += list(queries)
        truth += [index] * len(queries)
    for person in strangers:
        rows = random.permutation(np.flatnonzero(faces.people == person))[: len(truth) // STRANGERS]
        queried += list(rows)
    truth += [STRANGER] * (len(queried) - len(truth))
    ids = tuple(range(people))
    gallery = Gallery(ids, tuple(map(str, ids)), faces.embeddings[enrolled], np.array(owners))
    means, counts = person_means(gallery)
    return Scene(squared_distances(faces.embeddings[queried], means), counts, np.array(truth))


def scenes(faces: Faces, pool: Sequence[int], *, repeats: int) -> list[Scene]:
    """Draw galleries of 1 to 30 people with 1 to 20 pictures each, alike or mixed."""
    sizes = [people for people in (1, 2, 4, 8, 15, 30) if people + STRANGERS <= len(pool)]
    numbers: list[tuple[int, ...]] = [*((count,) for count in PICTURES), PICTURES]
    plans = [(people, count) for people in sizes for count in numbers]
    return [
        scene(faces, pool, people, count, seed * len(plans) + index)
        for seed in range(repeats)
        for index, (people, count) in enumerate(plans)
    ]


def fit(drawn_scenes: Sequence[Scene]) -> RecogniserConfig:
    """Fit the recogniser's constants by maximum likelihood."""

    def with_values(values: NDArray[np.float64]) -> RecogniserConfig:
        return dataclasses.replace(RecogniserConfig(), **dict(zip(FITTED, map(float, values), strict=True)))

    start = [getattr(RecogniserConfig(), name) for name in FITTED]
    bounds = [(0.0, 2.0), (0.0, 1.0), (0.003, 1.0), (0.0, 1.0), (0.0, 2.0), (0.0, 100.0)]
    optimum = minimize(
        lambda values: negative_log_likelihood(drawn_scenes, with_values(values)),
        start,
        method="Nelder-Mead",
        bounds=bounds,
        options={"maxiter": 400, "adaptive": True},
    )
    return with_values(optimum.x)


def negative_log_likelihood(drawn_scenes: Sequence[Scene], config: RecogniserConfig) -> float:
    """Return the mean negative log-likelihood in nats; known faces and strangers' have equal weight."""
    losses = []
    for scene_ in drawn_scenes:
        probabilities = calibrate(scene_.distances, scene_.counts, config)
        likelihoods = np.maximum(
            probabilities[np.arange(len(probabilities)), scene_.truth], 1e-12
        )  # -1 is the last column: unknown
        strangers = scene_.truth == STRANGER
        losses.append(-(np.log(likelihoods[strangers]).mean() + np.log(likelihoods[~strangers]).mean()) / 2)
    return float(np.mean(losses))


def evaluate(drawn_scenes: Sequence[Scene], config: RecogniserConfig) -> Outcome:
    """Recognise each query on its own."""
    probability, right, known = [], [], []
    for scene_ in drawn_scenes:
        probabilities = calibrate(scene_.distances, scene_.counts, config)[:, :-1]
        probability.append(probabilities.max(1))
        right.append(probabilities.argmax(1) == scene_.truth)
        known.append(scene_.truth != STRANGER)
    return Outcome(np.concatenate(probability), np.concatenate(right), np.concatenate(known))
