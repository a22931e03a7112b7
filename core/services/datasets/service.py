"""Data sets of a guild: which versions there are, and whether they can be trained on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeAlias

from core.domain.clock import now_utc
from core.domain.data.datasets import Dataset, DatasetClass, Findings, Preflight, Shard
from core.domain.errors import ErrorCode, OmokageError
from core.domain.people import LabelProvenance, Person, normalise_name
from core.domain.training.preflight import FEWEST_PICTURES, preflight
from core.domain.training.runs import RunKind
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.dataset_rows import NewDataset, dataset_named, datasets_of, find_dataset, insert_dataset
from core.storage.people.people_rows import find_person, get_or_create_person, lock_people

SOURCE = "data-set"  # by which way in people came who were not known before

_Datasets: TypeAlias = list[Dataset]  # within the class, `list` is its method
_People: TypeAlias = list[Person]


class DatasetService:
    """Synchronous and thread-safe; light, since the bot uses it. What makes versions is in `dataset_import`."""

    def __init__(self, database: Database, blobs: Blobs, clock: Callable[[], datetime] = now_utc) -> None:
        self._database = database
        self._blobs = blobs
        self._clock = clock

    def get(self, dataset_id: int, guild_id: int | None = None) -> Dataset:
        """Return a version; with `guild_id` only if it is that guild's.

        Raises:
            OmokageError: UNKNOWN_DATASET, DATASET_REMOVED.
        """
        return _require_present(self.describe(dataset_id, guild_id))

    def describe(self, dataset_id: int, guild_id: int | None = None) -> Dataset:
        """Return a version, also a removed one, whose name is all that is left.

        Raises:
            OmokageError: UNKNOWN_DATASET.
        """
        with self._database.read() as connection:
            dataset = find_dataset(connection, dataset_id)
        return _require_known(dataset if guild_id is None or (dataset and dataset.guild_id == guild_id) else None)

    def find(self, guild_id: int, name: str, version: int | None = None) -> Dataset:
        """Return the version of that name and number, or the newest of that name.

        Raises:
            OmokageError: UNKNOWN_DATASET, DATASET_REMOVED, BAD_NAME.
        """
        with self._database.read() as connection:
            return _require_present(_require_known(dataset_named(connection, guild_id, normalise_name(name), version)))

    def list(self, guild_id: int) -> _Datasets:
        """Return all versions, newest first, without removed ones."""
        with self._database.read() as connection:
            return datasets_of(connection, guild_id)

    def people(self, guild_id: int, names: Sequence[str], by: int) -> _People:
        """Return the guild's people of these names, in order; add those that do not exist, without a picture.

        Raises:
            OmokageError: BAD_NAME.
        """
        shown = [normalise_name(name) for name in names]
        provenance = LabelProvenance(by, 0, None, SOURCE, self._clock())
        with self._database.write() as connection:
            lock_people(self._database, connection, guild_id)
            ids = [get_or_create_person(connection, guild_id, name, provenance) for name in shown]
            people = [find_person(connection, guild_id, person_id) for person_id in ids]
        return [person for person in people if person is not None]

    def add(
        self,
        guild_id: int,
        name: str,
        classes: Sequence[DatasetClass],
        shards: Sequence[Shard],
        *,
        hash: str,  # noqa: A002 - as the field that it fills
        without_face: int,
        by: int,
        findings: Findings = Findings(),  # noqa: B008 - frozen
        age_counts: Sequence[int] = (),
    ) -> Dataset:
        """Add a version; return the newest one instead if its hash is the same and its shards are whole.

        Raises:
            OmokageError: BAD_NAME.
        """
        counts = (without_face, findings, by, tuple(age_counts))
        new = NewDataset(guild_id, normalise_name(name), hash, tuple(classes), tuple(shards), *counts)
        with self._database.write() as connection:
            self._database.advisory_lock(connection, f"omokage-datasets-{guild_id}")
            newest = dataset_named(connection, guild_id, new.name, None)
            if newest is not None and newest.hash == hash and not self.missing_shards(newest):
                return newest
            return insert_dataset(connection, new, self._clock())

    def missing_shards(self, dataset: Dataset) -> tuple[Shard, ...]:
        """Return the shards that are gone or damaged; reads them all."""
        return tuple(shard for shard in dataset.shards if not self._is_whole(shard))

    def preflight(
        self, dataset: Dataset, minimum_pictures: int = FEWEST_PICTURES, kind: RunKind = RunKind.RECOGNISER
    ) -> Preflight:
        """Return what is in a data set, and whether it can be trained on; from its counts alone."""
        return preflight(dataset, minimum_pictures, kind)

    def _is_whole(self, shard: Shard) -> bool:
        try:
            self._blobs.get(shard.sha256)
        except OmokageError as error:
            if error.code is ErrorCode.PHOTO_GONE:
                return False
            raise
        return True


def _require_known(dataset: Dataset | None) -> Dataset:
    if dataset is None:
        raise OmokageError(ErrorCode.UNKNOWN_DATASET)
    return dataset


def _require_present(dataset: Dataset) -> Dataset:
    if dataset.removed_at is not None:
        raise OmokageError(ErrorCode.DATASET_REMOVED, title=dataset.title)
    return dataset
