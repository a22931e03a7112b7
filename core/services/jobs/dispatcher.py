"""Which jobs have a message in the broker."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, or_, select, tuple_, update

from core.domain.fairness import OPERATOR_GUILD, Claimant, eligible
from core.domain.jobs import ACTIVE, BACKGROUND_KINDS, JobState, QueueName
from core.services.jobs.base import JobBase
from core.storage.tables import jobs

_log = logging.getLogger(__name__)
_BATCH = 500  # rows looked at in one go; there may be thousands waiting


@dataclass(frozen=True, slots=True)
class _Message:
    job_id: int
    queue: QueueName
    priority: int


class Dispatching(JobBase):
    """From waiting to dispatched, and again where a message was lost."""

    def dispatch(self) -> list[int]:
        """Send whatever fair share allows to the broker; returns the ids that are there now.

        Where the broker is away, the jobs go on waiting, and `recover` tries again.
        """
        with self._database.read() as connection:
            if connection.execute(self._admissible(1)).first() is None:
                return []
        with self._database.write() as connection:
            self._database.advisory_lock(connection, "omokage-dispatch")
            messages = self._admit(connection)
        return self._send(messages)

    def _admit(self, connection: Connection) -> list[_Message]:
        """Waiting -> dispatched, batch by batch until nothing more may be."""
        messages: list[_Message] = []
        rows = connection.execute(self._admissible(_BATCH)).all()
        while rows:
            messages += self._admit_batch(connection, rows)
            if len(rows) < _BATCH:
                break
            rows = connection.execute(self._admissible(_BATCH)).all()
        return messages

    def _admit_batch(self, connection: Connection, rows: Sequence[Row[Any]]) -> list[_Message]:
        active = select(jobs.c.id, jobs.c.guild_id, jobs.c.member_id).where(
            jobs.c.state.in_(ACTIVE), jobs.c.kind.not_in(BACKGROUND_KINDS)
        )
        asked = [row for row in rows if row.kind not in BACKGROUND_KINDS]
        chosen = eligible(_claimants(asked), _claimants(connection.execute(active)), self._share)
        chosen += [row.id for row in rows if row.kind in BACKGROUND_KINDS]
        changed = {"state": JobState.DISPATCHED, "dispatched_at": self._clock(), "dispatches": 1}
        connection.execute(update(jobs).where(jobs.c.id.in_(chosen), jobs.c.state == JobState.WAITING).values(changed))
        picked = set(chosen)
        return [_Message(row.id, QueueName(row.queue), row.priority) for row in rows if row.id in picked]

    def _admissible(self, limit: int) -> Select[Any]:
        """The first waiting jobs, in order, whose guild and member are below their share."""
        active = jobs.alias("active")
        counted = active.c.guild_id != OPERATOR_GUILD, active.c.kind.not_in(BACKGROUND_KINDS)
        busy = select(active.c.guild_id).where(active.c.state.in_(ACTIVE), *counted)
        guilds = busy.group_by(active.c.guild_id).having(func.count() >= self._share.per_guild)
        members = (
            busy.add_columns(active.c.member_id)
            .group_by(active.c.guild_id, active.c.member_id)
            .having(func.count() >= self._share.per_member)
        )
        shares = jobs.c.guild_id.not_in(guilds), tuple_(jobs.c.guild_id, jobs.c.member_id).not_in(members)
        return (
            select(jobs.c.id, jobs.c.guild_id, jobs.c.member_id, jobs.c.kind, jobs.c.queue, jobs.c.priority)
            .where(
                jobs.c.state == JobState.WAITING, or_(jobs.c.lease_until.is_(None), jobs.c.lease_until <= self._clock())
            )
            .where(or_(jobs.c.kind.in_(BACKGROUND_KINDS), and_(*shares)))
            .order_by(jobs.c.priority, jobs.c.created_at, jobs.c.id)
            .limit(limit)
        )

    def _send(self, messages: list[_Message]) -> list[int]:
        """Enqueue in order; at the first failure the rest go back to waiting."""
        for sent, message in enumerate(messages):
            try:
                self._enqueue(message.job_id, message.queue, message.priority)
            except Exception as error:  # noqa: BLE001 - whatever the broker's client raises, the job must not be lost
                _log.warning("the broker takes no messages, %d jobs wait on: %s", len(messages) - sent, error)
                self._take_back([left.job_id for left in messages[sent:]])
                return [done.job_id for done in messages[:sent]]
        return [message.job_id for message in messages]

    def _take_back(self, job_ids: list[int]) -> None:
        """Dispatched -> waiting; a job that a worker took all the same stays with it."""
        with self._database.write() as connection:
            still = and_(jobs.c.id.in_(job_ids), jobs.c.state == JobState.DISPATCHED)
            connection.execute(update(jobs).where(still).values(state=JobState.WAITING))

    def _redispatch(self) -> list[int]:
        """Send another message for each job whose message seems lost."""
        with self._database.read() as connection:
            if not self._overdue(connection):
                return []
        with self._database.write() as connection:
            self._database.advisory_lock(connection, "omokage-dispatch")
            messages = self._overdue(connection)
            again = {"dispatched_at": self._clock(), "dispatches": jobs.c.dispatches + 1}
            lost = [message.job_id for message in messages]
            connection.execute(
                update(jobs).where(jobs.c.id.in_(lost), jobs.c.state == JobState.DISPATCHED).values(again)
            )
        return self._send(messages)

    def _overdue(self, connection: Connection) -> list[_Message]:
        now = self._clock()
        rows = connection.execute(_lost(self._after(-self._limits.redispatch_after_s))).all()
        return [
            _Message(row.id, QueueName(row.queue), row.priority)
            for row in rows
            if (now - row.dispatched_at).total_seconds() >= self._limits.patience_s(row.dispatches)
        ]


def _claimants(rows: Iterable[Any]) -> list[Claimant]:
    return [Claimant(row.id, row.guild_id, row.member_id) for row in rows]


def _lost(before: datetime) -> Select[Any]:
    """Jobs whose message is older than `before` and that were overtaken, or whose queue stands still.

    A queue that is only long keeps its messages: sending them all again would make it longer.
    """
    other = jobs.alias("other")
    overtaken = select(other.c.id).where(
        other.c.queue == jobs.c.queue,
        other.c.started_at > jobs.c.dispatched_at,
        other.c.dispatched_at > jobs.c.dispatched_at,
        other.c.priority >= jobs.c.priority,
    )
    # Two questions, for each of which there is an index; as one they would lead through the whole history.
    running = select(other.c.id).where(other.c.queue == jobs.c.queue, other.c.state == JobState.RUNNING)
    begun = select(other.c.id).where(other.c.queue == jobs.c.queue, other.c.started_at > before)
    return (
        select(jobs.c.id, jobs.c.queue, jobs.c.priority, jobs.c.dispatched_at, jobs.c.dispatches)
        .where(jobs.c.state == JobState.DISPATCHED, jobs.c.dispatched_at <= before)
        .where(or_(overtaken.exists(), ~(running.exists() | begun.exists())))
        .order_by(jobs.c.priority, jobs.c.dispatched_at, jobs.c.id)
    )
