"""Queries that count and list jobs: for limits, lists, queue positions and the backlog."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select, tuple_

from core.domain.jobs import ACTIVE, BACKGROUND_KINDS, FINAL, PENDING, Job, JobKind, JobState
from core.storage.jobs.job_rows import to_job
from core.storage.tables import jobs


def pending_counts(connection: Connection, guild_id: int, member_id: int) -> tuple[int, int]:
    """Return how many jobs of a member, and of the whole guild, count against the limits of the queue."""
    of_member = func.coalesce(func.sum(case((jobs.c.member_id == member_id, 1), else_=0)), 0)
    pending = jobs.c.guild_id == guild_id, jobs.c.state.in_(PENDING), jobs.c.kind.not_in(BACKGROUND_KINDS)
    member, guild = connection.execute(select(of_member, func.count()).where(*pending)).one()
    return int(member), int(guild)


def newest_jobs(connection: Connection, guild_id: int, member_id: int | None, limit: int) -> list[Job]:
    """Return a guild's newest jobs, or one member's, newest first; without those of background kinds."""
    newest = select(jobs).where(jobs.c.guild_id == guild_id, jobs.c.kind.not_in(BACKGROUND_KINDS))
    newest = newest.order_by(jobs.c.created_at.desc(), jobs.c.id.desc())
    if member_id is not None:
        newest = newest.where(jobs.c.member_id == member_id)
    return [to_job(row) for row in connection.execute(newest.limit(limit))]


def received_jobs(connection: Connection, before: datetime) -> list[Job]:
    """Return jobs of before this time whose photo is not stored yet, oldest first."""
    received = select(jobs).where(jobs.c.state == JobState.RECEIVED, jobs.c.created_at < before)
    return [to_job(row) for row in connection.execute(received.order_by(jobs.c.created_at, jobs.c.id))]


def unfinished_jobs_of_kind(connection: Connection, guild_id: int, kind: JobKind) -> list[Job]:
    """Return a guild's jobs of a kind that have no final state."""
    unfinished = jobs.c.kind == kind, jobs.c.guild_id == guild_id, jobs.c.state.not_in(FINAL)
    return [to_job(row) for row in connection.execute(select(jobs).where(*unfinished))]


def guilds_with_jobs(connection: Connection) -> set[int]:
    """Return the guilds that have any job."""
    return set(connection.execute(select(jobs.c.guild_id).distinct()).scalars())


def count_unfinished(connection: Connection) -> list[tuple[str, str, int, datetime | None]]:
    """Return, for each queue and state: how many jobs, and when the oldest of them was dispatched."""
    counts = select(jobs.c.queue, jobs.c.state, func.count(), func.min(jobs.c.dispatched_at))
    counts = counts.where(jobs.c.state.in_(PENDING | ACTIVE)).group_by(jobs.c.queue, jobs.c.state)
    return [(queue, state, count, oldest) for queue, state, count, oldest in connection.execute(counts)]


def count_jobs_ahead(connection: Connection, job: Job) -> list[tuple[JobKind, JobState, int]]:
    """Return, for each kind and state, how many jobs of the same queue run before this one, or run now."""
    ahead = (
        select(jobs.c.kind, jobs.c.state, func.count())
        # The states are named twice, so that an index over them is used, and not one that leads through all history.
        .where(jobs.c.queue == job.queue, jobs.c.state.in_(PENDING | ACTIVE))
        .where(or_(jobs.c.state == JobState.RUNNING, _runs_before(job)))
        .where(jobs.c.kind.not_in(BACKGROUND_KINDS))  # they give way
        .group_by(jobs.c.kind, jobs.c.state)
    )
    return [(JobKind(kind), JobState(state), count) for kind, state, count in connection.execute(ahead)]


def recent_durations(connection: Connection, kinds: Iterable[JobKind], sample: int) -> dict[JobKind, list[float]]:
    """Return, for each kind that has any, the seconds that its last `sample` jobs with a result took."""
    durations = {}
    for kind in kinds:
        done = select(jobs.c.started_at, jobs.c.finished_at).where(jobs.c.kind == kind, jobs.c.state == JobState.DONE)
        rows = connection.execute(done.order_by(jobs.c.finished_at.desc()).limit(sample)).all()
        if rows:
            durations[kind] = [(row.finished_at - row.started_at).total_seconds() for row in rows]
    return durations


def has_dispatched_job(connection: Connection, queue: str, max_priority: int, after: datetime, until: datetime) -> bool:
    """Return whether a message of at least this urgency, sent within this time, has not been taken yet."""
    waiting = select(jobs.c.id).where(
        jobs.c.state == JobState.DISPATCHED,
        jobs.c.queue == queue,
        jobs.c.priority <= max_priority,
        jobs.c.dispatched_at > after,
        jobs.c.dispatched_at <= until,
    )
    return connection.execute(waiting.limit(1)).first() is not None


def _runs_before(job: Job) -> ColumnElement[bool]:
    """Return which jobs, of those that nobody has begun, are to run before this one."""
    if job.state is JobState.DISPATCHED:
        order = tuple_(jobs.c.priority, jobs.c.dispatched_at, jobs.c.id)
        return and_(jobs.c.state == JobState.DISPATCHED, order < (job.priority, job.dispatched_at, job.id))
    order = tuple_(jobs.c.priority, jobs.c.created_at, jobs.c.id)
    earlier = and_(jobs.c.state.in_(PENDING), order < (job.priority, job.created_at, job.id))
    return or_(earlier, and_(jobs.c.state == JobState.DISPATCHED, jobs.c.priority <= job.priority))
