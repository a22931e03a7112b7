"""A guild's first day: one to five people with one to three pictures each, and strangers, also drawn ones.

`python -m benchmarks first_day`. Named is who the live method names, with the constants as shipped; guilds of the 40
people, of the seven idols, of the twelve default people, who are drawn, and of one drawn person among four of the 40.
Since the constants have seen the 40 and the idols, they are measured with constants of the other half, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.faces.recognition import SAMPLE, joined, rates, unseen_halves
from benchmarks.helpers.identity_faces import Faces, drawn_faces, identity_faces, idol_faces
from benchmarks.helpers.open_set_scenes import Scene, evaluate, first_day, live, scene_of_rows
from benchmarks.helpers.report import Figures
from core.domain.embedders import EMBEDDING_NAME
from core.vision.recognition.calibrated_distances import RECOGNISER_CONFIGS
from core.vision.recognition.mean_embedding import NAME_FROM

if TYPE_CHECKING:
    from collections.abc import Sequence

PORTRAITS = 16  # of each drawn person
REPEATS = 5  # 100 guilds
PEOPLE = 40


def run() -> Figures:
    """Return the rates of strangers and of known people that are named."""
    faces, drawn = identity_faces(SAMPLE), drawn_faces(PORTRAITS)
    figures: dict[str, float] = {}
    guilds = {
        "40 people": first_day(faces, range(PEOPLE), repeats=REPEATS, strangers=10),
        "idols": first_day(idol_faces(), range(7), repeats=REPEATS, strangers=3),
        "drawn people": first_day(drawn, range(12), repeats=REPEATS, strangers=11),
        "one drawn among four": [one_drawn(faces, drawn, count, seed) for count in (1, 2, 3) for seed in range(12)],
    }
    method = live(RECOGNISER_CONFIGS[EMBEDDING_NAME])
    for title, scenes in guilds.items():
        figures |= rates(title, evaluate(scenes, method))
    idols, unseen = idol_faces(), []
    for half, _, fitted in unseen_halves(faces, idols):
        unseen.append(evaluate(first_day(faces, half, repeats=REPEATS, strangers=10), fitted))
    figures |= rates("40 people, constants of the other half", joined(unseen))
    for people in (1, 3, 5):
        some: Sequence[Scene] = [scene for scene in guilds["drawn people"] if len(scene.counts) == people]
        figures[f"{people} drawn people: strangers named, %"] = 100 * evaluate(some, method).strangers_named(NAME_FROM)
    return figures


def one_drawn(faces: Faces, drawn: Faces, count: int, seed: int) -> Scene:
    """Return a guild of four of the 40 people and a drawn one, to whom all other drawn people come as strangers."""
    random = np.random.default_rng(seed)
    known = random.permutation(PEOPLE)[:4]
    member = seed % 12
    both = Faces(
        np.concatenate([faces.embeddings, drawn.embeddings]),
        np.concatenate([faces.people, drawn.people + PEOPLE]),
        0.0,
    )
    rows = [random.permutation(np.flatnonzero(both.people == person)) for person in (*known, PEOPLE + member)]
    strangers = np.flatnonzero((both.people >= PEOPLE) & (both.people != PEOPLE + member))
    return scene_of_rows(both, [row[:count] for row in rows], [row[count : count + 12] for row in rows], strangers)
