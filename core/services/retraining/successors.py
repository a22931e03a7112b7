"""Make the successor of a version of an earlier face embedding from the data set that the version was trained on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.domain.errors import ErrorCode, OmokageError
from core.domain.training.folds import FOLDS
from core.domain.training.presets import CNN, EMBEDDING
from core.models.families import family_name
from core.services.training.cross_validation import evaluate

if TYPE_CHECKING:
    from core.domain.data.datasets import Dataset
    from core.domain.registry.versions import Version, VersionDraft
    from core.vision.datasets.dataset_reader import DatasetReader


def make_successor(version: Version, weights: bytes, dataset: Dataset, reader: DatasetReader) -> VersionDraft:
    """Train an embedding head anew (seconds); of a CNN keep the network, and fit anew what tells strangers.

    Args:
        version: names the same people afterwards.
        weights: its file.
        dataset: of the same content as what it was trained on.
        reader: its content.

    Raises:
        OmokageError: BAD_WEIGHTS, damaged or not of these people; whatever trainers and readers raise.
    """
    if version.dataset_hash != dataset.hash or len(version.classes) != len(dataset.classes):
        raise OmokageError(ErrorCode.BAD_WEIGHTS, version=version.number)
    family = family_name(version.architecture)
    if family == EMBEDDING:
        return replace(train_embedding_head(dataset, reader), classes=version.classes)
    if family == CNN:
        from core.models.cnn.new_gate import with_new_gate  # TensorFlow

        return with_new_gate(version, weights, reader)
    raise OmokageError(ErrorCode.BAD_WEIGHTS, architecture=version.architecture)


def train_embedding_head(dataset: Dataset, reader: DatasetReader) -> VersionDraft:
    """Train an embedding head on a data set (seconds), with the figures of its folds.

    The same pictures in the same order give the same bytes.
    """
    drafts: list[VersionDraft] = []
    evaluate(reader, dataset, EMBEDDING, FOLDS, keep=drafts.append)
    return drafts[0]
