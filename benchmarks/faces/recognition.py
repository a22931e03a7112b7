"""Open-set accuracy of recognition: 40 people with few pictures each, and strangers.

`python -m benchmarks recognition`; with `--fit` it prints the constants of `RecogniserConfig`, fitted on
all people. Measured are the constants as shipped, and, since those have seen everybody, constants fitted on half of the
people and measured on the other half ("unseen people").
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.helpers.identity_faces import Faces, identity_faces
from benchmarks.helpers.open_set_scenes import PICTURES, Outcome, evaluate, fit, scene, scenes
from benchmarks.helpers.report import Figures, print_and_keep
from core.vision.recognition.mean_embedding import Gallery, RecogniserConfig, person_means, squared_distances

SAMPLE = 60  # pictures a person: 20 to enrol and 40 as queries; the detector takes half a minute a thousand
ENROLLED = (1, 3, 5, 9, 20)
DRAWS = 10
REPEATS = 4


def run() -> dict[str, float | int | str]:
    """Return accuracy among known people, open-set rates and calibration."""
    faces = identity_faces(SAMPLE)
    config = RecogniserConfig()
    figures: dict[str, float | int | str] = {"pictures": len(faces.people), "no face found, %": 100 * faces.missed}
    for count in ENROLLED:
        figures[f"accuracy, 40 people, {count} pictures each, %"] = 100 * closed_set(faces, count)
    everybody = list(range(40))
    figures |= rates("shipped constants", evaluate(scenes(faces, everybody, repeats=REPEATS), config), config.name_from)
    for count in PICTURES:
        drawn_scenes = [scene(faces, everybody, 30, (count,), seed) for seed in range(DRAWS)]
        outcome = evaluate(drawn_scenes, config)
        figures[f"30 people, {count} pictures: strangers named, %"] = 100 * outcome.strangers_named(config.name_from)
        figures[f"30 people, {count} pictures: named rightly, %"] = 100 * outcome.named_rightly(config.name_from)
        figures[f"30 people, {count} pictures: AUROC"] = outcome.auroc()
    return figures | rates("unseen people", cross_fitted(faces), config.name_from)


def rates(title: str, outcome: Outcome, name_from: float) -> dict[str, float]:
    """Return the open-set figures under a title."""
    return {
        f"{title}: strangers named, %": 100 * outcome.strangers_named(name_from),
        f"{title}: known named rightly, %": 100 * outcome.named_rightly(name_from),
        f"{title}: known named wrongly, %": 100 * outcome.named_wrongly(name_from),
        f"{title}: ECE": outcome.calibration_error(),
        f"{title}: AUROC": outcome.auroc(),
    }


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


def cross_fitted(faces: Faces) -> Outcome:
    """Evaluate both halves of the people, each with constants fitted on the other half."""
    people = np.random.default_rng(0).permutation(40)
    halves = [scenes(faces, list(half), repeats=REPEATS) for half in (people[:20], people[20:])]
    outcomes = [evaluate(tested, fit(fitted_on)) for tested, fitted_on in (halves, halves[::-1])]
    return Outcome(*(np.concatenate(parts) for parts in zip(*map(dataclasses.astuple, outcomes), strict=True)))


def fitted() -> Figures:
    """Return the constants to ship."""
    return dataclasses.asdict(fit(scenes(identity_faces(SAMPLE), list(range(40)), repeats=REPEATS)))


def main(arguments: Sequence[str]) -> None:
    """Take the options of the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks recognition")
    parser.add_argument("--fit", action="store_true", help="print the constants to ship instead of the figures")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    print_and_keep("recognition", fitted() if options.fit else run(), options.json)
