"""The embedding head as a training run: a step holds one fold out, and what is left behind has seen all pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JSON
from core.domain.registry.versions import LicensedPart, VersionDraft
from core.domain.training.folds import FOLDS, fold_of
from core.models.common import weights_file
from core.models.embedding.cross_validation import (
    FoldOutcome,
    Pictures,
    hold_out,
    report_of_folds,
    share_right,
    strangers_of,
)
from core.models.embedding.head import ARCHITECTURE, head_tensors, train_head
from core.vision.recognition.photo_reader import EMBEDDING_NAME

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.data.datasets import Dataset
    from core.domain.registry.evaluation import EvaluationReport
    from core.domain.training.runs import Run
    from core.vision.datasets.dataset_reader import DatasetReader

_PARTS = (
    LicensedPart("face detector: CenterFace", "MIT"),
    LicensedPart("face embedding: dlib's ResNet", "CC0-1.0"),
    LicensedPart("embeddings of the data set's pictures", "as the pictures"),
)


class EmbeddingTrainer:
    """A `Trainer` (core/services/training/trainer.py); the folds are the same for every head."""

    report_every = 1
    evaluate_every = 1

    def __init__(self, pictures: Pictures, dataset: Dataset, preset: str) -> None:
        self._pictures = pictures
        self._dataset = dataset
        self._preset = preset
        self._fold_of = np.array(fold_of(pictures.labels.tolist(), FOLDS))
        self._outcomes: dict[int, FoldOutcome] = {}

    @property
    def step(self) -> int:
        """Folds done."""
        return len(self._outcomes)

    @property
    def steps(self) -> int:
        """All folds; what a run was asked for makes no difference."""
        return FOLDS

    def advance(self) -> None:
        """Hold the next fold out."""
        fold = self.step
        strangers = strangers_of(fold, FOLDS, self._pictures.people)
        self._outcomes[fold] = hold_out(self._pictures, self._fold_of == fold, strangers)

    def report(self) -> Mapping[str, float]:
        """`fold_accuracy`, of the newest fold; small data sets have folds without a picture."""
        outcome = self._outcomes[self.step - 1]
        return {"fold_accuracy": self._share(outcome, outcome.guesses)} if len(outcome.rows) else {}

    def evaluate(self) -> Mapping[str, float]:
        """`held_out_accuracy` and, of the method without training, `live_accuracy`: means of the folds so far."""
        done = [one for one in self._outcomes.values() if len(one.rows)]
        if not done:
            return {}
        return {
            "held_out_accuracy": float(np.mean([self._share(one, one.guesses) for one in done])),
            "live_accuracy": float(np.mean([self._share(one, one.live) for one in done])),
        }

    def should_stop(self) -> None:
        """It is trained to the end."""

    def sample(self) -> None:
        """A recogniser makes no pictures."""

    def save_state(self) -> bytes:
        """The outcomes; there is nothing else that a later step depends on."""
        tensors = {
            f"{fold}/{name}": value for fold, one in self._outcomes.items() for name, value in one._asdict().items()
        }
        return weights_file.dump(tensors, {"step": str(self.step)})

    def restore(self, data: bytes) -> None:
        """Go back to a state that `save_state` gave.

        Raises:
            OmokageError: BAD_WEIGHTS.
        """
        tensors, said = weights_file.load(data)
        try:
            self._outcomes = {
                fold: FoldOutcome(*(tensors[f"{fold}/{name}"] for name in FoldOutcome._fields))
                for fold in range(int(said["step"]))
            }
        except (KeyError, ValueError) as error:
            raise OmokageError(ErrorCode.BAD_WEIGHTS) from error

    def outcome_report(self) -> EvaluationReport:
        """What the folds so far say."""
        return report_of_folds(self._dataset, self._preset, self._pictures.labels, self._outcomes)

    def finish(self) -> VersionDraft:
        """A head that has seen all pictures, with what the folds say about its kind."""
        found = self._pictures.found
        people = self._pictures.people
        references, open_set = train_head(self._pictures.embeddings[found], self._pictures.labels[found], people)
        return VersionDraft(
            architecture=ARCHITECTURE,
            config={"head": "embedding", "preset": self._preset, "embedder": EMBEDDING_NAME},
            classes=tuple((one.name, one.person_id) for one in self._dataset.classes),
            metrics=self._metrics(),
            parts=_PARTS,
            weights=weights_file.dump(
                head_tensors(references, open_set), {"architecture": ARCHITECTURE, "embedder": EMBEDDING_NAME}
            ),
        )

    def _metrics(self) -> dict[str, JSON]:
        report = self.outcome_report()
        live = {str(fold): self._share(one, one.live) for fold, one in self._outcomes.items() if len(one.rows)}
        return {
            "folds": dict(report.folds),
            "live_folds": live,
            "accuracy": report.mean,
            "ece": report.ece,
            "auroc": report.auroc,
            "known_at_1": report.known_at_1,
            "report": report.to_json(),
        }

    def _share(self, outcome: FoldOutcome, guesses: NDArray[np.int64]) -> float:
        return share_right(self._pictures.labels, outcome.rows, guesses)


def make_embedding_trainer(run: Run, dataset: Dataset, reader: DatasetReader) -> EmbeddingTrainer:
    """The trainer of a run.

    Raises:
        OmokageError: DATASET_UNFIT, a face was found in none of the pictures.
    """
    found = np.asarray(reader.found, bool)
    if not found.any():
        raise OmokageError(ErrorCode.DATASET_UNFIT, remark="without-face")
    labels = np.asarray(reader.labels, np.int64)
    pictures = Pictures(np.asarray(reader.embeddings, np.float32), labels, found, len(dataset.classes))
    return EmbeddingTrainer(pictures, dataset, run.preset)
