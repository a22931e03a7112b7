"""Sends jobs to the broker: first messages within fair share, and again where a message was lost."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Protocol, TypeAlias

from sqlalchemy import Connection

from core.domain.clock import Clock
from core.domain.fairness import FairShare, eligible
from core.domain.jobs import BACKGROUND_KINDS, JobLimits, QueueName
from core.storage.database import Database
from core.storage.jobs.dispatch_rows import (
    OverdueMessage,
    WaitingJob,
    active_claimants,
    mark_dispatched,
    mark_dispatched_again,
    mark_waiting,
    overdue_messages,
    waiting_jobs,
)

Enqueue: TypeAlias = Callable[[int, QueueName, int], None]  # (job id, queue, priority); raises where the broker is away

_log = logging.getLogger(__name__)
_BATCH = 500  # rows read at a time; there may be thousands waiting


class _Message(Protocol):
    """As much of a job as its message holds."""

    @property
    def job_id(self) -> int: ...

    @property
    def queue(self) -> QueueName: ...

    @property
    def priority(self) -> int: ...


class Dispatcher:
    """From waiting to dispatched; thread-safe, and any number of processes may have one."""

    def __init__(self, database: Database, enqueue: Enqueue, clock: Clock, share: FairShare, limits: JobLimits) -> None:
        self._database = database
        self._enqueue = enqueue
        self._clock = clock
        self._share = share
        self._limits = limits

    def dispatch(self, *, new_job: bool = False) -> list[int]:
        """Send whatever fair share allows to the broker; return the ids of the jobs that were sent.

        Where the broker is away, the jobs go on waiting, and the next recovery tries again. `new_job`: one
        waits for sure, so that nothing is looked up before the lock that all processes share is taken.
        """
        if not new_job:
            with self._database.read() as connection:
                if not waiting_jobs(connection, self._share, self._clock(), 1):
                    return []
        with self._database.write() as connection:
            self._lock(connection)
            messages = self._admit(connection)
        return self._send(messages)

    def redispatch_lost(self) -> list[int]:
        """Send another message for each job whose message seems lost; return the ids of the jobs that were sent."""
        with self._database.read() as connection:
            if not self._overdue(connection):
                return []
        with self._database.write() as connection:
            self._lock(connection)
            lost = self._overdue(connection)
            mark_dispatched_again(connection, [message.job_id for message in lost], self._clock())
        return self._send(lost)

    def _lock(self, connection: Connection) -> None:
        self._database.advisory_lock(connection, "omokage-dispatch")

    def _admit(self, connection: Connection) -> list[WaitingJob]:
        """Mark waiting jobs as dispatched, batch by batch until no further one may be."""
        admitted: list[WaitingJob] = []
        while waiting := waiting_jobs(connection, self._share, self._clock(), _BATCH):
            admitted += self._admit_batch(connection, waiting)
            if len(waiting) < _BATCH:
                break
        return admitted

    def _admit_batch(self, connection: Connection, waiting: Sequence[WaitingJob]) -> list[WaitingJob]:
        interactive = [job.claimant for job in waiting if job.kind not in BACKGROUND_KINDS]
        active = active_claimants(connection, {claimant.guild_id for claimant in interactive})
        chosen = set(eligible(interactive, active, self._share))
        chosen |= {job.job_id for job in waiting if job.kind in BACKGROUND_KINDS}
        mark_dispatched(connection, chosen, self._clock())
        return [job for job in waiting if job.job_id in chosen]

    def _overdue(self, connection: Connection) -> list[OverdueMessage]:
        now = self._clock()
        return [
            message
            for message in overdue_messages(connection, now - timedelta(seconds=self._limits.redispatch_after_s))
            if (now - message.dispatched_at).total_seconds() >= self._limits.patience_s(message.dispatches)
        ]

    def _send(self, messages: Sequence[_Message]) -> list[int]:
        """Enqueue in order; at the first failure the rest go back to waiting."""
        job_ids = [message.job_id for message in messages]
        for sent, message in enumerate(messages):
            try:
                self._enqueue(message.job_id, message.queue, message.priority)
            except Exception as error:  # noqa: BLE001 - whatever the broker's client raises, the job must not be lost
                _log.warning("the broker takes no messages, %d jobs wait on: %s", len(messages) - sent, error)
                with self._database.write() as connection:
                    mark_waiting(connection, job_ids[sent:])
                return job_ids[:sent]
        return job_ids
