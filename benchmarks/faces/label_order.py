"""How many labels until nearly all is recognised: the product's order of cards against faces at random.

`python -m benchmarks label_order`. Each of the 40 people has one named picture, and 25 that are to be labelled, among
them those that the data has twice. One voter, who is always right, answers card after card; an answer names the faces
that show the person, and strikes the others. A label is a face that was answered about; an action is a card, and one
more for each face that is struck. It is counted until the recogniser names 95 % of the held-out faces that it names
with everything labelled. In the second setting three people begin without a picture.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.helpers.identity_faces import Faces, identity_faces
from core.domain.embedders import EMBEDDING_NAME
from core.domain.labelling.cards import Card, next_card
from core.domain.labelling.consensus import SOMEBODY_ELSE
from core.services.recognition.gallery_cache import SAME_PICTURE
from core.vision.recognition.calibrated_distances import RECOGNISER_CONFIGS
from core.vision.recognition.mean_embedding import NAME_FROM, Gallery, MeanEmbeddingRecogniser
from core.vision.recognition.typical_faces import count_represented

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from benchmarks.helpers.report import Figures

QUERIES, HELD_OUT = 25, 10  # pictures of each person that are to be labelled, and to be recognised
WITHOUT = 3  # people who begin without a picture, in the second setting
REACHED = 0.95  # of the recall with all faces labelled
SEEDS = range(10)
_RELEARN = 10  # labels between two recognisers
_LEAST = 0.01  # of a person's probability that is kept, as the product does


def run() -> Figures:
    """Return labels and actions of all orders, over ten divisions of the pictures."""
    faces = identity_faces(1 + QUERIES + HELD_OUT)
    return figures(faces, 0) | {f"{WITHOUT} without: {name}": value for name, value in figures(faces, WITHOUT).items()}


def figures(faces: Faces, without: int) -> Figures:
    """Return labels and actions where so many people begin without a picture."""
    own = [Labelling(faces, seed, without).label(by_product) for seed in SEEDS]
    grids = [Labelling(faces, seed, without).label(by_grids) for seed in SEEDS]
    random = [Labelling(faces, seed, without).label(at_random) for seed in SEEDS]
    ratios = [labels / random_labels for (labels, _), (random_labels, _) in zip(own, random, strict=True)]
    return {
        "labels, at random": ", ".join(str(labels) for labels, _ in random),
        "labels, the product's order": ", ".join(str(labels) for labels, _ in own),
        "actions, the product's order": ", ".join(str(actions) for _, actions in own),
        "labels, grids alone": ", ".join(str(labels) for labels, _ in grids),
        "actions, grids alone": ", ".join(str(actions) for _, actions in grids),
        "labels, of those at random, %": 100 * sum(labels for labels, _ in own) / sum(labels for labels, _ in random),
        "labels, of those at random, worst seed, %": 100 * max(ratios),
    }


class Labelling:
    """The state of one labelling: which faces are named, and what the recogniser takes the open ones for."""

    def __init__(self, faces: Faces, seed: int, without: int) -> None:
        self.random = np.random.default_rng(seed)
        self._embeddings, self.people = faces.embeddings, faces.people + 1
        chosen = [self.random.permutation(np.flatnonzero(self.people == person)) for person in np.unique(self.people)]
        nameless = self.random.choice(len(chosen), without, replace=False)
        self.named = [int(rows[0]) for person, rows in enumerate(chosen) if person not in nameless]
        queries = [int(row) for rows in chosen for row in rows[1 : 1 + QUERIES]]
        self._held_out = np.concatenate([rows[1 + QUERIES : 1 + QUERIES + HELD_OUT] for rows in chosen])
        self._target = REACHED * self._recall([*self.named, *queries])
        self.answered: set[tuple[int, int]] = set()
        radius = RECOGNISER_CONFIGS[EMBEDDING_NAME].distance
        counts = count_represented(self._embeddings[queries], radius, SAME_PICTURE**2)
        self.represented = dict(zip(queries, counts.tolist(), strict=True))
        self.open = self._probabilities(queries)

    def label(self, choose: Callable[[Labelling], Card | None]) -> tuple[int, int]:
        """Answer cards until enough is recognised, or there are none; return the labels and actions."""
        labels = actions = 0
        learnt = 0
        while (card := choose(self)) is not None:
            struck = [face for face in card.faces if card.person not in (None, int(self.people[face]))]
            labels += len(card.faces)
            actions += 1 + len(struck)
            self._answer(card, struck)
            if len(struck) < len(card.faces) and self._recall(self.named) >= self._target:
                break
            if labels - learnt >= _RELEARN:
                learnt = labels
                self.open = self._probabilities(list(self.open))
        return labels, actions

    def pictures(self) -> Counter[int]:
        """Return how many pictures of each person are named."""
        return Counter(int(self.people[row]) for row in self.named)

    def _answer(self, card: Card, struck: Sequence[int]) -> None:
        for face in card.faces:
            if face in struck and card.person is not None:
                self.answered.add((face, card.person))
                self.open[face] = _without({card.person}, self.open[face])
            else:
                self.named.append(face)
                del self.open[face]

    def _probabilities(self, rows: list[int]) -> dict[int, dict[int, float]]:
        """Return whom faces may show, by what is named now and without those for whom they were struck out."""
        ids, probabilities = self._recognise(self.named, rows)
        struck = {row: {person for face, person in self.answered if face == row} for row in rows}
        return {
            row: _without(struck[row], {id_: float(value) for id_, value in zip(ids, each, strict=False)})
            for row, each in zip(rows, probabilities, strict=True)
        }

    def _recall(self, named: Sequence[int]) -> float:
        ids, probabilities = self._recognise(named, self._held_out)
        names = np.array([*ids, SOMEBODY_ELSE])[probabilities.argmax(1)]
        return float(np.mean((names == self.people[self._held_out]) & (probabilities.max(1) >= NAME_FROM)))

    def _recognise(
        self, named: Sequence[int], rows: Sequence[int] | NDArray[np.intp]
    ) -> tuple[list[int], NDArray[np.float64]]:
        """Return the people with pictures, and the probabilities of each row, "unknown" last."""
        ids, owners = np.unique(self.people[named], return_inverse=True)
        people = ids.tolist()
        gallery = Gallery(tuple(people), tuple(map(str, people)), self._embeddings[named], owners)
        recogniser = MeanEmbeddingRecogniser(gallery, RECOGNISER_CONFIGS[EMBEDDING_NAME])
        nobody = np.zeros((len(rows), len(people)), bool)
        return people, recogniser.probabilities(self._embeddings[rows], nobody)


def by_product(labelling: Labelling) -> Card | None:
    """Return the card that a member would get."""
    return next_card(labelling.open, labelling.answered, labelling.pictures(), labelling.represented)


def by_grids(labelling: Labelling) -> Card | None:
    """Return the card that a member would get if no face stood for others."""
    return next_card(labelling.open, labelling.answered, labelling.pictures())


def at_random(labelling: Labelling) -> Card | None:
    """Return a card that asks who a face is, which is drawn from the open ones."""
    faces = list(labelling.open)
    return Card((faces[labelling.random.integers(len(faces))],)) if faces else None


def _without(people: set[int], probabilities: dict[int, float]) -> dict[int, float]:
    """Return probabilities, by person, in which none of these people are left, and nobody who is unlikely."""
    left = {person: value for person, value in probabilities.items() if person and person not in people}
    unknown = max(0.0, 1.0 - sum(probabilities.values())) + probabilities.get(SOMEBODY_ELSE, 0.0)
    total = max(sum(left.values()) + unknown, 1e-9)
    likely = {person: value / total for person, value in left.items() if value / total >= _LEAST}
    return {**likely, SOMEBODY_ELSE: max(0.0, 1.0 - sum(likely.values()))}
