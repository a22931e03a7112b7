"""A guild's labelled faces, frozen as a version of the data set "labels"."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from core.domain.data.datasets import Dataset, Findings
from core.domain.errors import ErrorCode, OmokageError
from core.services.datasets.builder import Picture, Progress, Reader, load_reader, make, newest
from core.services.datasets.shard_writer import Target
from core.storage.dataset_faces import LabelledFace, labelled_faces

if TYPE_CHECKING:
    from core.services.datasets.storage import DatasetStorage
    from core.storage.blobs import Blobs
    from core.storage.database import Database

LABELS = "labels"  # the data set's name


def from_labels(
    database: Database,
    storage: DatasetStorage,
    guild_id: int,
    by: int,
    progress: Progress = lambda _done, _total: None,
    *,
    load: Callable[[], Reader] = load_reader,
) -> Dataset:
    """Freeze what the guild's labels say now; the newest version where they say the same.

    Faces whose photo is gone, or was never kept, are counted as damaged and left out.

    Args:
        database: has the labels.
        storage: has their photos, and gets the version.
        guild_id: whose labels.
        by: the member who says so; 0 for the operator.
        progress: told after each batch.
        load: makes what looks at pictures; by default the product's networks.

    Raises:
        OmokageError: DATASET_UNFIT (no face has a photo), DISK_FULL.
    """
    with database.read() as connection:
        labelled = labelled_faces(connection, guild_id)
    kept = [one for one in labelled if one.photo is not None and storage.blobs.exists(one.photo)]
    pictures = [_picture(storage.blobs, one) for one in kept]
    content: dict[str, list[str]] = {}
    for one in kept:
        content.setdefault(one.name, []).append(one.identity)
    target = Target(guild_id, LABELS, by)
    findings = Findings(damaged=len(labelled) - len(kept))
    return newest(storage, target, list(content.items())) or make(
        storage, target, pictures, findings=findings, progress=progress, load=load
    )


def _picture(blobs: Blobs, labelled: LabelledFace) -> Picture:
    read = partial(_photo, blobs, labelled.photo or "")
    return Picture(labelled.name, labelled.source, read, labelled.face, labelled.identity)


def _photo(blobs: Blobs, name: str) -> bytes | None:
    try:
        return blobs.get(name)
    except OmokageError as error:
        if error.code is ErrorCode.PHOTO_GONE:
            return None
        raise
