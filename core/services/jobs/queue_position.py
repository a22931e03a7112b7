"""How long until it is a job's turn, from what was measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from statistics import median

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, tuple_

from core.domain.fairness import QueuePosition, estimate
from core.domain.jobs import ACTIVE, BACKGROUND_KINDS, PENDING, Job, JobKind, JobState
from core.storage.tables import jobs

_SAMPLE = 50  # enough for a steady median, few enough to follow a change of the machine within minutes


def place_of(connection: Connection, job: Job) -> QueuePosition:
    """Jobs ahead of this one in its queue, and a measured estimate."""
    if job.state.is_final:
        return QueuePosition(0, 0.0)
    if job.state is JobState.RUNNING:
        return QueuePosition(0, estimate(job.kind, {}, {}, _typical(connection, {job.kind})))
    queued, running = Counter[JobKind](), Counter[JobKind]()
    for kind, state, count in connection.execute(
        select(jobs.c.kind, jobs.c.state, func.count())
        # The states are named twice, so that an index over them is used, and not one that leads through all history.
        .where(jobs.c.queue == job.queue, jobs.c.state.in_(PENDING | ACTIVE))
        .where(or_(jobs.c.state == JobState.RUNNING, _before(job)))
        .where(jobs.c.kind.not_in(BACKGROUND_KINDS))  # they give way
        .group_by(jobs.c.kind, jobs.c.state)
    ):
        (running if state == JobState.RUNNING else queued)[JobKind(kind)] += count
    typical = _typical(connection, {job.kind, *queued, *running})
    return QueuePosition(queued.total() + running.total(), estimate(job.kind, queued, running, typical))


def _before(job: Job) -> ColumnElement[bool]:
    """What is to run before this job, among those that nobody has begun."""
    if job.state is JobState.DISPATCHED:
        order = tuple_(jobs.c.priority, jobs.c.dispatched_at, jobs.c.id)
        return and_(jobs.c.state == JobState.DISPATCHED, order < (job.priority, job.dispatched_at, job.id))
    order = tuple_(jobs.c.priority, jobs.c.created_at, jobs.c.id)
    earlier = and_(jobs.c.state.in_(PENDING), order < (job.priority, job.created_at, job.id))
    return or_(earlier, and_(jobs.c.state == JobState.DISPATCHED, jobs.c.priority <= job.priority))


def _typical(connection: Connection, kinds: Iterable[JobKind]) -> dict[JobKind, float]:
    """Median seconds of the last jobs that had a result, for the kinds that have any."""
    medians = {}
    for kind in kinds:
        done = select(jobs.c.started_at, jobs.c.finished_at).where(jobs.c.kind == kind, jobs.c.state == JobState.DONE)
        rows = connection.execute(done.order_by(jobs.c.finished_at.desc()).limit(_SAMPLE)).all()
        if rows:
            medians[kind] = median((row.finished_at - row.started_at).total_seconds() for row in rows)
    return medians
