"""The CNN as a training run: what a run asks for, what it shows on the way, and the version that it leaves behind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.special import softmax

from core.domain.embedders import EMBEDDING_NAME
from core.domain.errors import ErrorCode, OmokageError
from core.domain.registry.evaluation import EvaluationReport, confusion_matrix
from core.domain.registry.versions import EMBEDDER_PARTS, LicensedPart, VersionDraft
from core.domain.training.folds import FOLDS, fold_of
from core.models.cnn.head import cnn_tensors
from core.models.cnn.presets import CNN_PRESETS, CnnPreset
from core.models.cnn.training_step import CnnTraining
from core.models.common import weights_file
from core.models.common.base_trainer import BaseTrainer
from core.models.common.presets import preset_with_options
from core.models.embedding.calibration import auroc, expected_calibration_error, fit_temperature, known_at, reliability
from core.models.embedding.cross_validation import FoldOutcome, Pictures, accuracy_of, hold_out, strangers_of
from core.models.embedding.head import head_tensors, train_head

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.data.datasets import Dataset
    from core.domain.jobs import JSON
    from core.domain.training.runs import Run
    from core.vision.datasets.dataset_reader import DatasetReader

_EVALUATIONS = 20  # in a run: enough for a curve, and a few per cent of its time
PARTS = (
    LicensedPart("weights, trained from scratch", "as the pictures"),
    LicensedPart("face detector: CenterFace", "MIT"),
    *EMBEDDER_PARTS,  # of what tells strangers
)


def preset_for_run(name: str, steps: int, config: Mapping[str, Any]) -> CnnPreset:
    """Return the preset of a run, changed by the run's options.

    Raises:
        OmokageError: UNKNOWN_PRESET.
    """
    return preset_with_options(CNN_PRESETS, name, steps, config)


class CnnTrainer(BaseTrainer[CnnTraining]):
    """The trainer of a CNN that recognises faces.

    Args:
        training: of the network.
        run: its preset, options and seed.
        dataset: what is trained on.
        preset: of the run, with its options.
        pictures: their embeddings tell strangers from the people of the data set.
        held_out: (N,), those that are only evaluated on.
    """

    def __init__(
        self,
        training: CnnTraining,
        run: Run,
        dataset: Dataset,
        *,
        preset: CnnPreset,
        pictures: Pictures,
        held_out: NDArray[np.bool_],
    ) -> None:
        super().__init__(training, run, _EVALUATIONS)
        self._dataset = dataset
        self._preset = preset
        self._pictures = pictures
        self._held_out = held_out
        self._by_step: list[tuple[int, float]] = []

    def evaluate(self) -> Mapping[str, float]:
        """Return `held_out_accuracy` and `held_out_loss` of the averaged weights."""
        figures = self._training.evaluate()
        if "held_out_accuracy" in figures and (not self._by_step or self._by_step[-1][0] < self.step):
            self._by_step.append((self.step, figures["held_out_accuracy"]))
        return figures

    def finish(self) -> VersionDraft:
        """The averaged weights, calibrated on the held-out fold, and what tells strangers."""
        self.evaluate()
        logits, labels = self._training.held_out_logits()
        temperature = fit_temperature(logits, labels)
        strangers = strangers_of(self._fold, FOLDS, self._pictures.people)
        outcome = hold_out(self._pictures, self._held_out, strangers)
        report = self._report(softmax(logits / temperature, axis=1), labels, outcome)
        architecture, tensors = (
            f"cnn-{self._preset.net}",
            cnn_tensors(self._training.ema_net, gate_tensors(self._pictures, self._held_out)),
        )
        return VersionDraft(
            architecture=architecture,
            config=self._version_config(temperature),
            classes=tuple((person.name, person.person_id) for person in self._dataset.classes),
            metrics={
                "folds": dict(report.folds),
                "live_folds": {str(self._fold): accuracy_of(self._pictures.labels, outcome.rows, outcome.baseline)},
                "accuracy": report.mean,
                "ece": report.ece,
                "auroc": report.auroc,
                "known_at_1": report.known_at_1,
                "report": report.to_json(),
            },
            parts=PARTS,
            weights=weights_file.dump(tensors, {"architecture": architecture, "embedder": EMBEDDING_NAME}),
        )

    @property
    def _fold(self) -> int:
        return int(self._run.config.get("fold") or 0)  # type: ignore[arg-type]

    def _dump(self, tensors: Mapping[str, NDArray[Any]]) -> bytes:
        meta = {"step": str(self.step), "by_step": json.dumps(self._by_step), "preset": self._run.preset}
        return weights_file.dump(tensors, meta)

    def _load(self, data: bytes) -> None:
        tensors, meta = weights_file.load(data)
        self._training.set_tensors(tensors, int(meta["step"]))
        self._by_step = [(int(step), float(accuracy)) for step, accuracy in json.loads(meta["by_step"])]

    def _version_config(self, temperature: float) -> dict[str, JSON]:
        preset = self._preset
        own: dict[str, JSON] = {
            "net": preset.net,
            "framing": preset.framing.value,
            "size": preset.size,
            "grey": preset.grey,
            "temperature": temperature,
            "embedder": EMBEDDING_NAME,  # of what tells strangers
        }
        return {**self._config("cnn", preset, **own), "fold": self._fold}

    def _report(
        self, chances: NDArray[np.float64], labels: NDArray[np.int32], outcome: FoldOutcome
    ) -> EvaluationReport:
        """Of the held-out pictures; embeddings tell strangers, whom some of the people stand for, from the others."""
        guesses = chances.argmax(1)
        right = guesses == labels
        names = tuple(person.name for person in self._dataset.classes)
        fold = str(self._fold)
        figures = open_set_figures(outcome, right[self._known()])
        return EvaluationReport(
            head="cnn",
            preset=self._run.preset,
            dataset=self._dataset.title,
            dataset_hash=self._dataset.hash,
            names=names,
            folds={fold: float(right.mean())},
            by_step={fold: tuple(self._by_step)},
            confusion=confusion_matrix(labels.tolist(), guesses.tolist(), len(names)),
            bins=reliability(chances, labels),
            ece=expected_calibration_error(chances, labels),
            auroc=figures.auroc,
            known_at_1=figures.known_at_1,
        )

    def _known(self) -> NDArray[np.bool_]:
        """(held out,) the pictures whose faces `FoldOutcome.known` is about, in its order."""
        rows = np.flatnonzero(self._held_out)
        strangers = strangers_of(self._fold, FOLDS, self._pictures.people)
        return np.asarray(self._pictures.found[rows] & ~strangers[self._pictures.labels[rows]])


def gate_tensors(pictures: Pictures, held_out: NDArray[np.bool_]) -> dict[str, NDArray[Any]]:
    """Return the tensors of what tells strangers from the people of the data set; the held-out fold is unseen."""
    kept = pictures.found & ~held_out
    return head_tensors(*train_head(pictures.embeddings[kept], pictures.labels[kept], pictures.people))


class OpenSetFigures(NamedTuple):
    """How well strangers are told: both None where nobody was left out as a stranger."""

    auroc: float | None = None
    known_at_1: float | None = None


def open_set_figures(outcome: FoldOutcome, right: NDArray[np.bool_]) -> OpenSetFigures:
    """Measure on a held-out fold how well strangers are told.

    Args:
        outcome: of the embeddings.
        right: (len(outcome.known),) whether the network knows the person of each known face.
    """
    if not len(outcome.known) or not len(outcome.strangers):
        return OpenSetFigures()
    return OpenSetFigures(auroc(outcome.known, outcome.strangers), known_at(outcome.known, right, outcome.strangers))


def make_cnn_trainer(run: Run, dataset: Dataset, reader: DatasetReader) -> CnnTrainer:
    """The trainer of a run; the fold that its `config` names is held out.

    Raises:
        OmokageError: UNKNOWN_PRESET; DATASET_UNFIT, a face was found in none of the pictures; DISK_FULL, for the
            memory-mapped pictures.
    """
    preset = preset_for_run(run.preset, run.steps, run.config)
    has_face = np.asarray(reader.found, bool)
    if not has_face.any():
        raise OmokageError(ErrorCode.DATASET_UNFIT, remark="without-face")
    labels = np.asarray(reader.labels, np.int64)
    pictures = Pictures(np.asarray(reader.embeddings, np.float32), labels, has_face, len(dataset.classes))
    held_out = np.array(fold_of(labels.tolist(), FOLDS)) == (run.config.get("fold") or 0)
    training = CnnTraining(
        reader.images(preset.view), labels, held_out, classes=len(dataset.classes), preset=preset, seed=run.seed
    )
    return CnnTrainer(training, run, dataset, preset=preset, pictures=pictures, held_out=held_out)
