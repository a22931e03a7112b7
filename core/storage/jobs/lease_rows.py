"""Queries for leases: a worker takes a job, keeps it, ends it or gives it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from core.domain.jobs import JSON, Job, JobState
from core.storage.jobs.job_rows import end_jobs, to_job
from core.storage.tables import jobs

NO_LEASE: Mapping[str, Any] = {"lease_owner": None, "lease_until": None, "started_at": None}


def claim_job(
    connection: Connection, job_id: int, owner: str, now: datetime, *, lease_until: datetime, max_attempts: int
) -> Job | None:
    """Give `owner` a dispatched job, or one whose worker died; None: it is not to be run by this worker."""
    abandoned = and_(jobs.c.state == JobState.RUNNING, jobs.c.lease_until < now, jobs.c.attempts < max_attempts)
    free = or_(jobs.c.state == JobState.DISPATCHED, abandoned)
    row = connection.execute(
        update(jobs)
        .where(jobs.c.id == job_id, jobs.c.cancel_requested.is_(False), free)
        .values(state=JobState.RUNNING, attempts=jobs.c.attempts + 1, lease_owner=owner, started_at=now)
        .values(lease_until=lease_until)
        .returning(jobs)
    ).first()
    return None if row is None else to_job(row)


def renew_lease(connection: Connection, job_id: int, owner: str, lease_until: datetime) -> bool | None:
    """Keep a job for longer; return whether its cancellation was asked for, None where `owner` has lost it."""
    kept = update(jobs).where(_held(job_id, owner)).values(lease_until=lease_until)
    cancel_requested: bool | None = connection.execute(kept.returning(jobs.c.cancel_requested)).scalar()
    return cancel_requested


def is_lease_held(connection: Connection, job_id: int, owner: str | None) -> bool:
    """Return whether `owner` still has the job."""
    return connection.execute(select(jobs.c.id).where(_held(job_id, owner))).first() is not None


def end_held_job(
    connection: Connection,
    job_id: int,
    owner: str | None,
    state: JobState,
    now: datetime,
    *,
    unless_cancelled: bool = False,
    **values: Any,
) -> bool:
    """End the job that `owner` holds; False: the lease was lost, or `unless_cancelled` and its cancellation is due."""
    conditions = [_held(job_id, owner)]
    if unless_cancelled:
        conditions.append(jobs.c.cancel_requested.is_(False))
    return bool(end_jobs(connection, *conditions, state=state, now=now, **values))


def release_job(connection: Connection, job_id: int, owner: str) -> bool:
    """Let a job wait again without counting the attempt; False: lost, or its cancellation was asked for."""
    held = update(jobs).where(_held(job_id, owner), jobs.c.cancel_requested.is_(False))
    values = {**NO_LEASE, "state": JobState.WAITING, "attempts": jobs.c.attempts - 1}
    return connection.execute(held.values(values).returning(jobs.c.id)).first() is not None


def continue_later(connection: Connection, job: Job, params: Mapping[str, JSON]) -> bool:
    """Let a job that works in slices wait for its next one, with other parameters; False: the lease was lost.

    Its attempts count anew.
    """
    values = {**NO_LEASE, "state": JobState.WAITING, "attempts": 0, "params": dict(params)}
    held = update(jobs).where(_held(job.id, job.lease_owner)).values(values)
    return connection.execute(held.returning(jobs.c.id)).first() is not None


def held_by_owner(job: Job) -> ColumnElement[bool]:
    """Return the condition that a job is still its worker's, for queries that join the jobs."""
    return _held(job.id, job.lease_owner)


def _held(job_id: int, owner: str | None) -> ColumnElement[bool]:
    return and_(jobs.c.id == job_id, jobs.c.state == JobState.RUNNING, jobs.c.lease_owner == owner)
