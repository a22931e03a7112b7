"""Retention: deletes what is no longer kept; docs/privacy.md states the rules for members."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection

from core.domain.clock import now_utc
from core.domain.jobs import Job
from core.domain.storage_limits import GRACE, TOKEN_LIFE, StorageLimits
from core.domain.workers import FORGET_AFTER
from core.storage.blob_references import BlobUse, blob_references, still_referenced
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.jobs.job_queries import guilds_with_jobs
from core.storage.retention_rows import (
    count_expired_faces,
    count_expired_jobs,
    delete_expired_faces,
    delete_expired_jobs,
    drop_tokens,
    expired_jobs,
    forget_export_file,
    forget_photos,
    forget_stored,
    has_old_tokens,
    installation_id,
    note_stored,
    posted_exports,
    stored_names,
    storing_guilds,
    take_turn,
)
from core.storage.worker_rows import delete_gone_workers

_log = logging.getLogger(__name__)
_BATCH = 200  # rows in one transaction: about ten milliseconds, for which a command may have to wait
_FILES = 20  # are deleted between two pauses: an object store takes a second for them
PAUSE_S = 0.05  # so that others get their turn
SWEEP = "sweep"
SWEEP_EVERY = timedelta(hours=1)
_MEMBERS = frozenset({BlobUse.PHOTO, BlobUse.ANSWER})  # what counts against a guild's quota


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was deleted, or would be. `orphans` are files that nothing refers to, with `bytes` in all.

    `is_foreign`: the store belongs to another database, so none of its files was deleted.
    """

    jobs: int = 0
    faces: int = 0
    orphans: int = 0
    bytes: int = 0
    is_foreign: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """Bytes by guild and use. A file that several need counts for each of them; `total` counts it once.

    `orphans`: of files that nothing refers to.
    """

    by_guild: Mapping[int, Mapping[BlobUse, int]]
    orphans: int
    total: int

    def counted(self, guild_id: int) -> int:
        """Return the bytes that count against a guild's quota."""
        return sum(self.by_guild[guild_id][use] for use in _MEMBERS)


