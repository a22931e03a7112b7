"""Recovers jobs of workers that died, and jobs whose message was lost."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from core.domain.clock import Clock
from core.domain.errors import ErrorCode
from core.domain.jobs import Failure, JobLimits, Recovery
from core.services.jobs.dispatcher import Dispatcher
from core.storage.database import Database
from core.storage.jobs.recovery_rows import (
    LatestTimes,
    any_expired,
    any_too_late,
    cancel_expired,
    cap_times,
    fail_worn_out,
    pause_job,
    requeue_expired,
    worn_out_background_jobs,
)
from core.storage.runs.reconciliation import any_run_out_of_step, reconcile_runs

_CLOCK_MARGIN = timedelta(minutes=1)  # hosts' clocks may differ by seconds; one that was set back differs by more


class JobRecovery:
    """Gives jobs back to the queue; any number of processes may do so at any time. Thread-safe."""

    def __init__(self, database: Database, dispatcher: Dispatcher, clock: Clock, limits: JobLimits) -> None:
        self._database = database
        self._dispatcher = dispatcher
        self._clock = clock
        self._limits = limits

    def recover(self) -> Recovery:
        """Give back or end the jobs of dead workers, send lost messages again, then dispatch.

        Every two seconds is often enough.
        """
        self._cap_times()
        requeued, failed, cancelled = self._expire()
        self._reconcile_runs()
        redispatched = self._dispatcher.redispatch_lost()
        self._dispatcher.dispatch()
        return Recovery(tuple(redispatched), tuple(requeued), tuple(failed), tuple(cancelled))

    def _after(self, seconds: float) -> datetime:
        return self._clock() + timedelta(seconds=seconds)

    def _expire(self) -> tuple[list[int], list[int], list[int]]:
        """End or give back jobs whose lease has expired; ids of those requeued, failed and cancelled."""
        now = self._clock()
        with self._database.read() as connection:  # expired leases are rare, and readers wait for no writer
            if not any_expired(connection, now):
                return [], [], []
        max_attempts = self._limits.max_attempts
        with self._database.write() as connection:
            cancelled = cancel_expired(connection, now)
            failure = Failure(ErrorCode.TOO_MANY_ATTEMPTS, {"attempts": max_attempts})
            failed = fail_worn_out(connection, now, max_attempts, failure)
            requeued = self._pause_worn_out(connection, now)
            requeued += requeue_expired(connection, now)
        return requeued, failed, cancelled

    def _pause_worn_out(self, connection: Connection, now: datetime) -> list[int]:
        """Let background jobs wait, each for longer than the last time; return their ids."""
        worn_out = worn_out_background_jobs(connection, now, self._limits.max_attempts)
        for job_id, attempts in worn_out:
            pause_job(connection, job_id, self._after(self._limits.pause_s(attempts)))
        return [job_id for job_id, _ in worn_out]

    def _cap_times(self) -> None:
        """Bring forward what is due too late: a clock that was set back would hold it up for as long.

        A living worker renews its lease before the capped one ends.
        """
        latest = LatestTimes(
            lease_until=self._after(self._limits.lease_s),
            pause_until=self._after(self._limits.max_pause_s),
            dispatched_at=self._clock(),
            resend_at=self._after(self._limits.max_resend_s),
        )
        with self._database.read() as connection:
            if not any_too_late(connection, latest, _CLOCK_MARGIN):
                return
        with self._database.write() as connection:
            cap_times(connection, latest, _CLOCK_MARGIN)

    def _reconcile_runs(self) -> None:
        with self._database.read() as connection:
            if not any_run_out_of_step(connection, self._limits.max_attempts):
                return
        with self._database.write() as connection:
            reconcile_runs(connection, self._clock(), self._limits.max_attempts)
