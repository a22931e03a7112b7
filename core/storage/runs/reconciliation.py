"""Puts runs in step with their jobs, where a worker died and others have ended its job or given it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from core.domain.errors import ErrorCode
from core.domain.jobs import ACTIVE, PENDING, Failure, JobState
from core.domain.training.runs import UNDER_WAY, RunState
from core.storage.jobs.job_rows import failure_values
from core.storage.runs.run_rows import change_run, get_run
from core.storage.tables import jobs
from core.storage.training_tables import runs


def reconcile_runs(connection: Connection, now: datetime, max_deaths: int) -> None:
    """Put runs in step with jobs of dead workers, which others have ended or given back.

    A run whose job has failed for good has failed, too; one whose job waits again is waiting, and says so where
    `max_deaths` workers or more have died since its last checkpoint.
    """
    out_of_step = _out_of_step(max_deaths)
    for run_id in connection.execute(out_of_step).scalars().all():
        get_run(connection, run_id, lock=True)
        row = connection.execute(out_of_step.where(runs.c.id == run_id)).first()
        if row is None:
            continue  # its next worker was quicker
        if JobState(row.job_state).is_final:
            failure = failure_values(
                Failure(ErrorCode(row.failure_code or ErrorCode.INTERNAL), row.failure_details or {})
            )
            change_run(connection, run_id, now, state=RunState.FAILED, job_id=None, finished_at=now, **failure)
        else:
            change_run(connection, run_id, now, state=RunState.WAITING, **_deaths(row, max_deaths))


def any_run_out_of_step(connection: Connection, max_deaths: int) -> bool:
    """Whether `reconcile_runs` has anything to do."""
    return connection.execute(_out_of_step(max_deaths).limit(1)).first() is not None


def _deaths(row: Row[Any], max_deaths: int) -> Mapping[str, Any]:
    """What the run says of workers that died: nothing while they are few."""
    if row.attempts < max_deaths:
        return {}
    return failure_values(Failure(ErrorCode.WORKERS_DIED, {"attempts": row.attempts}))


def _out_of_step(max_deaths: int) -> Select[Any]:
    """Runs under way whose job is not: it has ended by no act of theirs, or its worker has died."""
    unfinished = PENDING | ACTIVE
    running = (runs.c.state == RunState.RUNNING) & (jobs.c.state != JobState.RUNNING)
    ended = (runs.c.state == RunState.WAITING) & jobs.c.state.not_in(unfinished)
    # Its workers died before the first of them had begun.
    unreported = (jobs.c.state == JobState.WAITING) & (jobs.c.attempts >= max_deaths) & runs.c.failure_code.is_(None)
    failure = jobs.c.failure_code, jobs.c.failure_details
    return (
        select(runs.c.id, runs.c.job_id, jobs.c.state.label("job_state"), jobs.c.attempts, *failure)
        .join(jobs, jobs.c.id == runs.c.job_id)
        .where(runs.c.state.in_(UNDER_WAY), running | ended | unreported)
    )
