"""A guild's labelled faces as a version of the data set "labels"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from core.domain.data.datasets import LABELS, Dataset, Findings
from core.domain.errors import ErrorCode, OmokageError
from core.services.datasets.builder import (
    DatasetSource,
    PictureFileReader,
    Progress,
    build_dataset,
    find_unchanged,
    load_reader,
)
from core.services.datasets.shard_writer import DatasetTarget
from core.storage.dataset_faces import LabelledFace, labelled_faces

if TYPE_CHECKING:
    from core.services.datasets.storage import DatasetStorage
    from core.storage.blobs import Blobs
    from core.storage.database import Database


def from_labels(
    database: Database,
    storage: DatasetStorage,
    guild_id: int,
    by: int,
    progress: Progress = lambda _done, _total: None,
    *,
    fewest: int = 1,
    load: Callable[[], PictureFileReader] = load_reader,
) -> Dataset:
    """Make a version of the guild's present labels; return the newest version where nothing has changed.

    Faces whose photo is gone, or was never kept, are counted as damaged and left out.

    Args:
        database: has the labels.
        storage: has their photos, and gets the version.
        guild_id: whose labels.
        by: id of the member who asks; 0 for the operator.
        progress: called after each batch.
        fewest: faces of each person; who has fewer is left out.
        load: makes the reader of pictures; by default with the product's networks.

    Raises:
        OmokageError: DATASET_UNFIT (no face has a photo), DISK_FULL.
    """
    with database.read() as connection:
        labelled = labelled_faces(connection, guild_id)
    stored = [face for face in labelled if face.photo is not None and storage.blobs.exists(face.photo)]
    counts = Counter(face.name for face in stored)
    kept = [face for face in stored if counts[face.name] >= fewest]
    pictures = [_picture(storage.blobs, face) for face in kept]
    content: dict[str, list[str]] = {}
    for face in kept:
        content.setdefault(face.name, []).append(face.identity)
    target = DatasetTarget(guild_id, LABELS, by)
    findings = Findings(damaged=len(labelled) - len(stored))
    return find_unchanged(storage, target, list(content.items())) or build_dataset(
        storage, target, pictures, findings=findings, progress=progress, load=load
    )


def _picture(blobs: Blobs, labelled: LabelledFace) -> DatasetSource:
    read = partial(_photo, blobs, labelled.photo or "")
    return DatasetSource(labelled.name, labelled.source, read, labelled.face, labelled.identity)


def _photo(blobs: Blobs, name: str) -> bytes | None:
    try:
        return blobs.get(name)
    except OmokageError as error:
        if error.code is ErrorCode.PHOTO_GONE:
            return None
        raise
