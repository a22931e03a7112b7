"""Register, look up, promote and roll back model versions."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Connection

from core.domain.clock import now_utc
from core.domain.data.datasets import Dataset
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JSON
from core.domain.optimisation import Robustness
from core.domain.privacy import TRAINED_ANEW
from core.domain.registry.promotion import check_better, promotion_stack
from core.domain.registry.retraining import METRIC, PREDECESSOR, RETRAINED, Retraining, predecessor_of
from core.domain.registry.versions import LEARNT, Promotion, Version, VersionDraft, check_embedder
from core.domain.training.runs import Run, RunKind
from core.storage.blob_references import still_referenced
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.dataset_rows import is_removed
from core.storage.version_rows import (
    find_version,
    find_version_by_number,
    find_version_of_run,
    insert_learnt,
    insert_promotion,
    insert_successor,
    insert_version,
    list_promotions,
    list_versions,
    record_metric,
    serving_id,
    serving_versions,
)

_log = logging.getLogger(__name__)
MAX_REASON = 512  # the column's width
_NOBODY = 0  # the member by whom it is

_Versions: TypeAlias = list[Version]  # within the class, `list` is its method
_Promotions: TypeAlias = list[Promotion]


class RegistryService:
    """The model versions of all guilds. Synchronous, thread-safe and light, since the bot uses it.

    The caller checks first who may promote.
    """

    def __init__(self, database: Database, blobs: Blobs, clock: Callable[[], datetime] = now_utc) -> None:
        self._database = database
        self._blobs = blobs
        self._clock = clock

    def register(self, run: Run, dataset: Dataset, draft: VersionDraft) -> Version:
        """Store the version that a run made, once: a run whose worker died right after this finds its version here.

        Raises:
            OmokageError: DATASET_REMOVED, somebody in the data set was forgotten while the run trained; DISK_FULL.
        """
        weights = self._blobs.put(draft.weights)
        with self._database.write() as connection:
            self._lock(connection, run.guild_id, run.kind)
            self._check_present(connection, dataset, weights)
            existing = find_version_of_run(connection, run.id)
            if existing is None:
                return insert_version(connection, run, dataset, draft, weights=weights, now=self._clock())
        if existing.weights != weights:
            _log.warning("run %s made other weights this time; %s stays as it is", run.id, existing.title)
        return existing

    def register_successor(self, version: Version, dataset: Dataset, draft: VersionDraft) -> Version:
        """Store the version that a version of an earlier embedder becomes, once; its config says of which it is."""
        weights = self._blobs.put(draft.weights)
        draft = replace(draft, config={**_origin(version), **draft.config, PREDECESSOR: version.number})
        with self._database.write() as connection:
            self._lock(connection, version.guild_id, version.kind)
            for existing in list_versions(connection, version.guild_id, version.kind):
                if predecessor_of(existing) == version.number:
                    return existing
            return insert_successor(connection, version, dataset, draft, weights=weights, now=self._clock())

    def register_anew(self, version_id: int, dataset: Dataset, draft: VersionDraft, *, promote: bool) -> Version:
        """Store the version that takes the place of a withdrawn one, once.

        Args:
            version_id: of the withdrawn version.
            dataset: that it was trained on, without whoever is forgotten.
            draft: the new version.
            promote: let it answer, unless something else was promoted meanwhile.

        Raises:
            OmokageError: UNKNOWN_VERSION; DATASET_REMOVED, somebody else in the data set was forgotten meanwhile.
        """
        weights = self._blobs.put(draft.weights)
        version = self.get(version_id)
        draft = replace(draft, config={**_origin(version), **draft.config})
        with self._database.write() as connection:
            self._lock(connection, version.guild_id, version.kind)
            self._check_present(connection, dataset, weights)
            made = [
                other for other in list_versions(connection, version.guild_id, version.kind) if other.weights == weights
            ]
            new = next((version for version in made if version.dataset_id == dataset.id), None)
            if new is None:
                new = insert_successor(connection, version, dataset, draft, weights=weights, now=self._clock())
            if promote and not promotion_stack(list_promotions(connection, version.guild_id, version.kind)):
                insert_promotion(connection, self._promotion(new, _NOBODY, TRAINED_ANEW, forced=False))
            return new

    def register_learnt(self, guild_id: int, member_id: int, dataset: Dataset, draft: VersionDraft) -> Version:
        """Store a recogniser that was trained on a guild's labels, once a data set.

        Raises:
            OmokageError: DATASET_REMOVED, somebody in the data set was forgotten meanwhile; DISK_FULL.
        """
        weights = self._blobs.put(draft.weights)
        draft = replace(draft, config={**draft.config, LEARNT: True})
        with self._database.write() as connection:
            self._lock(connection, guild_id, RunKind.RECOGNISER)
            self._check_present(connection, dataset, weights)
            for existing in list_versions(connection, guild_id, RunKind.RECOGNISER):
                if existing.dataset_id == dataset.id and existing.is_learnt:
                    return existing
            now = self._clock()
            return insert_learnt(connection, guild_id, member_id, dataset, draft, weights=weights, now=now)

    def promote_learnt(self, version: Version) -> Promotion:
        """Let a recogniser serve that was trained on labels, in the place of the baseline or of such another.

        Two versions of different labels have no pictures in common that neither has seen. So each is compared with the
        baseline, which needs no training and knows the same labels.

        Raises:
            OmokageError: NOT_BETTER, the baseline is better on the same held-out pictures; NOT_COMPARABLE, a moderator
                promoted something else.
        """
        with self._database.write() as connection:
            self._lock(connection, version.guild_id, version.kind)
            history = list_promotions(connection, version.guild_id, version.kind)
            stack = promotion_stack(history)
            serving = find_version(connection, stack[-1]) if stack else None
            if serving is not None and not serving.is_learnt:
                raise OmokageError(ErrorCode.NOT_COMPARABLE)
            if serving is not None and serving.id == version.id:
                return history[-1]
            reason = f"learnt from labels; {check_better(version, None)}"
            return insert_promotion(connection, self._promotion(version, _NOBODY, reason, forced=False))

    def get(self, version_id: int, guild_id: int | None = None) -> Version:
        """Return the version; with `guild_id` only if it is that guild's.

        Raises:
            OmokageError: UNKNOWN_VERSION.
        """
        with self._database.read() as connection:
            version = find_version(connection, version_id)
        return _require(version if guild_id is None or (version and version.guild_id == guild_id) else None)

    def get_by_number(self, guild_id: int, kind: RunKind, number: int) -> Version:
        """Return the guild's version of this kind and number.

        Raises:
            OmokageError: UNKNOWN_VERSION.
        """
        with self._database.read() as connection:
            return _require(find_version_by_number(connection, guild_id, kind, number))

    def list(self, guild_id: int, kind: RunKind) -> _Versions:
        """Return the guild's versions of a kind, newest first."""
        with self._database.read() as connection:
            return list_versions(connection, guild_id, kind)

    def serving_id(self, guild_id: int, kind: RunKind) -> int | None:
        """Return the id of the version that serves: one small query, so that workers ask for each photo."""
        with self._database.read() as connection:
            return serving_id(connection, guild_id, kind)

    def serving(self, guild_id: int, kind: RunKind) -> Version | None:
        """Return the version that serves; None: the baseline, which needs no training."""
        with self._database.read() as connection:
            version_id = serving_id(connection, guild_id, kind)
            return None if version_id is None else find_version(connection, version_id)

    def serving_everywhere(self, kind: RunKind) -> _Versions:
        """Return what serves in each guild, where a version does: one query."""
        with self._database.read() as connection:
            return serving_versions(connection, kind)

    def history(self, guild_id: int, kind: RunKind) -> _Promotions:
        """Return the promotions of a kind, newest first: what served when, and why."""
        with self._database.read() as connection:
            return list_promotions(connection, guild_id, kind)[::-1]

    def promote(self, version_id: int, by: int, *, force_reason: str | None = None) -> Promotion:
        """Let a version serve from now on, in all workers; one that serves already stays.

        Args:
            version_id: its guild and kind are those of the promotion.
            by: the member who promotes.
            force_reason: why it shall serve although it is worse, or cannot be compared.

        Raises:
            OmokageError: UNKNOWN_VERSION, BAD_WEIGHTS, NOT_BETTER, NOT_COMPARABLE, DRAWS_NO_FACE; BAD_OPTION, the
                reason is empty or too long.
        """
        forced = force_reason is not None
        reason = _check_reason(force_reason) if force_reason is not None else ""
        version = self.get(version_id)
        self.weights(version)  # raises where the file is damaged
        if version.embedder is not None:
            check_embedder(version, version.embedder)
        with self._database.write() as connection:
            self._lock(connection, version.guild_id, version.kind)
            history = list_promotions(connection, version.guild_id, version.kind)
            stack = promotion_stack(history)
            if stack and stack[-1] == version.id:
                return history[-1]
            if not forced:
                reason = check_better(version, find_version(connection, stack[-1]) if stack else None)
            return insert_promotion(connection, self._promotion(version, by, reason, forced=forced))

    def promote_successor(self, successor: Version, version: Version) -> Promotion | None:
        """Let a version's successor serve, unless something else serves by now than the version (None).

        Raises:
            OmokageError: NOT_BETTER, NOT_COMPARABLE.
        """
        with self._database.write() as connection:
            self._lock(connection, version.guild_id, version.kind)
            history = list_promotions(connection, version.guild_id, version.kind)
            stack = promotion_stack(history)
            if stack and stack[-1] == successor.id:
                return history[-1]
            if not stack or stack[-1] != version.id:
                return None
            reason = f"{RETRAINED}; {check_better(successor, version)}"
            return insert_promotion(connection, self._promotion(successor, _NOBODY, reason, forced=False))

    def rollback(self, guild_id: int, kind: RunKind, by: int, reason: str = "") -> Promotion:
        """Let the version serve that did before; before the first one, the baseline.

        Raises:
            OmokageError: UNKNOWN_VERSION, no version serves.
        """
        with self._database.write() as connection:
            self._lock(connection, guild_id, kind)
            stack = promotion_stack(list_promotions(connection, guild_id, kind))
            if not stack:
                raise OmokageError(ErrorCode.UNKNOWN_VERSION)
            previous = stack[-2] if len(stack) > 1 else None
            text = reason.strip()[:MAX_REASON]
            rollback = Promotion(guild_id, kind, previous, False, text, by, self._clock(), back=True)
            return insert_promotion(connection, rollback)

    def weights(self, version: Version) -> bytes:
        """Return the bytes of the weights file, whose hash is that of the card.

        Raises:
            OmokageError: BAD_WEIGHTS, the file is gone, truncated or changed; with a `reason` where it is withdrawn.
        """
        if version.is_withdrawn:
            raise OmokageError(ErrorCode.BAD_WEIGHTS, version=version.number, reason="withdrawn")
        try:
            return self._blobs.get(version.weights)
        except OmokageError as error:
            raise OmokageError(ErrorCode.BAD_WEIGHTS, version=version.number) from error

    def record_robustness(self, version_id: int, robustness: Robustness) -> Version:
        """Write on a version's card how easily it is fooled; its weights, and so its answers, stay.

        Raises:
            OmokageError: UNKNOWN_VERSION.
        """
        with self._database.write() as connection:
            return _require(record_metric(connection, version_id, "robustness", robustness.to_json()))

    def record_retraining(self, version_id: int, retraining: Retraining) -> Version:
        """Write on a version's card what became of training its successor.

        Raises:
            OmokageError: UNKNOWN_VERSION.
        """
        with self._database.write() as connection:
            return _require(record_metric(connection, version_id, METRIC, retraining.to_json()))

    def _promotion(self, version: Version, by: int, reason: str, *, forced: bool) -> Promotion:
        return Promotion(version.guild_id, version.kind, version.id, forced, reason, by, self._clock())

    def _check_present(self, connection: Connection, dataset: Dataset, weights: str) -> None:
        """Raise DATASET_REMOVED where a data set is removed, and delete what was learnt from it."""
        if is_removed(connection, dataset.id):
            if not still_referenced(connection, [weights]):
                self._blobs.delete(weights)
            raise OmokageError(ErrorCode.DATASET_REMOVED, title=dataset.title)

    def _lock(self, connection: Connection, guild_id: int, kind: RunKind) -> None:
        self._database.advisory_lock(connection, f"omokage-versions-{guild_id}-{kind}")


def _origin(version: Version) -> dict[str, JSON]:
    """Return what the config of a version keeps of how its predecessor came to be."""
    return {LEARNT: True} if version.is_learnt else {}


def _require(version: Version | None) -> Version:
    if version is None:
        raise OmokageError(ErrorCode.UNKNOWN_VERSION)
    return version


def _check_reason(text: str) -> str:
    reason = text.strip()
    if not reason or len(reason) > MAX_REASON:
        raise OmokageError(ErrorCode.BAD_OPTION, option="reason", value=reason[:80], allowed=f"1-{MAX_REASON}")
    return reason
