"""Galleries of known people with strangers at the door: what the recogniser's constants are fitted and judged on."""

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
STRANGERS = 10  # people kept out of a gallery, who come as strangers
_QUERIES = 120  # known faces asked for in a gallery, and as many of strangers
FITTED = ("distance", "distance_one", "width", "width_one", "rival_distance", "rival_weight")


@dataclass(frozen=True)
class Scene:
    """Squared distances (N, P) of faces to people with `counts` (P,) pictures; `truth` (N,), -1 for a stranger."""

    distances: NDArray[np.float64]
    counts: NDArray[np.intp]
    truth: NDArray[np.intp]


@dataclass(frozen=True)
class Outcome:
    """For each face of many scenes the probability of the likeliest person, whether it is right, whether known."""

    chance: NDArray[np.float64]
    right: NDArray[np.bool_]
    known: NDArray[np.bool_]

    def strangers_named(self, name_from: float) -> float:
        """Share of the strangers' faces."""
        return float((self.chance[~self.known] >= name_from).mean())

    def named_rightly(self, name_from: float) -> float:
        """Share of the known people's faces."""
        return float((self.right & (self.chance >= name_from))[self.known].mean())

    def named_wrongly(self, name_from: float) -> float:
        """Share of the known people's faces that get another's name."""
        return float((~self.right & (self.chance >= name_from))[self.known].mean())

    def calibration_error(self) -> float:
        """Expected calibration error of the likeliest person's probability, ten bins (Naeini et al. 2015)."""
        bins = np.minimum((self.chance * 10).astype(int), 9)
        gaps = [abs(self.chance[bins == b].sum() - self.right[bins == b].sum()) for b in range(10)]
        return float(sum(gaps) / len(self.chance))

    def auroc(self) -> float:
        """How often a known face is surer than a stranger's."""
        order = np.argsort(np.argsort(self.chance))
        known, strangers = int(self.known.sum()), int((~self.known).sum())
        return float((order[self.known].sum() - known * (known - 1) / 2) / (known * strangers))


def scene(faces: Faces, pool: Sequence[int], people: int, pictures: Sequence[int], seed: int) -> Scene:
    """A gallery of `people` of the pool, each with a number of pictures drawn from `pictures`, and queries."""
    random = np.random.default_rng(seed)
    drawn = random.permutation(pool)[: people + STRANGERS]
    known, strangers = drawn[:people], drawn[people:]
    enrolled, owners, asked, truth = [], [], [], []
    for place, person in enumerate(known):
        rows = random.permutation(np.flatnonzero(faces.people == person))
        count = int(random.choice(pictures))
        enrolled += list(rows[:count])
        owners += [place] * count
        queries = rows[count:][: max(1, _QUERIES // people)]
        asked += list(queries)
        truth += [place] * len(queries)
    for person in strangers:
        rows = random.permutation(np.flatnonzero(faces.people == person))[: len(truth) // STRANGERS]
        asked += list(rows)
    truth += [STRANGER] * (len(asked) - len(truth))
    places = tuple(range(people))
    gallery = Gallery(places, tuple(map(str, places)), faces.embeddings[enrolled], np.array(owners))
    means, counts = person_means(gallery)
    return Scene(squared_distances(faces.embeddings[asked], means), counts, np.array(truth))


def scenes(faces: Faces, pool: Sequence[int], *, repeats: int) -> list[Scene]:
    """Galleries of 1 to 30 people with 1 to 20 pictures each, alike or mixed."""
    sizes = [people for people in (1, 2, 4, 8, 15, 30) if people + STRANGERS <= len(pool)]
    numbers: list[tuple[int, ...]] = [*((count,) for count in PICTURES), PICTURES]
    plans = [(people, count) for people in sizes for count in numbers]
    return [
        scene(faces, pool, people, count, seed * len(plans) + index)
        for seed in range(repeats)
        for index, (people, count) in enumerate(plans)
    ]


def fit(material: Sequence[Scene]) -> RecogniserConfig:
    """The constants under which what happened was likeliest."""

    def with_values(values: NDArray[np.float64]) -> RecogniserConfig:
        return dataclasses.replace(RecogniserConfig(), **dict(zip(FITTED, map(float, values), strict=True)))

    start = [getattr(RecogniserConfig(), name) for name in FITTED]
    bounds = [(0.0, 2.0), (0.0, 1.0), (0.003, 1.0), (0.0, 1.0), (0.0, 2.0), (0.0, 100.0)]
    found = minimize(lambda values: surprise(material, with_values(values)), start, method="Nelder-Mead", bounds=bounds,
                     options={"maxiter": 400, "adaptive": True})  # fmt: skip
    return with_values(found.x)


def surprise(material: Sequence[Scene], config: RecogniserConfig) -> float:
    """Mean negative logarithm of what happened, in nats; the two kinds of face count alike."""
    losses = []
    for one in material:
        chances = calibrate(one.distances, one.counts, config)
        happened = np.maximum(chances[np.arange(len(chances)), one.truth], 1e-12)  # -1 is the last column: unknown
        strangers = one.truth == STRANGER
        losses.append(-(np.log(happened[strangers]).mean() + np.log(happened[~strangers]).mean()) / 2)
    return float(np.mean(losses))


def judge(material: Sequence[Scene], config: RecogniserConfig) -> Outcome:
    """What the recogniser would say of each face alone."""
    chance, right, known = [], [], []
    for one in material:
        chances = calibrate(one.distances, one.counts, config)[:, :-1]
        chance.append(chances.max(1))
        right.append(chances.argmax(1) == one.truth)
        known.append(one.truth != STRANGER)
    return Outcome(np.concatenate(chance), np.concatenate(right), np.concatenate(known))
