"""How soon a guild's recogniser knows its people, by the order in which members are asked about faces.

`python -m benchmarks label_order`. Of each of 40 people one picture is named, 25 are not, and 10 others are to be
recognised. Whoever answers is always right, so that only the order counts; the recogniser learns after every ten
labels. Beside the product's order: faces one at a time, at random. The goal is 95 % of the recall that all 1,000 labels
give. A label is a face that was looked at; an action is a card, and a click more for each face that is struck out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from benchmarks.helpers.identity_faces import Faces, identity_faces
from core.domain.embedders import EMBEDDING_NAME
from core.domain.labelling.cards import Card, next_card
from core.domain.labelling.consensus import SOMEBODY_ELSE
from core.vision.recognition.calibrated_distances import RECOGNISER_CONFIGS
from core.vision.recognition.mean_embedding import NAME_FROM, Gallery, MeanEmbeddingRecogniser

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.helpers.report import Figures

KNOWN, QUERIES, TESTS = 1, 25, 10  # pictures of each person
SEEDS = 3
GOAL = 0.95
_RELEARN = 10  # labels between two recognisers
_LEAST = 0.01  # probability from which on a person is considered

Open: TypeAlias = "Mapping[int, Mapping[int, float]]"
Choose: TypeAlias = Callable[[Open, "set[tuple[int, int]]", Mapping[int, int]], "Card | None"]


def run() -> Figures:
    """Return means over three splits of the pictures."""
    faces = identity_faces(KNOWN + QUERIES + TESTS)
    orders: Mapping[str, Callable[[int], Choose]] = {"random": _at_random, "product": lambda _seed: next_card}
    reached = {
        name: np.mean([_Learning(faces, seed).reach(make(seed)) for seed in range(SEEDS)], axis=0)
        for name, make in orders.items()
    }
    (labels, actions), (own_labels, own_actions) = reached["random"], reached["product"]
    return {
        "random: labels": float(labels),
        "random: actions": float(actions),
        "product: labels": float(own_labels),
        "product: actions": float(own_actions),
        "labels, product / random": float(own_labels / labels),
        "actions, product / random": float(own_actions / actions),
    }


def _at_random(seed: int) -> Choose:
    random = np.random.default_rng(seed + 1000)

    def choose(faces: Open, _answered: set[tuple[int, int]], _pictures: Mapping[int, int]) -> Card:
        return Card((int(random.choice(sorted(faces))),))

    return choose


class _Learning:
    """A guild whose faces are labelled: rows of `embeddings` are its faces, `people` whom they show."""

    def __init__(self, faces: Faces, seed: int) -> None:
        self._embeddings, self._people = faces.embeddings, faces.people
        random, parts = np.random.default_rng(seed), ([], [], [])
        for person in np.unique(faces.people):
            rows = random.permutation(np.flatnonzero(faces.people == person))
            ends = KNOWN, KNOWN + QUERIES, KNOWN + QUERIES + TESTS
            for part, begin, end in zip(parts, (0, *ends), ends, strict=False):
                part.extend(map(int, rows[begin:end]))
        self._labelled, self._tests = parts[0], np.array(parts[2])
        self._open = parts[1]
        self._goal = GOAL * self._recall([*parts[0], *parts[1]])

    def reach(self, choose: Choose) -> tuple[int, int]:
        """Answer cards until the goal is reached; return labels and actions."""
        answered: set[tuple[int, int]] = set()
        labels = actions = since = 0
        likely = self._probabilities()
        while self._recall(self._labelled) < self._goal:
            counts = np.bincount(self._people[self._labelled])
            card = choose(likely, answered, {person + 1: int(count) for person, count in enumerate(counts)})
            if card is None:
                break
            named = [face for face in card.faces if card.person in {None, int(self._people[face]) + 1}]
            answered |= {(face, card.person or SOMEBODY_ELSE) for face in card.faces}
            labels, actions = labels + len(card.faces), actions + 1 + len(card.faces) - len(named)
            self._labelled += named
            likely = {face: row for face, row in likely.items() if face not in named}
            since += len(named)
            if since >= _RELEARN:
                likely, since = self._probabilities(), 0
        return labels, actions

    def _probabilities(self) -> dict[int, dict[int, float]]:
        left = sorted(set(self._open) - set(self._labelled))
        rows, people = self._ask(self._labelled, left)
        found = {}
        for face, row in zip(left, rows, strict=True):
            likely = {int(people[j]) + 1: float(row[j]) for j in np.flatnonzero(row[:-1] >= _LEAST)}
            found[face] = {**likely, SOMEBODY_ELSE: max(0.0, 1.0 - sum(likely.values()))}
        return found

    def _recall(self, labelled: list[int]) -> float:
        rows, people = self._ask(labelled, self._tests)
        named = people[np.minimum(rows.argmax(1), len(people) - 1)] == self._people[self._tests]
        return float((named & (rows.argmax(1) < len(people)) & (rows.max(1) >= NAME_FROM)).mean())

    def _ask(
        self, labelled: list[int], faces: list[int] | NDArray[np.intp]
    ) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Return the probabilities (N, P + 1) of faces by what is labelled, and the people of the columns."""
        people, owners = np.unique(self._people[labelled], return_inverse=True)
        gallery = Gallery(
            tuple(map(int, people)), tuple(map(str, people)), self._embeddings[labelled], owners.astype(np.intp)
        )
        recogniser = MeanEmbeddingRecogniser(gallery, RECOGNISER_CONFIGS[EMBEDDING_NAME])
        none = np.zeros((len(faces), len(people)), np.bool_)
        return recogniser.probabilities(self._embeddings[faces], none), people
