"""Open-set scenes (a gallery of known people, and queries that include strangers): fit and evaluate a recogniser."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np
from scipy.optimize import minimize

from core.domain.embedders import DLIB_AND_SFACE
from core.models.embedding.evidence import References
from core.models.embedding.head import cohort_of
from core.models.embedding.open_set import PRIORS, OpenSetPrior
from core.vision.recognition.calibrated_distances import (
    RECOGNISER_CONFIGS,
    CohortDistances,
    RecogniserConfig,
    calibrate,
    squared_distances,
)
from core.vision.recognition.mean_embedding import Gallery, MeanEmbeddingRecogniser, person_means

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.helpers.identity_faces import Faces
    from core.models.embedding.evidence import Evidence

STRANGER = -1
PICTURES = (1, 2, 3, 5, 9, 20)
STRANGERS = 10  # people kept out of a gallery, whose faces are queries
_QUERIES = 120  # of known people in a scene, and as many of strangers
# Both kinds of constants are fitted by Nelder-Mead, within these bounds; their names are the fields'.
_LIVE_BOUNDS = {
    "distance": (0.0, 2.0),
    "distance_one": (0.0, 1.0),
    "width": (0.003, 1.0),
    "width_one": (0.0, 1.0),
    "rival_distance": (0.0, 2.0),
    "rival_crowd": (0.0, 0.3),
    "rival_weight": (0.0, 100.0),
}
_PRIOR_BOUNDS = {
    "weight": (3.0, 300.0),
    "nearest": (0.0, 1.0),
    "distance": (0.0, 2.0),
    "noise": (0.0, 3.0),
    "rival_distance": (0.0, 2.0),
    "rivals": (0.0, 100.0),
}


@dataclass(frozen=True)
class Scene:
    """Faces as both methods see them.

    Attributes:
        distances: squared, (N, P), of faces to the means of people with `counts` (P,) pictures.
        cohort: distances of the faces to drawn people.
        evidence: what the embedding head sees.
        truth: (N,) the right columns, -1 of a stranger.
        disagreements: (N,) whether the two networks take the face for different people.
    """

    distances: NDArray[np.float64]
    counts: NDArray[np.intp]
    cohort: CohortDistances
    evidence: Evidence
    truth: NDArray[np.intp]
    disagreements: NDArray[np.bool_]


Method: TypeAlias = Callable[[Scene], "NDArray[np.float64]"]  # probabilities (N, P + 1), "unknown" last
Pools: TypeAlias = Sequence[tuple[float, Sequence[Scene]]]  # scenes with a weight in the likelihood

Constants = TypeVar("Constants", RecogniserConfig, OpenSetPrior)


def live(config: RecogniserConfig) -> Method:
    """Return the method without training, with these constants."""
    return lambda scene: calibrate(scene.distances, scene.counts, config, scene.cohort)


def unfitted_head(prior: OpenSetPrior) -> Method:
    """Return the embedding head as it is before it has seen a guild's pictures."""
    return lambda scene: prior.open_set(len(scene.counts)).probabilities(scene.evidence)


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