class RetentionService:
    """Deletes what is no longer needed, in small steps; synchronous and thread-safe.

    Any number of processes may do so at once. A blob goes when no row of any table refers to it and nobody has put it
    for a day, so that what is stored before its row is written is never taken.

    Args:
        database: of all tables.
        blobs: the store; its files' times are compared with those of `clock`.
        limits: how long things are kept.
        clock: aware UTC.
        pause: called between two steps of `prune`; whatever it raises ends it, and the next one goes on.
    """

    def __init__(
        self,
        database: Database,
        blobs: Blobs,
        limits: StorageLimits,
        clock: Callable[[], datetime] = now_utc,
        pause: Callable[[], None] = lambda: time.sleep(PAUSE_S),
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._limits = limits
        self._clock = clock
        self._pause = pause

    def drop_tokens(self) -> None:
        """Forget the tokens of interactions that Discord has forgotten."""
        before = self._clock() - TOKEN_LIFE
        with self._database.read() as connection:
            if not has_old_tokens(connection, before):
                return
        with self._database.write() as connection:
            drop_tokens(connection, before)

    def forget_exports(self) -> None:
        """Delete the files of exports that are posted, or that Discord would not take any more.

        Such a file has all photos, names and embeddings of a guild, so it is kept no longer than posting it takes.
        """
        now = self._clock()
        with self._database.read() as connection:
            exports = posted_exports(connection, now - TOKEN_LIFE)
        for job_id, guild_id, file in exports:
            with self._database.write() as connection:
                forget_export_file(connection, job_id)
            self.discard([file], guild_id, now)

    def is_due(self) -> bool:
        """Whether this process is to prune now: once an hour, one of them all."""
        with self._database.write() as connection:
            return take_turn(connection, SWEEP, SWEEP_EVERY, self._clock())

    def paused_by(self, pause: Callable[[], None]) -> RetentionService:
        """Return the same with other pauses, for who has to end soon when asked to."""
        return RetentionService(self._database, self._blobs, self._limits, self._clock, pause)

    def prune(self) -> Pruned:
        """Delete what is too old, and the files that nobody needs."""
        self.drop_tokens()
        self.forget_exports()
        with self._database.write() as connection:
            delete_gone_workers(connection, self._clock() - FORGET_AFTER)
        is_ours = self._is_ours()  # asked before rows go by which it may be known
        before = self._limits.keep_since(self._clock())
        ended = unnamed = 0
        if before is not None:
            unnamed = self._in_batches(lambda connection: delete_expired_faces(connection, before, _BATCH))
            ended = self._in_batches(lambda connection: delete_expired_jobs(connection, before, _BATCH))
        swept = self._sweep() if is_ours else Pruned(is_foreign=True)
        return replace(swept, jobs=ended, faces=unnamed)

    def plan(self) -> Pruned:
        """What `prune` would delete now."""
        now = self._clock()
        before = self._limits.keep_since(now)
        is_foreign = not self._is_ours()
        orphans = {} if is_foreign else self._orphans(now - GRACE, None if before is None else expired_jobs(before))
        plan = Pruned(orphans=len(orphans), bytes=sum(orphans.values()), is_foreign=is_foreign)
        if before is None:
            return plan
        with self._database.read() as connection:
            ended = count_expired_jobs(connection, before)
            unnamed = count_expired_faces(connection, before)
        return replace(plan, jobs=ended, faces=unnamed)

    def discard_photos(self, job: Job) -> None:
        """Delete the photos of a job whose result needs none of them, unless somebody else needs them."""
        with self._database.write() as connection:
            names = forget_photos(connection, job.id)
        # Somebody may have sent the same file again since, and have no row yet that says so.
        self.discard(names, job.origin.guild_id, job.started_at or self._clock())

    def discard(self, names: Iterable[str], guild_id: int, put_before: datetime) -> int:
        """Delete blobs that nothing refers to, unless somebody has put them again since.

        To be called after the transaction that took the references away. What cannot be deleted now is left to
        `prune`, and the log says so.

        Returns:
            How many nothing refers to.
        """
        asked = set(names)
        if not asked:
            return 0
        with self._database.read() as connection:
            unneeded = asked - still_referenced(connection, asked)
        for name in unneeded:
            try:
                self._blobs.remove(name, put_before)
            except OSError as error:
                _log.warning("the blob %s was not deleted: %s", name, error)
        if unneeded:
            with self._database.write() as connection:
                forget_stored(connection, guild_id, sorted(unneeded))
        return len(unneeded)

    def usage(self) -> Usage:
        """Who stores how much, and of what; looks at every file."""
        files = {file.name: file.size for file in self._blobs.files()}
        with self._database.read() as connection:
            needs = set(blob_references(connection))
        by_guild: dict[int, dict[BlobUse, int]] = {}
        for need in needs:
            uses = by_guild.setdefault(need.guild_id, dict.fromkeys(BlobUse, 0))
            uses[need.use] += files.get(need.sha256, 0)
        needed = {need.sha256 for need in needs}
        orphans = sum(size for name, size in files.items() if name not in needed)
        return Usage(by_guild, orphans, sum(files.values()))

    def _in_batches(self, delete: Callable[[Connection], int]) -> int:
        deleted = 0
        while True:
            with self._database.write() as connection:
                count = delete(connection)
            deleted += count
            if count < _BATCH:
                return deleted
            self._pause()

    def _sweep(self) -> Pruned:
        """Delete the orphans, and bring up to date what guilds have stored."""
        put_before = self._clock() - GRACE
        deleted: list[int] = []
        for number, (name, size) in enumerate(self._orphans(put_before).items(), 1):
            if self._blobs.remove(name, put_before):
                deleted.append(size)
            if number % _FILES == 0:
                self._pause()
        self._settle_stored(put_before)
        return Pruned(orphans=len(deleted), bytes=sum(deleted))

    def _is_ours(self) -> bool:
        """Whether the store belongs to this database.

        To a new or another database all files are orphans: whoever mistypes OMOKAGE_DATABASE_URL must not lose them. A
        store that nobody owns yet is taken where the database needs one of its files, or where it is empty.
        """
        with self._database.write() as connection:
            self._database.advisory_lock(connection, "omokage-installation")
            own = installation_id(connection)
        owner = self._blobs.owner()
        if owner is None and self._may_be_ours():
            self._blobs.set_owner(own)
            return True
        return owner == own

    def _may_be_ours(self) -> bool:
        stored = {file.name for file in self._blobs.files()}
        with self._database.read() as connection:
            return not stored or any(need.sha256 in stored for need in blob_references(connection))

    def _orphans(self, put_before: datetime, without_jobs: ColumnElement[bool] | None = None) -> dict[str, int]:
        """Names and sizes of old files that nothing refers to; as if those jobs were deleted.

        They are listed before the references are read: whatever is stored in between is not among them.
        """
        old: dict[str, int] = {}
        for number, file in enumerate(self._blobs.files(), 1):
            if file.modified < put_before:
                old[file.name] = file.size
            if number % _BATCH == 0:
                self._pause()
        with self._database.read() as connection:
            for need in blob_references(connection, without_jobs=without_jobs):
                old.pop(need.sha256, None)
        return old

    def _settle_stored(self, put_before: datetime) -> None:
        """Let guilds' quotas have back what they need no more, and count what was stored before there were quotas."""
        with self._database.read() as connection:
            guilds = {*storing_guilds(connection), *guilds_with_jobs(connection)}
        for guild_id in guilds:
            self._settle_guild(guild_id, put_before)
            self._pause()

    def _settle_guild(self, guild_id: int, put_before: datetime) -> None:
        with self._database.read() as connection:
            stored = stored_names(connection, guild_id, self._clock())
            old = stored_names(connection, guild_id, put_before)
            needs = blob_references(connection, guild_id=guild_id)
            needed = {need.sha256 for need in needs if need.use in _MEMBERS}
        sizes = {name: size for name in needed - stored if (size := self._blobs.size(name))}
        gone = sorted(old - needed)
        for start in range(0, len(gone), _BATCH):
            with self._database.write() as connection:
                forget_stored(connection, guild_id, gone[start : start + _BATCH])
        if sizes:
            with self._database.write() as connection:
                note_stored(connection, guild_id, sizes, self._clock())
