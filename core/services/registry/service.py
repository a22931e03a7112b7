"""Model versions: what finished runs left behind, which of them answers, and what answered before."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Connection

from core.domain.clock import now_utc
from core.domain.data.datasets import Dataset
from core.domain.errors import ErrorCode, OmokageError
from core.domain.optimisation import Robustness
from core.domain.registry.promotion import check_better, served
from core.domain.registry.versions import Promotion, Version, VersionDraft
from core.domain.training.runs import Run, RunKind
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.version_rows import (
    find_version,
    insert_promotion,
    insert_version,
    note_metric,
    promotions_of,
    serving_id,
    version_numbered,
    version_of_run,
    versions_of,
)

_log = logging.getLogger(__name__)
LONGEST_REASON = 512  # the column's width

_Versions: TypeAlias = list[Version]  # within the class, `list` is its method
_Promotions: TypeAlias = list[Promotion]


class RegistryService:
    """Synchronous and thread-safe; light, since the bot uses it. Who may promote is for the front to ask."""

    def __init__(self, database: Database, blobs: Blobs, clock: Callable[[], datetime] = now_utc) -> None:
        self._database = database
        self._blobs = blobs
        self._clock = clock

    def register(self, run: Run, dataset: Dataset, draft: VersionDraft) -> Version:
        """Keep what a run made, once: a run whose worker died right after this finds its version there."""
        weights = self._blobs.put(draft.weights)
        with self._database.write() as connection:
            self._alone(connection, run.guild_id, run.kind)
            known = version_of_run(connection, run.id)
            if known is None:
                return insert_version(connection, run, dataset, draft, weights=weights, now=self._clock())
        if known.weights != weights:
            _log.warning("run %s made other weights this time; %s stays as it is", run.id, known.title)
        return known

    def get(self, version_id: int, guild_id: int | None = None) -> Version:
        """The version; with `guild_id` only if it is that guild's.

        Raises:
            OmokageError: UNKNOWN_VERSION.
        """
        with self._database.read() as connection:
            found = find_version(connection, version_id)
        return _known(found if guild_id is None or (found and found.guild_id == guild_id) else None)

    def find(self, guild_id: int, kind: RunKind, number: int) -> Version:
        """The version that people call so.

        Raises:
            OmokageError: UNKNOWN_VERSION.
        """
        with self._database.read() as connection:
            return _known(version_numbered(connection, guild_id, kind, number))

    def list(self, guild_id: int, kind: RunKind) -> _Versions:
        """Newest first."""
        with self._database.read() as connection:
            return versions_of(connection, guild_id, kind)

    def serving_id(self, guild_id: int, kind: RunKind) -> int | None:
        """Which version answers now: one small query, so that workers ask for each photo."""
        with self._database.read() as connection:
            return serving_id(connection, guild_id, kind)

    def serving(self, guild_id: int, kind: RunKind) -> Version | None:
        """The version that answers now; None: the method that needs no training."""
        with self._database.read() as connection:
            version_id = serving_id(connection, guild_id, kind)
            return None if version_id is None else find_version(connection, version_id)

    def history(self, guild_id: int, kind: RunKind) -> _Promotions:
        """What served when, and why; newest first."""
        with self._database.read() as connection:
            return promotions_of(connection, guild_id, kind)[::-1]

    def promote(self, version_id: int, by: int, *, force_reason: str | None = None) -> Promotion:
        """Let a version answer from now on, in all workers; one that does so already stays.

        Args:
            version_id: which; its guild and kind are meant.
            by: who says so.
            force_reason: why it shall answer although it is worse, or cannot be compared.

        Raises:
            OmokageError: UNKNOWN_VERSION, BAD_WEIGHTS, NOT_BETTER, NOT_COMPARABLE, DRAWS_NO_FACE; BAD_OPTION, a reason
                without a word.
        """
        forced = force_reason is not None
        reason = _reason(force_reason) if force_reason is not None else ""
        version = self.get(version_id)
        self.weights(version)
        with self._database.write() as connection:
            self._alone(connection, version.guild_id, version.kind)
            history = promotions_of(connection, version.guild_id, version.kind)
            stack = served(history)
            if stack and stack[-1] == version.id:
                return history[-1]
            if not forced:
                reason = check_better(version, find_version(connection, stack[-1]) if stack else None)
            return insert_promotion(connection, self._promotion(version, by, reason, forced=forced))

    def rollback(self, guild_id: int, kind: RunKind, by: int, reason: str = "") -> Promotion:
        """Let answer what did before; at the end, what needs no training.

        Raises:
            OmokageError: UNKNOWN_VERSION, no version answers.
        """
        with self._database.write() as connection:
            self._alone(connection, guild_id, kind)
            stack = served(promotions_of(connection, guild_id, kind))
            if not stack:
                raise OmokageError(ErrorCode.UNKNOWN_VERSION)
            before = stack[-2] if len(stack) > 1 else None
            said = reason.strip()[:LONGEST_REASON]
            back = Promotion(guild_id, kind, before, False, said, by, self._clock(), back=True)
            return insert_promotion(connection, back)

    def weights(self, version: Version) -> bytes:
        """The file, which is what its card says.

        Raises:
            OmokageError: BAD_WEIGHTS, it is gone, truncated or changed.
        """
        try:
            return self._blobs.get(version.weights)
        except OmokageError as error:
            raise OmokageError(ErrorCode.BAD_WEIGHTS, version=version.number) from error

    def note_robustness(self, version_id: int, found: Robustness) -> Version:
        """Write on a version's card how easily it is fooled; its weights, and so what it answers, stay.

        Raises:
            OmokageError: UNKNOWN_VERSION.
        """
        with self._database.write() as connection:
            return _known(note_metric(connection, version_id, "robustness", found.to_json()))

    def _promotion(self, version: Version, by: int, reason: str, *, forced: bool) -> Promotion:
        return Promotion(version.guild_id, version.kind, version.id, forced, reason, by, self._clock())

    def _alone(self, connection: Connection, guild_id: int, kind: RunKind) -> None:
        self._database.advisory_lock(connection, f"omokage-versions-{guild_id}-{kind}")


def _known(version: Version | None) -> Version:
    if version is None:
        raise OmokageError(ErrorCode.UNKNOWN_VERSION)
    return version


def _reason(said: str) -> str:
    reason = said.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise OmokageError(ErrorCode.BAD_OPTION, option="reason", value=reason[:80], allowed=f"1-{LONGEST_REASON}")
    return reason
