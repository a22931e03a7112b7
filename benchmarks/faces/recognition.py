"""Open-set accuracy of recognition: 40 people with few pictures each, seven idols, and strangers.

`python -m benchmarks recognition`; with `--fit` it prints the constants of `RecogniserConfig` and `OpenSetPrior`,
fitted on all people. Measured are the constants as shipped, and, since those have seen everybody, constants fitted on
half of the people and measured on the other half ("unseen people").
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.helpers.identity_faces import Faces, identity_faces, idol_faces
from benchmarks.helpers.open_set_scenes import (
    PICTURES,
    Method,
    Outcome,
    Pools,
    Scene,
    evaluate,
    fit,
    fit_prior,
    live,
    scene,
    scenes,
    scenes_of_few,
)
from benchmarks.helpers.report import Figures, print_and_keep
from core.domain.embedders import EMBEDDING_NAME
from core.vision.recognition.calibrated_distances import RECOGNISER_CONFIGS, squared_distances
from core.vision.recognition.mean_embedding import DISAGREE_FROM, NAME_FROM, Gallery, person_means

SAMPLE = 60  # pictures a person: 20 to enrol and 40 as queries; the detector takes half a minute a thousand
ENROLLED = (1, 3, 5, 9, 20)
DRAWS = 10
REPEATS = 2
IDOLS = 7
IDOL_REPEATS = 3
_IDENTITY = 2 / 3  # weight of the 40 people in the likelihood; the seven idols are few, but unlike them


def run() -> dict[str, float | int | str]:
    """Return accuracy among known people, open-set rates and calibration."""
    faces, idols = identity_faces(SAMPLE), idol_faces()
    method = live(RECOGNISER_CONFIGS[EMBEDDING_NAME])
    figures: dict[str, float | int | str] = {"pictures": len(faces.people), "no face found, %": 100 * faces.missed}
    for count in ENROLLED:
        figures[f"accuracy, 40 people, {count} pictures each, %"] = 100 * closed_set(faces, count)
    everybody, seven = list(range(40)), list(range(IDOLS))
    figures |= rates("shipped constants", evaluate(scenes(faces, everybody, repeats=REPEATS), method))
    figures |= rates("shipped constants, idols", evaluate(scenes_of_few(idols, seven, repeats=IDOL_REPEATS), method))
    for title, drawn_scenes in (
        ("40 people", scenes(faces, everybody, repeats=REPEATS)),
        ("idols", scenes_of_few(idols, seven, repeats=IDOL_REPEATS)),
    ):
        figures |= disagreements(title, drawn_scenes, method)
    for count in PICTURES:
        drawn_scenes = [scene(faces, everybody, 30, (count,), seed) for seed in range(DRAWS)]
        outcome = evaluate(drawn_scenes, method)
        figures[f"30 people, {count} pictures: strangers named, %"] = 100 * outcome.strangers_named(NAME_FROM)
        figures[f"30 people, {count} pictures: named rightly, %"] = 100 * outcome.named_rightly(NAME_FROM)
        figures[f"30 people, {count} pictures: AUROC"] = outcome.auroc()
    unseen, unseen_idols = cross_fitted(faces, idols)
    return figures | rates("unseen people", unseen) | rates("unseen idols", unseen_idols)


def rates(title: str, outcome: Outcome, name_from: float = NAME_FROM) -> dict[str, float]:
    """Return the open-set figures under a title."""
    return {
        f"{title}: strangers named, %": 100 * outcome.strangers_named(name_from),
        f"{title}: known named rightly, %": 100 * outcome.named_rightly(name_from),
        f"{title}: known named wrongly, %": 100 * outcome.named_wrongly(name_from),
        f"{title}: ECE": outcome.calibration_error(),
        f"{title}: AUROC": outcome.auroc(),
    }


def disagreements(title: str, drawn_scenes: Sequence[Scene], method: Method) -> dict[str, float]:
    """Return of how many faces it is told that the networks disagree; a guild of one person has no disagreement."""
    several = [scene for scene in drawn_scenes if len(scene.counts) > 1]
    outcome = evaluate(several, method)
    told = np.concatenate([scene.disagreements for scene in several]) & (outcome.probability >= DISAGREE_FROM)
    named = outcome.probability >= NAME_FROM
    kinds = {
        "named rightly": outcome.known & named & outcome.right,
        "known but unnamed": outcome.known & ~named,
        "strangers that are named": ~outcome.known & named,
        "strangers that stay unknown": ~outcome.known & ~named,
    }
    return {f"{title}: networks disagree, {kind}, %": 100 * float(told[rows].mean()) for kind, rows in kinds.items()}


def closed_set(faces: Faces, count: int) -> float:
    """Return the fraction of faces whose nearest person is right, all 40 enrolled with `count` pictures."""
    fractions = []
    for seed in range(DRAWS):
        random = np.random.default_rng(seed)
        rows = [random.permutation(np.flatnonzero(faces.people == person)) for person in range(40)]
        enrolled = np.concatenate([row[:count] for row in rows])
        queried = np.concatenate([row[count:] for row in rows])
        names = tuple(map(str, range(40)))
        gallery = Gallery(tuple(range(40)), names, faces.embeddings[enrolled], faces.people[enrolled])
        means, _ = person_means(gallery)
        nearest = squared_distances(faces.embeddings[queried], means).argmin(1)
        fractions.append((nearest == faces.people[queried]).mean())
    return float(np.mean(fractions))


def pools(faces: Faces, people: Sequence[int], idols: Faces, idol_people: Sequence[int]) -> Pools:
    """Return the scenes of these people with their weights in the likelihood."""
    return (
        (_IDENTITY, scenes(faces, people, repeats=REPEATS)),
        (1 - _IDENTITY, scenes_of_few(idols, idol_people, repeats=IDOL_REPEATS)),
    )


def cross_fitted(faces: Faces, idols: Faces) -> tuple[Outcome, Outcome]:
    """Evaluate both halves of the 40 people, and of the idols, each with constants fitted on the other halves."""
    of_people, of_idols = [], []
    for people, seven, method in unseen_halves(faces, idols):
        (_, scenes_), (_, idol_scenes) = pools(faces, people, idols, seven)
        of_people.append(evaluate(scenes_, method))
        of_idols.append(evaluate(idol_scenes, method))
    return joined(of_people), joined(of_idols)


def unseen_halves(faces: Faces, idols: Faces) -> Iterator[tuple[list[int], list[int], Method]]:
    """Yield half of the 40 people and of the idols with the method whose constants were fitted on the other halves."""
    people, seven = (np.random.default_rng(0).permutation(count).tolist() for count in (40, IDOLS))
    halves = (people[:20], seven[:4]), (people[20:], seven[4:])
    for half, other in (halves, halves[::-1]):
        yield *half, live(fit(pools(faces, other[0], idols, other[1])))


def joined(outcomes: Sequence[Outcome]) -> Outcome:
    """Return the outcomes of several scenes as one."""
    return Outcome(*(np.concatenate(parts) for parts in zip(*map(dataclasses.astuple, outcomes), strict=True)))


def fitted() -> Figures:
    """Return the constants to ship."""
    both = pools(identity_faces(SAMPLE), list(range(40)), idol_faces(), list(range(IDOLS)))
    prior = {f"prior: {name}": value for name, value in dataclasses.asdict(fit_prior(both)).items()}
    return dataclasses.asdict(fit(both)) | prior


def main(arguments: Sequence[str]) -> None:
    """Take the options of the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks recognition")
    parser.add_argument("--fit", action="store_true", help="print the constants to ship instead of the figures")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    print_and_keep("recognition", fitted() if options.fit else run(), options.json)
