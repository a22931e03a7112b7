"""The embedding head as a training run: a step holds one fold out, and what is left behind has seen all pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from core.domain.embedders import EMBEDDING_NAME
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JSON
from core.domain.registry.versions import EMBEDDER_PARTS, LicensedPart, VersionDraft
from core.domain.training.folds import FOLDS, fold_of
from core.models.common import weights_file
from core.models.common.base_trainer import BaseTrainer
from core.models.embedding.cross_validation import (
    FoldOutcome,
    Pictures,
    accuracy_of,
    hold_out,
    report_of_folds,
    strangers_of,
)
from core.models.embedding.head import ARCHITECTURE, head_tensors, train_head

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.data.datasets import Dataset
    from core.domain.registry.evaluation import EvaluationReport
    from core.domain.training.runs import Run
    from core.vision.datasets.dataset_reader import DatasetReader

_PARTS = (
    LicensedPart("face detector: CenterFace", "MIT"),
    *EMBEDDER_PARTS,
    LicensedPart("embeddings of the data set's pictures", "as the pictures"),
)


class FoldTraining:
    """A cross validation in which a step holds one fold out; the folds are the same for every head.

    Args:
        pictures: of a data set.
    """

    steps = FOLDS  # what a run was asked for makes no difference

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures
        self._fold_of = np.array(fold_of(pictures.labels.tolist(), FOLDS))
        self.outcomes: dict[int, FoldOutcome] = {}

    @property
    def step(self) -> int:
        """Folds done."""
        return len(self.outcomes)

    def advance(self) -> None:
        """Hold the next fold out."""
        fold = self.step
        strangers = strangers_of(fold, FOLDS, self._pictures.people)
        self.outcomes[fold] = hold_out(self._pictures, self._fold_of == fold, strangers)

    def report(self) -> dict[str, float]:
        """Return `fold_accuracy`, of the newest fold; small data sets have folds without a picture."""
        outcome = self.outcomes[self.step - 1]
        return {"fold_accuracy": self.accuracy(outcome, outcome.guesses)} if len(outcome.rows) else {}

    def accuracy(self, outcome: FoldOutcome, guesses: NDArray[np.int64]) -> float:
        """Return the fraction of a fold's pictures for which guesses are right."""
        return accuracy_of(self._pictures.labels, outcome.rows, guesses)

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Return the outcomes; there is nothing else that a later step depends on."""
        return {
            f"{fold}/{name}": tensor
            for fold, outcome in self.outcomes.items()
            for name, tensor in outcome.tensors().items()
        }

    def set_tensors(self, tensors: Mapping[str, NDArray[Any]], step: int) -> None:
        """Go back to the outcomes of so many folds.

        Raises:
            KeyError: tensors of something else.
        """
        self.outcomes = {fold: FoldOutcome.from_tensors(tensors, f"{fold}/") for fold in range(step)}

    def close(self) -> None:
        """Do nothing: there are no threads."""


class EmbeddingTrainer(BaseTrainer[FoldTraining]):
    """The trainer of an embedding head."""

    report_every = 1

    def __init__(self, pictures: Pictures, dataset: Dataset, run: Run) -> None:
        super().__init__(FoldTraining(pictures), run, FOLDS)
        self._pictures = pictures
        self._dataset = dataset

    def evaluate(self) -> Mapping[str, float]:
        """Return `held_out_accuracy`, and `live_accuracy` of the method without training: means of the folds so far."""
        outcomes = [outcome for outcome in self._training.outcomes.values() if len(outcome.rows)]
        if not outcomes:
            return {}
        accuracy = self._training.accuracy
        return {
            "held_out_accuracy": float(np.mean([accuracy(outcome, outcome.guesses) for outcome in outcomes])),
            "live_accuracy": float(np.mean([accuracy(outcome, outcome.baseline) for outcome in outcomes])),
        }

    def outcome_report(self) -> EvaluationReport:
        """Return what the folds so far say."""
        return report_of_folds(self._dataset, self._run.preset, self._pictures.labels, self._training.outcomes)

    def finish(self) -> VersionDraft:
        """Return a head that has seen all pictures, with what the folds say about its kind."""
        has_face = self._pictures.found
        people = self._pictures.people
        references, open_set = train_head(self._pictures.embeddings[has_face], self._pictures.labels[has_face], people)
        return VersionDraft(
            architecture=ARCHITECTURE,
            config={"head": "embedding", "preset": self._run.preset, "embedder": EMBEDDING_NAME},
            classes=tuple((person.name, person.person_id) for person in self._dataset.classes),
            metrics=self._metrics(),
            parts=_PARTS,
            weights=weights_file.dump(
                head_tensors(references, open_set), {"architecture": ARCHITECTURE, "embedder": EMBEDDING_NAME}
            ),
        )

    def _metrics(self) -> dict[str, JSON]:
        report = self.outcome_report()
        baseline = {
            str(fold): self._training.accuracy(outcome, outcome.baseline)
            for fold, outcome in self._training.outcomes.items()
            if len(outcome.rows)
        }
        return {
            "folds": dict(report.folds),
            "live_folds": baseline,
            "accuracy": report.mean,
            "ece": report.ece,
            "auroc": report.auroc,
            "known_at_1": report.known_at_1,
            "report": report.to_json(),
        }

    def _dump(self, tensors: Mapping[str, NDArray[Any]]) -> bytes:
        return weights_file.dump(tensors, {"step": str(self.step)})

    def _load(self, data: bytes) -> None:
        tensors, meta = weights_file.load(data)
        self._training.set_tensors(tensors, int(meta["step"]))


def make_embedding_trainer(run: Run, dataset: Dataset, reader: DatasetReader) -> EmbeddingTrainer:
    """The trainer of a run.

    Raises:
        OmokageError: DATASET_UNFIT, a face was found in none of the pictures.
    """
    has_face = np.asarray(reader.found, bool)
    if not has_face.any():
        raise OmokageError(ErrorCode.DATASET_UNFIT, remark="without-face")
    labels = np.asarray(reader.labels, np.int64)
    pictures = Pictures(np.asarray(reader.embeddings, np.float32), labels, has_face, len(dataset.classes))
    return EmbeddingTrainer(pictures, dataset, run)
