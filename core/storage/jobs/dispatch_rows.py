"""Queries for sending jobs to the broker: which may go, which are there, and whose message seems lost."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select, tuple_, update

from core.domain.fairness import OPERATOR_GUILD, Claimant, FairShare
from core.domain.jobs import ACTIVE, BACKGROUND_KINDS, JobKind, JobState, QueueName
from core.storage.tables import jobs


@dataclass(frozen=True, slots=True)
class WaitingJob:
    """A job that no message announces yet."""

    claimant: Claimant
    kind: JobKind
    queue: QueueName
    priority: int

    @property
    def job_id(self) -> int:
        """Return the job's id."""
        return self.claimant.job_id


@dataclass(frozen=True, slots=True)
class OverdueMessage:
    """A job whose message seems lost; `dispatches` messages were sent since it last waited."""

    job_id: int
    queue: QueueName
    priority: int
    dispatched_at: datetime
    dispatches: int


def waiting_jobs(connection: Connection, share: FairShare, now: datetime, limit: int) -> list[WaitingJob]:
    """Return the first waiting jobs, most urgent first, whose guild and member are below their share.

    A background job that pauses until a time after `now` is left out.
    """
    return [
        WaitingJob(Claimant(row.id, row.guild_id, row.member_id), JobKind(row.kind), QueueName(row.queue), row.priority)
        for row in connection.execute(_waiting(share, now).limit(limit))
    ]


def active_claimants(connection: Connection, guild_ids: Collection[int]) -> list[Claimant]:
    """Return the dispatched and running jobs of these guilds that count against fair share."""
    active = select(jobs.c.id, jobs.c.guild_id, jobs.c.member_id).where(
        jobs.c.guild_id.in_(guild_ids), jobs.c.state.in_(ACTIVE), jobs.c.kind.not_in(BACKGROUND_KINDS)
    )
    return [Claimant(row.id, row.guild_id, row.member_id) for row in connection.execute(active)]


def mark_dispatched(connection: Connection, job_ids: Collection[int], now: datetime) -> None:
    """Change jobs from waiting to dispatched, with their first message."""
    changed = {"state": JobState.DISPATCHED, "dispatched_at": now, "dispatches": 1}
    connection.execute(update(jobs).where(jobs.c.id.in_(job_ids), jobs.c.state == JobState.WAITING).values(changed))


def mark_dispatched_again(connection: Connection, job_ids: Collection[int], now: datetime) -> None:
    """Count another message for jobs that are still dispatched."""
    changed = {"dispatched_at": now, "dispatches": jobs.c.dispatches + 1}
    connection.execute(update(jobs).where(jobs.c.id.in_(job_ids), jobs.c.state == JobState.DISPATCHED).values(changed))


def mark_waiting(connection: Connection, job_ids: Collection[int]) -> None:
    """Change jobs from dispatched to waiting; one that a worker took all the same stays with it."""
    dispatched = and_(jobs.c.id.in_(job_ids), jobs.c.state == JobState.DISPATCHED)
    connection.execute(update(jobs).where(dispatched).values(state=JobState.WAITING))


def overdue_messages(connection: Connection, before: datetime) -> list[OverdueMessage]:
    """Return jobs whose message is older than `before` and that were overtaken, or whose queue stands still.

    A queue that is only long keeps its messages: sending them all again would make it longer.
    """
    return [
        OverdueMessage(row.id, QueueName(row.queue), row.priority, row.dispatched_at, row.dispatches)
        for row in connection.execute(_overdue(before))
    ]


def _waiting(share: FairShare, now: datetime) -> Select[Any]:
    active = jobs.alias("active")
    counted = active.c.guild_id != OPERATOR_GUILD, active.c.kind.not_in(BACKGROUND_KINDS)
    busy = select(active.c.guild_id).where(active.c.state.in_(ACTIVE), *counted)
    full_guilds = busy.group_by(active.c.guild_id).having(func.count() >= share.per_guild)
    full_members = (
        busy.add_columns(active.c.member_id)
        .group_by(active.c.guild_id, active.c.member_id)
        .having(func.count() >= share.per_member)
    )
    below = jobs.c.guild_id.not_in(full_guilds), tuple_(jobs.c.guild_id, jobs.c.member_id).not_in(full_members)
    return (
        select(jobs.c.id, jobs.c.guild_id, jobs.c.member_id, jobs.c.kind, jobs.c.queue, jobs.c.priority)
        .where(jobs.c.state == JobState.WAITING, or_(jobs.c.lease_until.is_(None), jobs.c.lease_until <= now))
        .where(or_(jobs.c.kind.in_(BACKGROUND_KINDS), and_(*below)))
        .order_by(jobs.c.priority, jobs.c.created_at, jobs.c.id)
    )


def _overdue(before: datetime) -> Select[Any]:
    other = jobs.alias("other")
    overtaken = select(other.c.id).where(
        other.c.queue == jobs.c.queue,
        other.c.started_at > jobs.c.dispatched_at,
        other.c.dispatched_at > jobs.c.dispatched_at,
        other.c.priority >= jobs.c.priority,
    )
    # Two questions, for each of which there is an index; as one they would lead through the whole history.
    running = select(other.c.id).where(other.c.queue == jobs.c.queue, other.c.state == JobState.RUNNING)
    started = select(other.c.id).where(other.c.queue == jobs.c.queue, other.c.started_at > before)
    return (
        select(jobs.c.id, jobs.c.queue, jobs.c.priority, jobs.c.dispatched_at, jobs.c.dispatches)
        .where(jobs.c.state == JobState.DISPATCHED, jobs.c.dispatched_at <= before)
        .where(or_(overtaken.exists(), ~(running.exists() | started.exists())))
        .order_by(jobs.c.priority, jobs.c.dispatched_at, jobs.c.id)
    )
