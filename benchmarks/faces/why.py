"""Whether "without these pictures" is true: how far the probability falls, and how often three pictures decide.

`python -m benchmarks why`. Guilds of ten of the 40 people of `data/identity` with 3, 5 and 12 pictures each; 200 faces
of them that are named rightly. For each the three pictures are found that speak most for the name, and the probability
is computed without them, as the product does under **Why?**.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.helpers.identity_faces import Faces, identity_faces
from benchmarks.helpers.report import Figures
from core.domain.explanation import DECIDING, DECISIVE_FALL
from core.services.recognition.gallery_cache import SAME_PICTURE
from core.vision.recognition.deciding_pictures import Decision, find_deciding_pictures
from core.vision.recognition.mean_embedding import NAME_FROM, Gallery, MeanEmbeddingRecogniser

if TYPE_CHECKING:
    from numpy.typing import NDArray

CASES = 200
KNOWN = 10  # people of a guild
COUNTS = (3, 5, 12)  # pictures of each person
_SAMPLE = 40  # pictures of each of the 40 people from which guilds are drawn
_SEED = 9


@dataclass(frozen=True)
class Case:
    """A guild's recogniser, and the embedding (D,) of a face of one of its people."""

    recogniser: MeanEmbeddingRecogniser
    query: NDArray[np.float32]
    person_id: int

    def decide(self) -> Decision:
        """Find the pictures that decide, as the product does."""
        nobody = np.zeros(len(self.recogniser.people), bool)
        return find_deciding_pictures(
            self.recogniser, self.query, nobody, self.person_id, same_picture=SAME_PICTURE, maximum=DECIDING
        )


def run() -> Figures:
    """Return how far the probability falls, for each number of pictures."""
    faces = identity_faces(_SAMPLE)
    figures: dict[str, float] = {}
    for count in COUNTS:
        cases = draw_cases(faces, count)
        began = time.perf_counter()
        decisions = [case.decide() for case in cases]
        milliseconds = 1000 * (time.perf_counter() - began) / len(cases)
        falls = np.array([decision.before - decision.after for decision in decisions])
        needed = np.array([decision.needed or np.inf for decision in decisions])
        others = np.array([random_fall(case, seed) for seed, case in enumerate(cases)])
        figures |= {
            f"{count} pictures: cases": len(cases),
            f"{count} pictures: falls by {DECISIVE_FALL} or more, %": 100 * float((falls >= DECISIVE_FALL).mean()),
            f"{count} pictures: the same for three random pictures, %": 100 * float((others >= DECISIVE_FALL).mean()),
            f"{count} pictures: median fall": float(np.median(falls)),
            f"{count} pictures: pictures until the name goes, median": float(np.median(needed)),
            f"{count} pictures: pictures until the name goes, 90th percentile": float(np.quantile(needed, 0.9)),
            f"{count} pictures: ms a face": milliseconds,
        }
    return figures


def draw_cases(faces: Faces, count: int) -> list[Case]:
    """Draw guilds until there are 200 faces that are named rightly, at most five of a guild."""
    random = np.random.default_rng((_SEED, count))
    cases: list[Case] = []
    while len(cases) < CASES:
        known = random.permutation(int(faces.people.max()) + 1)[:KNOWN]
        rows = [random.permutation(np.flatnonzero(faces.people == person)) for person in known]
        gallery = Gallery(
            tuple(range(1, KNOWN + 1)),
            tuple(f"person {number}" for number in range(1, KNOWN + 1)),
            np.concatenate([faces.embeddings[own[:count]] for own in rows]),
            np.repeat(np.arange(KNOWN), count),
        )
        recogniser = MeanEmbeddingRecogniser(gallery)
        columns = random.permutation(KNOWN)[:5]
        queries = np.stack([faces.embeddings[rows[column][count]] for column in columns])
        probabilities = recogniser.probabilities(queries, np.zeros((len(columns), KNOWN), bool))
        cases += [
            Case(recogniser, query, int(column) + 1)
            for query, column, row in zip(queries, columns, probabilities, strict=True)
            if row[column] >= NAME_FROM
        ]
    return cases[:CASES]


def random_fall(case: Case, seed: int) -> float:
    """Return how far the probability falls without three random pictures of the person, to compare with."""
    column = case.person_id - 1
    rows = np.flatnonzero(case.recogniser.gallery.owners == column)
    chosen = np.random.default_rng(seed).permutation(rows)[:DECIDING]
    nobody = np.zeros((1, KNOWN), bool)
    before = float(case.recogniser.probabilities(case.query[None], nobody)[0, column])
    reduced = case.recogniser.without(chosen.tolist())
    return before if reduced is None else before - float(reduced.probabilities(case.query[None], nobody)[0, column])
