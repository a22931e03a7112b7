"""What the embedding head says of pictures that it was not trained on, and of people that it has never seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from core.domain.embedders import EMBEDDING_NAME
from core.domain.registry.evaluation import EvaluationReport, calibration_error, confusion_matrix
from core.models.embedding.calibration import auroc, bins_of, known_at
from core.models.embedding.evidence import MEAN, Evidence
from core.models.embedding.head import some, train_head
from core.vision.recognition.calibrated_distances import RECOGNISER_CONFIGS, calibrate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.data.datasets import Dataset
    from core.models.embedding.evidence import References
    from core.models.embedding.open_set import OpenSet

NOBODY = -1  # no face was found, so none was named


@dataclass(frozen=True, slots=True)
class Pictures:
    """A data set's: `embeddings` (N, D), `labels` (N,) in 0..people-1, `found` (N,) whether there is a face."""

    embeddings: NDArray[np.float32]
    labels: NDArray[np.int64]
    found: NDArray[np.bool_]
    people: int


class FoldOutcome(NamedTuple):
    """The outcome of one held-out fold.

    `rows` are the pictures; `guesses` and `baseline` the people for whom the head, and the mean embedding without
    training, take them. The rest is of an open set, in which some people are strangers: for each face the probability
    of the likeliest answer, and whether that is right; of known people's faces the probability of the likeliest person,
    and whether that is the right one; of strangers' faces the probability of the likeliest person.
    """

    rows: NDArray[np.int64]
    guesses: NDArray[np.int64]
    baseline: NDArray[np.int64]
    chance: NDArray[np.float64]
    right: NDArray[np.bool_]
    known: NDArray[np.float64]
    known_right: NDArray[np.bool_]
    strangers: NDArray[np.float64]

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Return the arrays by the names that they have in checkpoints."""
        return dict(zip(_STORED, self, strict=True))

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, NDArray[Any]], prefix: str) -> FoldOutcome:
        """Read what `tensors` gave, from names that begin with `prefix`.

        Raises:
            KeyError: it is not there.
        """
        return cls(*(tensors[prefix + name] for name in _STORED))


# The fields' names in checkpoints, in their order.
_STORED = ("rows", "guesses", "live", "chance", "right", "known", "known_right", "strangers")


def strangers_of(fold: int, folds: int, people: int) -> NDArray[np.bool_]:
    """(people,) who plays the stranger in a fold: each in one of them, if there are not fewer people than folds."""
    groups = min(folds, people)
    return np.asarray(np.arange(people) % groups == fold % groups)


def hold_out(pictures: Pictures, held_out: NDArray[np.bool_], strangers: NDArray[np.bool_]) -> FoldOutcome:
    """Train without the pictures `held_out` (N,) and ask for them; then again as if `strangers` were not known.

    A picture without a face is nobody's, and so never right.
    """
    trained = pictures.found & ~held_out
    rows = np.flatnonzero(held_out)
    seen = pictures.found[rows]
    references, open_set = train_head(pictures.embeddings[trained], pictures.labels[trained], pictures.people)
    evidence = references.evidence(pictures.embeddings[rows[seen]])
    guesses, baseline = np.full(len(rows), NOBODY), np.full(len(rows), NOBODY)
    guesses[seen] = open_set.logits(evidence)[:, :-1].argmax(1)
    baseline[seen] = _baseline(evidence, references)
    return FoldOutcome(rows, guesses, baseline, *_ask_strangers(pictures, trained, rows[seen], strangers))


def _baseline(evidence: Evidence, references: References) -> NDArray[np.intp]:
    counts = np.maximum(1, references.counts)
    distances = evidence.distances[MEAN] + references.spread / counts  # as that method has them
    chances = calibrate(np.where(evidence.absent, np.inf, distances), counts, RECOGNISER_CONFIGS[EMBEDDING_NAME])
    return np.asarray(chances[:, :-1].argmax(1))


def _ask_strangers(
    pictures: Pictures, trained: NDArray[np.bool_], rows: NDArray[np.integer], strangers: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64]]:
    """The open set's part of an outcome: the kept people's faces `rows`, and about as many of the strangers'."""
    kept = ~strangers
    number = np.cumsum(kept) - 1  # of those who are kept, among themselves
    mine = trained & kept[pictures.labels]
    if not mine.any() or not strangers.any():
        none, never = np.zeros(0), np.zeros(0, bool)
        return none, never, none, never, none
    references, open_set = train_head(pictures.embeddings[mine], number[pictures.labels[mine]], int(kept.sum()))
    known = rows[kept[pictures.labels[rows]]]
    others = some(np.flatnonzero(pictures.found & strangers[pictures.labels]), max(1, len(known)))
    truth = np.concatenate([number[pictures.labels[known]], np.full(len(others), kept.sum())])
    chances = _chances(open_set, references, pictures.embeddings[np.concatenate([known, others])])
    persons = chances[:, :-1]
    right = persons.argmax(1) == truth
    return (
        chances.max(1),
        chances.argmax(1) == truth,
        persons[: len(known)].max(1),
        right[: len(known)],
        persons[len(known) :].max(1),
    )


def _chances(open_set: OpenSet, references: References, faces: NDArray[np.floating]) -> NDArray[np.float64]:
    return open_set.probabilities(references.evidence(faces))


def accuracy_of(labels: NDArray[np.integer], rows: NDArray[np.integer], guesses: NDArray[np.integer]) -> float:
    """Return the fraction of the pictures `rows` that are taken for the right person."""
    return float((labels[rows] == guesses).mean())


def report_of_folds(
    dataset: Dataset, preset: str, labels: NDArray[np.integer], outcomes: Mapping[int, FoldOutcome]
) -> EvaluationReport:
    """The figures of all folds in one report."""
    folds = {fold: outcome for fold, outcome in sorted(outcomes.items()) if len(outcome.rows)}
    rows, guesses = _all(folds, "rows"), _all(folds, "guesses")
    named = guesses != NOBODY
    chance, right = _all(folds, "chance"), _all(folds, "right")
    known, strangers = _all(folds, "known"), _all(folds, "strangers")
    is_open = bool(len(known) and len(strangers))
    accuracy = {str(fold): accuracy_of(labels, outcome.rows, outcome.guesses) for fold, outcome in folds.items()}
    people = len(dataset.classes)
    return EvaluationReport(
        head="embedding",
        preset=preset,
        dataset=dataset.title,
        dataset_hash=dataset.hash,
        names=tuple(person.name for person in dataset.classes),
        folds=accuracy,
        by_step={fold: ((1, share),) for fold, share in accuracy.items()},
        confusion=confusion_matrix(labels[rows[named]].tolist(), guesses[named].tolist(), people),
        bins=bins_of(chance, right),
        ece=calibration_error(bins_of(chance, right)),
        auroc=auroc(known, strangers) if is_open else None,
        known_at_1=known_at(known, _all(folds, "known_right"), strangers) if is_open else None,
        faceless=tuple(np.bincount(labels[rows[~named]], minlength=people).tolist()),
    )


def _all(folds: Mapping[int, FoldOutcome], field: str) -> NDArray[Any]:
    return np.concatenate([getattr(outcome, field) for outcome in folds.values()])
