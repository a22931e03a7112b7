"""Make a version of a data set anew without somebody's pictures. Nothing is decoded, embedded or trained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from core.domain.age_bins import count_bins
from core.domain.data.content import content_hash, picture_identity
from core.domain.data.datasets import Dataset, DatasetClass, Shard
from core.domain.errors import ErrorCode, OmokageError
from core.domain.privacy import DatasetWithout, PendingWork, mentions, photo_key
from core.services.datasets.shard_writer import CONTENT, ShardFiles
from core.storage.disk import disk_full_said
from core.storage.scratch import scratch_folder
from core.vision.datasets.shards import read_shard

if TYPE_CHECKING:
    from core.services.datasets.storage import DatasetStorage
    from core.storage.blobs import Blobs
    from core.vision.datasets.records import Record

Identify = Callable[[str, str], str]  # a class's name, a file's sha256 -> what identifies the picture


def photos_of(blobs: Blobs, version: DatasetWithout) -> frozenset[str]:
    """Return the files (`photo_key`) of which pictures of the version's forgotten people were made.

    Raises:
        OmokageError: DATASET_CHANGED.
    """
    records = _records(blobs, version.shards)
    return frozenset(photo_key(record.sha256) for record in records if record.label in version.labels)


def holds_photos(blobs: Blobs, shards: tuple[Shard, ...], photos: frozenset[str]) -> bool:
    """Return whether a picture of these shards came from one of these files (`photo_key`).

    Raises:
        OmokageError: DATASET_CHANGED.
    """
    return any(photo_key(record.sha256) in photos for record in _records(blobs, shards))


def rebuild_without(
    storage: DatasetStorage, guild_id: int, version: DatasetWithout, pending: PendingWork, identify: Identify
) -> Dataset | None:
    """Store a new version of a data set without a class, and without pictures that came from certain files.

    The order of the other pictures stays, so that whatever is trained on them is the same as if the others had never
    been there.

    Args:
        storage: has the shards, and gets the version.
        guild_id: whose data set.
        version: what it was made of.
        pending: names that must not stay in the sources of pictures, and the files whose pictures go.
        identify: tells what identifies a picture in the content's hash.

    Returns:
        The version, which may have been stored before; None: no picture is left.

    Raises:
        OmokageError: DATASET_CHANGED, DISK_FULL.
    """
    pictures: defaultdict[int, list[str]] = defaultdict(list)
    ages: list[float] = []
    without_face = 0
    with disk_full_said(), scratch_folder(storage.folder, "forget") as folder:
        files = ShardFiles(folder)
        labels: dict[int, int] = {}  # new ones by the old
        for record in _records(storage.blobs, version.shards):
            if record.label in version.labels or photo_key(record.sha256) in pending.photos:
                continue
            identity = identify(version.classes[record.label].name, record.sha256)
            pictures[record.label].append(picture_identity(identity, record.age, record.gender))
            without_face += record.landmarks is None
            ages += [] if record.age is None else [record.age]
            source = "" if mentions(record.source, pending.names) else record.source
            files.add(replace(record, label=labels.setdefault(record.label, len(labels)), source=source))
        if not pictures:
            return None
        shards = files.store(storage.blobs)
    classes = [replace(version.classes[label], pictures=len(of_class)) for label, of_class in pictures.items()]
    return storage.datasets.add(
        guild_id,
        version.name,
        classes,
        shards,
        hash=content_hash(CONTENT, _people(classes, pictures)),
        without_face=without_face,
        by=version.created_by,
        age_counts=count_bins(ages) if ages else (),
    )


def _people(classes: list[DatasetClass], pictures: dict[int, list[str]]) -> list[tuple[str, list[str]]]:
    return [(one.name, of_class) for one, of_class in zip(classes, pictures.values(), strict=True)]


def _records(blobs: Blobs, shards: tuple[Shard, ...]) -> Iterator[Record]:
    for shard in shards:
        try:
            data = blobs.get(shard.sha256)
        except OmokageError as error:
            raise OmokageError(ErrorCode.DATASET_CHANGED) from error
        yield from read_shard(data)
