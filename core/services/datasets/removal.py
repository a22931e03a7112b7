"""Removing versions of data sets: their pictures are deleted, their names stay for runs and model cards."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from core.domain.clock import now_utc
from core.domain.data.datasets import Dataset
from core.domain.errors import ErrorCode, OmokageError
from core.domain.people import normalise_name
from core.domain.removal import RemovedDataset
from core.services.retention import RetentionService
from core.storage.database import Database
from core.storage.dataset_rows import dataset_named, datasets_of, mark_removed
from core.storage.people.changes import delete_person, unused_people
from core.storage.runs.run_rows import number_training_on

_log = logging.getLogger(__name__)


class DatasetRemover:
    """Synchronous and thread-safe; light, since the bot uses it. Who may do so is for the front to ask.

    Args:
        database: of the guilds.
        retention: deletes the pictures that nobody else needs.
        cache: the folder of this host's copies; other hosts' go when they need the room.
        clock: returns the present time.
    """

    def __init__(
        self,
        database: Database,
        retention: RetentionService,
        cache: Path,
        clock: Callable[[], datetime] = now_utc,
    ) -> None:
        self._database = database
        self._retention = retention
        self._cache = cache
        self._clock = clock

    def remove(self, guild_id: int, name: str, version: int | None, *, by: int) -> tuple[RemovedDataset, ...]:
        """Remove a version with its pictures, and the people who are known from it alone; None: all versions.

        A version's number is not given again. Models that were trained on it stay as they are.

        Raises:
            OmokageError: BAD_NAME, UNKNOWN_DATASET, DATASET_REMOVED; DATASET_IN_USE, nothing was removed.
        """
        shown, began = normalise_name(name), now_utc()  # files have the system's time
        with self._database.write() as connection:
            # Nobody starts a run, makes a version or names a face meanwhile.
            for lock in ("runs", "datasets", "people"):
                self._database.advisory_lock(connection, f"omokage-{lock}-{guild_id}")
            versions = _find_versions(connection, guild_id, shown, version)
            _check_unused(connection, versions)
            removed = tuple(self._remove(connection, version, by) for version in versions)
        self._retention.discard({shard.sha256 for dataset in versions for shard in dataset.shards}, guild_id, began)
        delete_cached(self._cache, [dataset.cache_key for dataset in versions])
        return removed

    def _remove(self, connection: Connection, dataset: Dataset, by: int) -> RemovedDataset:
        mark_removed(connection, dataset, by, self._clock())
        unused = unused_people(connection, dataset.guild_id, [person.person_id for person in dataset.classes])
        for person_id in unused:
            delete_person(connection, person_id)
        return RemovedDataset(dataset, tuple(unused.values()))


def delete_cached(cache: Path, keys: Iterable[str]) -> None:
    """Delete this host's cached copies of data sets, by their `Dataset.cache_key`."""
    for key in keys:
        for file in cache.glob(f"{key}-*"):
            try:
                file.unlink(missing_ok=True)
            except OSError as error:
                _log.warning("%s was not deleted: %s", file, error)


def _find_versions(connection: Connection, guild_id: int, name: str, version: int | None) -> list[Dataset]:
    """The oldest first."""
    if version is None:
        versions = [version for version in reversed(datasets_of(connection, guild_id)) if version.name == name]
    else:
        dataset = dataset_named(connection, guild_id, name, version)
        versions = [] if dataset is None else [dataset]
    if not versions:
        raise OmokageError(ErrorCode.UNKNOWN_DATASET)
    if versions[0].removed_at is not None:
        raise OmokageError(ErrorCode.DATASET_REMOVED, title=versions[0].title)
    return versions


def _check_unused(connection: Connection, versions: Collection[Dataset]) -> None:
    number = number_training_on(connection, [version.id for version in versions])
    if number is not None:
        raise OmokageError(ErrorCode.DATASET_IN_USE, number=number)
