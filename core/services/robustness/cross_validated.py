"""Checks what a cross validation trains: how easily a recogniser is fooled with faces that it has never seen."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from core.domain.registry.versions import Version
from core.domain.training.folds import FOLDS, fold_of
from core.domain.training.presets import EMBEDDING
from core.domain.training.runs import RunKind
from core.models.embedding.head import EmbeddingHead, train_head
from core.models.families import load_head
from core.services.robustness.service import make_check

if TYPE_CHECKING:
    from core.domain.data.datasets import Dataset
    from core.domain.registry.versions import VersionDraft
    from core.models.attack.robustness import RobustnessCheck
    from core.vision.datasets.dataset_reader import DatasetReader
    from core.vision.recognition.mean_embedding import Head


def make_fold_check(draft: VersionDraft, dataset: Dataset, reader: DatasetReader, fold: int = 0) -> RobustnessCheck:
    """Of the recogniser that was trained without a fold, with the faces of that fold first.

    Args:
        draft: of a CNN what was trained without it. The embedding head's saw all pictures: it is trained again.
        dataset: what was trained on.
        reader: its content.
        fold: which.

    Raises:
        OmokageError: DATASET_CHANGED, DATASET_UNFIT, BAD_WEIGHTS.
    """
    if draft.config.get("head") == EMBEDDING:
        return make_check(_without(reader, draft.classes, fold), reader, fold)
    return make_check(load_head(_version(draft, dataset), draft.weights), reader, fold)


def _without(reader: DatasetReader, classes: tuple[tuple[str, int], ...], fold: int) -> Head:
    kept = reader.found & (np.array(fold_of(reader.labels.tolist(), FOLDS)) != fold)
    return EmbeddingHead(classes, *train_head(reader.embeddings[kept], reader.labels[kept], len(classes)))


def _version(draft: VersionDraft, dataset: Dataset) -> Version:
    """One that is in no table."""
    return Version(
        id=0,
        guild_id=dataset.guild_id,
        kind=RunKind.RECOGNISER,
        number=0,
        run_id=None,
        dataset_id=dataset.id,
        dataset_title=dataset.title,
        dataset_hash=dataset.hash,
        architecture=draft.architecture,
        config=draft.config,
        classes=draft.classes,
        metrics=draft.metrics,
        parts=draft.parts,
        weights="",
        size=len(draft.weights),
        created_by=0,
        created_at=datetime.now(UTC),
    )