def scene(
    faces: Faces, pool: Sequence[int], people: int, pictures: Sequence[int], seed: int, *, strangers: int = STRANGERS
) -> Scene:
    """Draw a gallery of `people` of the pool, each with a number of pictures drawn from `pictures`, and queries."""
    random = np.random.default_rng(seed)
    drawn = random.permutation(pool)[: people + strangers]
    enrolled, queried = [], []
    for person in drawn[:people]:
        rows = random.permutation(np.flatnonzero(faces.people == person))
        count = int(random.choice(pictures))
        enrolled.append(rows[:count])
        queried.append(rows[count:][: max(1, _QUERIES // people)])
    of_each = max(1, sum(map(len, queried)) // strangers)
    others = [random.permutation(np.flatnonzero(faces.people == person))[:of_each] for person in drawn[people:]]
    return scene_of_rows(faces, enrolled, queried, np.concatenate(others))


def scene_of_rows(
    faces: Faces,
    enrolled: Sequence[NDArray[np.intp]],
    queried: Sequence[NDArray[np.intp]],
    strangers: NDArray[np.intp],
) -> Scene:
    """Return the scene of these rows of faces: for each person those enrolled and those asked for, and strangers'."""
    cohort = cohort_of(DLIB_AND_SFACE)
    assert cohort is not None
    people = len(enrolled)
    owners = np.repeat(np.arange(people), [len(rows) for rows in enrolled])
    pictures = faces.embeddings[np.concatenate(enrolled)]
    queries = faces.embeddings[np.concatenate([*queried, strangers])]
    truth = np.repeat([*range(people), STRANGER], [*(len(rows) for rows in queried), len(strangers)])
    ids = tuple(range(people))
    gallery = Gallery(ids, tuple(map(str, ids)), pictures, owners)
    means, counts = person_means(gallery)
    disagreements = MeanEmbeddingRecogniser(gallery).disagreements(queries, np.zeros((len(queries), people), bool))
    drawn = CohortDistances(squared_distances(queries, cohort.means), cohort.counts)
    evidence = References(pictures, owners, people, cohort).evidence(queries)
    return Scene(squared_distances(queries, means), counts, drawn, evidence, truth, disagreements)


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


def scenes_of_few(faces: Faces, pool: Sequence[int], *, repeats: int) -> list[Scene]:
    """Draw galleries of so few people as the idols are: one to all but two, with 1 to 9 pictures, up to 3 strangers."""
    numbers: list[tuple[int, ...]] = [(1,), (2,), (3,), (5,), (9,), (1, 2, 3, 5, 9)]
    plans = [(people, count) for people in range(1, max(2, len(pool) - 1)) for count in numbers]
    return [
        scene(faces, pool, people, count, seed * len(plans) + index, strangers=min(3, len(pool) - people))
        for seed in range(repeats)
        for index, (people, count) in enumerate(plans)
    ]


def first_day(faces: Faces, pool: Sequence[int], *, repeats: int, strangers: int) -> list[Scene]:
    """Draw galleries as a guild has them on its first day: one to five people with one to three pictures each."""
    plans = [(people, count) for people in range(1, 6) for count in ((1,), (2,), (3,), (1, 2, 3))]
    return [
        scene(
            faces, pool, people, count, 10_000 + seed * len(plans) + index, strangers=min(strangers, len(pool) - people)
        )
        for seed in range(repeats)
        for index, (people, count) in enumerate(plans)
    ]


def fit(pools: Pools) -> RecogniserConfig:
    """Fit the constants of the method without training by maximum likelihood."""
    return _fitted(pools, RECOGNISER_CONFIGS[DLIB_AND_SFACE], _LIVE_BOUNDS, live)


def fit_prior(pools: Pools) -> OpenSetPrior:
    """Fit what the embedding head starts from by maximum likelihood."""
    return _fitted(pools, PRIORS[DLIB_AND_SFACE], _PRIOR_BOUNDS, unfitted_head)


def _fitted(
    pools: Pools,
    start: Constants,
    bounds: Mapping[str, tuple[float, float]],
    method: Callable[[Constants], Method],
) -> Constants:
    def with_values(values: NDArray[np.float64]) -> Constants:
        return dataclasses.replace(start, **dict(zip(bounds, map(float, values), strict=True)))

    def loss(values: NDArray[np.float64]) -> float:
        return sum(weight * negative_log_likelihood(pool, method(with_values(values))) for weight, pool in pools)

    first = [getattr(start, name) for name in bounds]
    options = {"maxiter": 600, "adaptive": True, "xatol": 1e-3, "fatol": 1e-5}
    return with_values(minimize(loss, first, method="Nelder-Mead", bounds=list(bounds.values()), options=options).x)


def negative_log_likelihood(drawn_scenes: Sequence[Scene], method: Method) -> float:
    """Return the mean negative log-likelihood in nats; known faces and strangers' have equal weight."""
    losses = []
    for scene_ in drawn_scenes:
        probabilities = method(scene_)
        likelihoods = np.maximum(
            probabilities[np.arange(len(probabilities)), scene_.truth], 1e-12
        )  # -1 is the last column: unknown
        strangers = scene_.truth == STRANGER
        losses.append(-(np.log(likelihoods[strangers]).mean() + np.log(likelihoods[~strangers]).mean()) / 2)
    return float(np.mean(losses))


def evaluate(drawn_scenes: Sequence[Scene], method: Method) -> Outcome:
    """Recognise each query on its own."""
    probability, right, known = [], [], []
    for scene_ in drawn_scenes:
        probabilities = method(scene_)[:, :-1]
        probability.append(probabilities.max(1))
        right.append(probabilities.argmax(1) == scene_.truth)
        known.append(scene_.truth != STRANGER)
    return Outcome(np.concatenate(probability), np.concatenate(right), np.concatenate(known))
