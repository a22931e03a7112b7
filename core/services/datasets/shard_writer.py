"""The writer of a data set's shards: it collects pictures, counts findings, and stores a version."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.domain.age_bins import count_bins
from core.domain.data.content import content_hash, picture_identity
from core.domain.data.datasets import NOBODY, Dataset, DatasetClass, Findings, Shard
from core.domain.embedders import DLIB
from core.domain.errors import ErrorCode, OmokageError
from core.domain.names.surrogates import without_surrogates
from core.domain.training.preflight import SMALL_FACE
from core.services.datasets.duplicates import count_copies
from core.storage.disk import disk_full_said
from core.vision.datasets.records import FORMAT, Record
from core.vision.datasets.shards import write_shard

if TYPE_CHECKING:
    from core.services.datasets.service import DatasetService
    from core.services.datasets.storage import DatasetStorage
    from core.storage.blobs import Blobs
    from core.vision.datasets.dataset_pictures import DatasetPicture

# A shard is read whole into memory: a thousand crops are 5 MB, and of larger pictures fewer go into one.
SHARD_PICTURES = 1000
SHARD_BYTES = 64 * 1024**2
# The form for `content_hash`. Its second word is the embedder of the first data sets, and stays: embeddings are made
# anew where a newer embedder needs them, so the same pictures are the same content whichever one embedded them. What
# was imported before is found again, and versions that were trained before and after compare.
CONTENT = f"{FORMAT} {DLIB}"


@dataclass(frozen=True, slots=True)
class DatasetTarget:
    """Which data set of which guild gets a version, and who makes it; not `named`: without people's names."""

    guild_id: int
    name: str
    by: int
    named: bool = True


class ShardFiles:
    """Writes records into shards, with at most one shard in memory; the same records give the same shards.

    Args:
        folder: for shards until they are stored.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._records: list[Record] = []
        self._size = 0
        self._shards: list[tuple[Path, int]] = []

    def add(self, record: Record) -> None:
        """Add a record.

        Raises:
            OmokageError: DISK_FULL.
        """
        self._records.append(record)
        self._size += len(record.image)
        if len(self._records) >= SHARD_PICTURES or self._size >= SHARD_BYTES:
            self._write()

    def store(self, blobs: Blobs) -> list[Shard]:
        """Store all shards.

        Raises:
            OmokageError: DISK_FULL.
        """
        self._write()
        with disk_full_said():
            return [_store_shard(blobs, path, count) for path, count in self._shards]

    def _write(self) -> None:
        if self._records:
            path = self._folder / f"{len(self._shards)}.tfrecord"
            with disk_full_said():
                self._shards.append((path, write_shard(path, self._records)))
        self._records, self._size = [], 0


class ShardWriter:
    """Writes pictures, person by person, with at most one shard in memory.

    Args:
        folder: for shards until they are stored.
    """

    def __init__(self, folder: Path) -> None:
        self._files = ShardFiles(folder)
        self._people: list[tuple[str, list[str]]] = []
        self._person: list[DatasetPicture] = []  # of the present person, without their files
        self._without_face = 0
        self._ages: list[float] = []
        self.findings = Findings()

    def count(self, **more: int) -> None:
        """Add to the counts of `Findings`, by their names."""
        counted = {name: getattr(self.findings, name) + count for name, count in more.items()}
        self.findings = replace(self.findings, **counted)

    def add(self, person: str, source: str, picture: DatasetPicture, identity: str | None = None) -> None:
        """Add a picture; all of a person's come in a row.

        Args:
            person: normalised name.
            source: where the picture is from, as people would say it.
            picture: the picture to store.
            identity: for the hash, where the file alone does not say which picture it is.
        """
        if not self._people or self._people[-1][0] != person:
            self._end_person()
            self._people.append((person, []))
        self._people[-1][1].append(picture_identity(identity or picture.sha256, picture.age, picture.gender))
        if picture.age is not None:
            self._ages.append(picture.age)
        self._without_face += picture.landmarks is None
        self.count(small=int(0 < picture.side < SMALL_FACE), turned=int(picture.turned > 0))
        if picture.thumbnail is not None:
            self._person.append(replace(picture, image=b""))
        self._files.add(picture.record(len(self._people) - 1, without_surrogates(source)))

    def finish(self, storage: DatasetStorage, target: DatasetTarget) -> Dataset:
        """Store the shards and the version, unless the newest version has the same content.

        Raises:
            OmokageError: DATASET_UNFIT, there is no picture; DISK_FULL.
        """
        self._end_person()
        if not self._people:
            raise no_pictures_error()
        shards = self._files.store(storage.blobs)
        return storage.datasets.add(
            target.guild_id,
            target.name,
            self._classes(storage.datasets, target),
            shards,
            hash=content_hash(CONTENT, self._people),
            without_face=self._without_face,
            by=target.by,
            findings=self.findings,
            age_counts=count_bins(self._ages) if self._ages else (),
        )

    def _classes(self, datasets: DatasetService, target: DatasetTarget) -> list[DatasetClass]:
        counts = {name: len(pictures) for name, pictures in self._people}
        if not target.named:
            return [DatasetClass(name, NOBODY, count) for name, count in counts.items()]
        people = datasets.people(target.guild_id, list(counts), target.by)
        return [
            DatasetClass(person.name, person.id, count) for person, count in zip(people, counts.values(), strict=True)
        ]

    def _end_person(self) -> None:
        if self._person:
            embeddings = np.frombuffer(b"".join(picture.embedding for picture in self._person), "<f4")
            thumbnails = np.stack([picture.thumbnail for picture in self._person if picture.thumbnail is not None])
            self.count(alike=count_copies(embeddings.reshape(len(self._person), -1), thumbnails))
        self._person = []


def no_pictures_error() -> OmokageError:
    """Return the error for a source without any picture."""
    return OmokageError(ErrorCode.DATASET_UNFIT, remark="few-people", people=0)


def _store_shard(blobs: Blobs, path: Path, pictures: int) -> Shard:
    data = path.read_bytes()
    path.unlink()
    return Shard(blobs.put(data), pictures, len(data))
