"""Queries for jobs whose worker died, and for times that lie too far ahead since a clock was set back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, Connection, Table, and_, or_, select, update

from core.domain.jobs import BACKGROUND_KINDS, Failure, JobState
from core.storage.jobs.job_rows import end_jobs, failure_values
from core.storage.jobs.lease_rows import NO_LEASE
from core.storage.tables import jobs, outbox


@dataclass(frozen=True, slots=True)
class LatestTimes:
    """The latest that a lease, the pause of a background job, a message and an outbox entry may be due."""

    lease_until: datetime
    pause_until: datetime
    dispatched_at: datetime
    resend_at: datetime


def any_expired(connection: Connection, now: datetime) -> bool:
    """Return whether a lease has expired, or a dispatched job is to be cancelled."""
    due = or_(_expired(now), _cancelled_before_start())
    return connection.execute(select(jobs.c.id).where(due).limit(1)).first() is not None


def cancel_expired(connection: Connection, now: datetime) -> list[int]:
    """End, as cancelled, jobs that nobody works on and whose cancellation was asked for; return their ids."""
    due = or_(_expired(now), _cancelled_before_start())
    return end_jobs(connection, due, jobs.c.cancel_requested, state=JobState.CANCELLED, now=now)


def fail_worn_out(connection: Connection, now: datetime, max_attempts: int, failure: Failure) -> list[int]:
    """End, as failed, jobs with an answer that `max_attempts` workers have died of; return their ids."""
    due = and_(_worn_out(now, max_attempts), jobs.c.kind.not_in(BACKGROUND_KINDS))
    return end_jobs(connection, due, state=JobState.FAILED, now=now, **failure_values(failure))


def worn_out_background_jobs(connection: Connection, now: datetime, max_attempts: int) -> list[tuple[int, int]]:
    """Return id and attempts of background jobs that `max_attempts` workers or more have died of."""
    due = and_(_worn_out(now, max_attempts), jobs.c.kind.in_(BACKGROUND_KINDS))
    return [(row.id, row.attempts) for row in connection.execute(select(jobs.c.id, jobs.c.attempts).where(due))]


def pause_job(connection: Connection, job_id: int, until: datetime) -> None:
    """Let a job wait, and not before `until`."""
    values = {**NO_LEASE, "state": JobState.WAITING, "lease_until": until}
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(values))


def requeue_expired(connection: Connection, now: datetime) -> list[int]:
    """Let all jobs whose lease has expired wait again; return their ids."""
    back = update(jobs).where(_expired(now)).values({**NO_LEASE, "state": JobState.WAITING})
    return list(connection.execute(back.returning(jobs.c.id)).scalars())


def any_too_late(connection: Connection, latest: LatestTimes, margin: timedelta) -> bool:
    """Return whether anything is due later than it may be, by more than `margin`."""
    return any(
        connection.execute(select(table.c.id).where(is_too_late).limit(1)).first()
        for table, _, _, is_too_late in _too_late(latest, margin)
    )


def cap_times(connection: Connection, latest: LatestTimes, margin: timedelta) -> None:
    """Bring forward what is due later than it may be, by more than `margin`."""
    for table, column, cap, is_too_late in _too_late(latest, margin):
        connection.execute(update(table).where(is_too_late).values({column.name: cap}))


def _expired(now: datetime) -> ColumnElement[bool]:
    return and_(jobs.c.state == JobState.RUNNING, jobs.c.lease_until < now)


def _cancelled_before_start() -> ColumnElement[bool]:
    return and_(jobs.c.state == JobState.DISPATCHED, jobs.c.cancel_requested)


def _worn_out(now: datetime, max_attempts: int) -> ColumnElement[bool]:
    return and_(_expired(now), jobs.c.attempts >= max_attempts)


def _too_late(
    latest: LatestTimes, margin: timedelta
) -> list[tuple[Table, Column[datetime], datetime, ColumnElement[bool]]]:
    """Return each column with its latest time, and the condition that a row's is later."""
    caps: list[tuple[Table, Column[datetime], datetime, ColumnElement[bool]]] = [
        (jobs, jobs.c.lease_until, latest.lease_until, jobs.c.state == JobState.RUNNING),
        (jobs, jobs.c.lease_until, latest.pause_until, jobs.c.state == JobState.WAITING),
        (jobs, jobs.c.dispatched_at, latest.dispatched_at, jobs.c.state == JobState.DISPATCHED),
        (outbox, outbox.c.due_at, latest.resend_at, outbox.c.due_at.is_not(None)),
    ]
    return [(table, column, cap, and_(state, column > cap + margin)) for table, column, cap, state in caps]
