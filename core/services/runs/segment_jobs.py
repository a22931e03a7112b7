"""Jobs of segments: each is inserted and withdrawn within the transaction that changes its run."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from core.domain.clock import Clock
from core.domain.ids import synthetic_id
from core.domain.jobs import INTERACTIVE_PRIORITY, JobKind, JobLimits, JobRequest, JobState
from core.domain.training.runs import Run
from core.storage.jobs.job_rows import end_unheld_job, insert_job


class SegmentJobs:
    """Every transaction locks the run first and its job after it, so that no two wait for each other."""

    def __init__(self, clock: Clock, limits: JobLimits) -> None:
        self._clock = clock
        self._limits = limits

    def insert(self, connection: Connection, run: Run, owner: str | None, *, is_interactive: bool) -> int:
        """Insert the job of a run's next segment; return its id.

        Args:
            connection: of the transaction that changes the run, too.
            run: whose segment it is.
            owner: has the job already; None: it waits for a worker.
            is_interactive: somebody waits for it: it is the first after a start or a resume, or makes the version.
        """
        request = JobRequest(synthetic_id(), JobKind.TRAIN, run.origin, {"run_id": run.id})
        now = self._clock()
        columns: dict[str, Any] = {"state": JobState.WAITING}
        if is_interactive:
            columns["priority"] = INTERACTIVE_PRIORITY
        if owner is not None:
            lease_until = now + timedelta(seconds=self._limits.lease_s)
            columns |= {"state": JobState.RUNNING, "attempts": 1, "lease_owner": owner, "lease_until": lease_until}
            columns |= {"dispatched_at": now, "started_at": now}
        return insert_job(connection, request, now, **columns).id

    def withdraw(self, connection: Connection, run: Run) -> bool:
        """End the run's present segment unless a living worker has it; False: one has."""
        return run.job_id is None or end_unheld_job(connection, run.job_id, self._clock())
