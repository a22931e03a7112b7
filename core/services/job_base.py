"""What all parts of JobService share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from core.domain.fairness import FairShare
from core.domain.jobs import LIMITS, Limits, QueueName
from core.storage.database import Database

Enqueue = Callable[[int, QueueName, int], None]  # (job id, queue, priority); raises where the broker is away


def now_utc() -> datetime:
    """The present."""
    return datetime.now(UTC)


class JobBase:
    """A database, a clock and the rules; thread-safe, since it holds no state of its own."""

    def __init__(
        self,
        sessions: Database,
        enqueue: Enqueue,
        clock: Callable[[], datetime] = now_utc,
        share: FairShare = FairShare(),  # noqa: B008 - frozen
        limits: Limits = LIMITS,
    ) -> None:
        self._database = sessions
        self._enqueue = enqueue
        self._clock = clock
        self._share = share
        self._limits = limits

    def _after(self, seconds: float) -> datetime:
        return self._clock() + timedelta(seconds=seconds)
