"""A CNN whose face embedding changes: its network stays, and what tells strangers is fitted anew."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.domain.embedders import EMBEDDING_NAME
from core.domain.errors import ErrorCode, OmokageError
from core.domain.registry.evaluation import EvaluationReport
from core.domain.registry.versions import VersionDraft
from core.domain.training.folds import FOLDS, fold_of
from core.models.cnn.head import CnnConfig, load_cnn_head, named_gate, net_tensors
from core.models.cnn.trainer import PARTS, OpenSetFigures, gate_tensors, open_set_figures
from core.models.cnn.training_step import middle
from core.models.common import weights_file
from core.models.embedding.cross_validation import FoldOutcome, Pictures, accuracy_of, hold_out, strangers_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.jobs import JSON
    from core.domain.registry.versions import Version
    from core.vision.datasets.dataset_reader import DatasetReader


def with_new_gate(version: Version, weights: bytes, reader: DatasetReader) -> VersionDraft:
    """Return a version's successor: the same network and temperature, and a gate of the present embedder.

    What the network alone decides (accuracy by fold, confusion, reliability) is the earlier version's; how well
    strangers are told, and the accuracy of the method without training, are measured anew on the same held-out fold.

    Args:
        version: of a CNN.
        weights: its file.
        reader: the data set that it was trained on.

    Raises:
        OmokageError: BAD_WEIGHTS; DATASET_UNFIT, a face was found in none of the pictures; DATASET_CHANGED, DISK_FULL.
    """
    has_face = np.asarray(reader.found, bool)
    if not has_face.any():
        raise OmokageError(ErrorCode.DATASET_UNFIT, remark="without-face")
    labels = np.asarray(reader.labels, np.int64)
    pictures = Pictures(reader.embeddings, labels, has_face, len(version.classes))
    fold = int(version.config.get("fold") or 0)  # type: ignore[arg-type]
    held_out = np.array(fold_of(labels.tolist(), FOLDS)) == fold
    strangers = strangers_of(fold, FOLDS, pictures.people)
    outcome = hold_out(pictures, held_out, strangers)
    known = pictures.found[held_out] & ~strangers[labels[held_out]]
    right = _is_right(version, weights, reader, labels, held_out)
    tensors, _ = weights_file.load(weights)
    return VersionDraft(
        architecture=version.architecture,
        config={**version.config, "embedder": EMBEDDING_NAME},
        classes=version.classes,
        metrics=_metrics(version, pictures, outcome, open_set_figures(outcome, right[known]), fold),
        parts=PARTS,
        weights=weights_file.dump(
            net_tensors(tensors) | named_gate(gate_tensors(pictures, held_out)),
            {"architecture": version.architecture, "embedder": EMBEDDING_NAME},
        ),
    )


def _is_right(
    version: Version, weights: bytes, reader: DatasetReader, labels: NDArray[np.int64], held_out: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return for each held-out picture whether the network knows the person."""
    head = load_cnn_head(version, *weights_file.load(weights))
    config = CnnConfig.of(version.config)
    rows = np.flatnonzero(held_out)
    guesses = head.closed(middle(reader.images(config.view)[rows], config.size)).argmax(1)
    return np.asarray(guesses == labels[rows])


def _metrics(
    version: Version, pictures: Pictures, outcome: FoldOutcome, figures: OpenSetFigures, fold: int
) -> dict[str, JSON]:
    baseline = accuracy_of(pictures.labels, outcome.rows, outcome.baseline)
    kept = {name: version.metrics[name] for name in ("folds", "accuracy", "ece") if name in version.metrics}
    return {**kept, "live_folds": {str(fold): baseline}, **figures._asdict(), "report": _report(version, figures)}


def _report(version: Version, figures: OpenSetFigures) -> JSON:
    payload: Any = version.metrics.get("report")
    try:
        return replace(EvaluationReport.from_json(payload), **figures._asdict()).to_json()
    except (KeyError, TypeError, ValueError, IndexError):  # it had none
        return None
