"""What all parts of JobService share."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

from core.domain.clock import now_utc
from core.domain.fairness import FairShare
from core.domain.jobs import JOB_LIMITS, JobLimits, QueueName
from core.domain.storage_limits import StorageLimits
from core.storage.blob_references import blob_names_in
from core.storage.database import Database

Enqueue = Callable[[int, QueueName, int], None]  # (job id, queue, priority); raises where the broker is away
BlobSize = Callable[[str], int]  # a blob's name -> its bytes


class JobBase:
    """A database, a clock and the rules; thread-safe, since it holds no state of its own.

    `blob_size` looks into the store; without it nothing counts against a guild's quota.
    """

    def __init__(
        self,
        sessions: Database,
        enqueue: Enqueue,
        clock: Callable[[], datetime] = now_utc,
        share: FairShare = FairShare(),  # noqa: B008 - frozen
        limits: JobLimits = JOB_LIMITS,
        *,
        storage: StorageLimits = StorageLimits(),  # noqa: B008 - frozen
        blob_size: BlobSize = lambda _name: 0,
    ) -> None:
        self._database = sessions
        self._enqueue = enqueue
        self._clock = clock
        self._share = share
        self._limits = limits
        self._storage = storage
        self._blob_size = blob_size

    def _after(self, seconds: float) -> datetime:
        return self._clock() + timedelta(seconds=seconds)

    def _sizes_in(self, *stored: object) -> dict[str, int]:
        """Bytes of the blobs that are named in JSON; looks into the store, so not within a transaction."""
        names = blob_names_in(json.dumps(stored))
        return {name: self._blob_size(name) for name in names}
