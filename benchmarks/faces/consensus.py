"""A simulated crowd labels 1,000 faces of 40 people on grids of nine: how much is right, and what it takes.

`python -m benchmarks consensus`. Twenty voters overlook 2 to 15 % of the wrong faces and strike 0.5 to 5 % of the right
ones, two more answer anything. The product's own rules choose the cards and settle the faces; the recogniser starts
with three pictures of each person, and learns settled faces as it goes on. Beside it: three members name each face
alone, and the majority counts. An action is a card that was answered; each face that is struck out is a click more.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.helpers.identity_faces import Faces, identity_faces
from benchmarks.helpers.simulated_crowd import Voter, make_crowd
from core.domain.embedders import EMBEDDING_NAME
from core.domain.labelling.cards import (
    GOLD_FRACTION,
    GRID_FACES,
    IMPOSTOR_FRACTION,
    Card,
    next_card,
    settled_person,
)
from core.domain.labelling.consensus import (
    SOMEBODY_ELSE,
    FaceEvidence,
    Reliability,
    Response,
    fit_reliabilities,
    posterior,
)
from core.services.recognition.gallery_cache import SAME_PICTURE
from core.vision.recognition.calibrated_distances import RECOGNISER_CONFIGS
from core.vision.recognition.mean_embedding import Gallery, MeanEmbeddingRecogniser
from core.vision.recognition.typical_faces import count_represented

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.helpers.report import Figures

KNOWN, QUERIES = 3, 25  # pictures of each person that are named, and that are to be labelled
VOTERS, SPAMMERS = 20, 2
SEEDS = 3
_REFIT = 20  # cards between two estimates of the voters
_RELEARN = 100  # settled faces between two recognisers
_HYPOTHESES = 6  # people of a face that are considered; the rest are somebody else
_BUDGET = 3.0  # actions a face at which a simulation ends


def run() -> Figures:
    """Return the means over three crowds."""
    faces = identity_faces(KNOWN + QUERIES)
    rows = [simulate(faces, seed) for seed in range(SEEDS)]
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}


def simulate(faces: Faces, seed: int) -> dict[str, float]:
    """Label the queries of all people with one crowd."""
    labelling = _Labelling(faces, seed)
    crowd = make_crowd(VOTERS, SPAMMERS, seed)
    random = np.random.default_rng(seed + 1000)
    idle = 0
    while labelling.open and idle < len(crowd) and labelling.actions < _BUDGET * labelling.faces:
        voter = crowd[random.integers(len(crowd))]
        idle = 0 if labelling.ask(voter) else idle + 1
    informedness = {number: own.informedness for number, own in labelling.reliabilities.items()}
    return labelling.figures() | {
        "voters' informedness, least": min(value for number, value in informedness.items() if number <= VOTERS),
        "spammers' informedness, largest": max(value for number, value in informedness.items() if number > VOTERS),
        **_majority(labelling, make_crowd(VOTERS, SPAMMERS, seed + 1)),
    }


class _Labelling:
    """The state of one simulated labelling: evidence of each face, and who is settled."""

    def __init__(self, faces: Faces, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._embeddings, self.people = faces.embeddings, faces.people + 1
        chosen = [self._random.permutation(np.flatnonzero(self.people == person)) for person in np.unique(self.people)]
        self._gold = [int(row) for rows in chosen for row in rows[:KNOWN]]
        queries = [int(row) for rows in chosen for row in rows[KNOWN : KNOWN + QUERIES]]
        self.shows = {row: int(self.people[row]) for row in (*queries, *self._gold)}
        self.faces = len(queries)
        self.settled: dict[int, int] = {}
        self.responses: dict[int, list[Response]] = {row: [] for row in self.shows}
        self.reliabilities: dict[int, Reliability] = {}
        self.actions = self.clicks = self._learnt = 0
        self._learn(queries)
        self.open = {row: self._posterior(row) for row in queries}

    def ask(self, voter: Voter) -> bool:
        """Let a voter answer the next card; False: there is none for them."""
        pictures = Counter(self.shows[row] for row in self._gold) + Counter(self.settled.values())
        card = next_card(self.open, voter.answered, pictures, self._represented)
        if card is None:
            return False
        card = self._with_gold(card)
        responses = voter.answer(card, self.shows)
        self.actions += 1
        self.clicks += 1 + (sum(not each.agrees for each in responses) if card.person is not None else 0)
        for face, response in zip(card.faces, responses, strict=True):
            self.responses[face].append(response)
            if face in self.open:
                self._update(face)
        if self.actions % _REFIT == 0:
            self.reliabilities = fit_reliabilities(self._evidence(row) for row in self.responses)
            for face in list(self.open):
                self._update(face)
        if len(self.settled) - self._learnt >= _RELEARN:
            self._learnt = len(self.settled)
            self._learn(list(self.open))
        return True

    def figures(self) -> dict[str, float]:
        right = sum(self.shows[face] == person for face, person in self.settled.items())
        return {
            "consensus right, % of all faces": 100 * right / self.faces,
            "consensus right, % of settled faces": 100 * right / max(1, len(self.settled)),
            "actions a face": self.actions / self.faces,
            "clicks a face": self.clicks / self.faces,
        }

    def _update(self, face: int) -> None:
        self.open[face] = self._posterior(face)
        person = settled_person(self.open[face], self.responses[face])
        if person is not None:
            self.settled[face] = person
            del self.open[face]

    def _posterior(self, face: int) -> dict[int, float]:
        return posterior(self._evidence(face), self.reliabilities)

    def _evidence(self, face: int) -> FaceEvidence:
        known = self.shows[face] if face in self._gold else None
        return FaceEvidence(self._probabilities.get(face, {}), self.responses[face], known)

    def _learn(self, rows: list[int]) -> None:
        """Let the recogniser learn what is settled, and say anew whom these faces may show."""
        known = {row: self.shows[row] for row in self._gold} | self.settled
        people = tuple(sorted({person for person in known.values() if person != SOMEBODY_ELSE}))
        owners = np.array([people.index(person) for person in known.values()], np.intp)
        gallery = Gallery(people, tuple(map(str, people)), self._embeddings[list(known)], owners)
        config = RECOGNISER_CONFIGS[EMBEDDING_NAME]
        recogniser = MeanEmbeddingRecogniser(gallery, config)
        represented = count_represented(self._embeddings[rows], config.distance, SAME_PICTURE**2)
        self._represented = dict(zip(rows, represented.tolist(), strict=True))
        rows_probabilities = recogniser.probabilities(self._embeddings[rows], np.zeros((len(rows), len(people)), bool))
        kept = {} if self._learnt == 0 else self._probabilities
        self._probabilities: dict[int, dict[int, float]] = kept | {
            row: _likeliest(people, each) for row, each in zip(rows, rows_probabilities, strict=True)
        }

    def _with_gold(self, card: Card) -> Card:
        """Replace the last face of a grid by a known one now and then."""
        if card.person is None or self._random.random() >= GOLD_FRACTION * GRID_FACES:
            return card
        other = self._random.random() < IMPOSTOR_FRACTION
        rows = [row for row in self._gold if (self.shows[row] != card.person) == other]
        return Card((*card.faces[: GRID_FACES - 1], int(self._random.choice(rows))), card.person)


def _likeliest(people: tuple[int, ...], probabilities: NDArray[np.floating]) -> dict[int, float]:
    order = np.argsort(-probabilities[:-1])[:_HYPOTHESES]
    named = {people[index]: float(probabilities[index]) for index in order}
    return named | {SOMEBODY_ELSE: max(0.0, 1.0 - sum(named.values()))}


def _majority(labelling: _Labelling, crowd: list[Voter]) -> dict[str, float]:
    """Three members, drawn at random, name each face alone among the recogniser's four likeliest people."""
    random = np.random.default_rng(7)
    right = 0
    queries = [row for row in labelling.shows if row not in labelling._gold]
    for row in queries:
        names = tuple(person for person in labelling._probabilities[row] if person != SOMEBODY_ELSE)[:4]
        voters = random.choice(len(crowd), 3, replace=False)
        answers = [crowd[voter].answer(Card((row,), names=names), labelling.shows)[0] for voter in voters]
        person, count = Counter(answer.person for answer in answers).most_common(1)[0]
        right += count >= 2 and person == labelling.shows[row]
    return {"majority of three right, %": 100 * right / len(queries), "majority of three, actions a face": 3.0}
