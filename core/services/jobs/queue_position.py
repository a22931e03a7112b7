"""How many jobs are ahead of one in its queue, and how long they take by what was measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from statistics import median

from sqlalchemy import Connection

from core.domain.fairness import QueuePosition, estimate
from core.domain.jobs import Job, JobKind, JobState
from core.storage.jobs.job_queries import count_jobs_ahead, recent_durations

_SAMPLE = 50  # enough for a steady median, few enough to follow a change of the machine within minutes


def queue_position_of(connection: Connection, job: Job) -> QueuePosition:
    """Return the number of jobs ahead of this one in its queue, and a measured estimate."""
    if job.state.is_final:
        return QueuePosition(0, 0.0)
    if job.state is JobState.RUNNING:
        return QueuePosition(0, estimate(job.kind, {}, {}, _typical_durations(connection, {job.kind})))
    queued, running = Counter[JobKind](), Counter[JobKind]()
    for kind, state, count in count_jobs_ahead(connection, job):
        (running if state is JobState.RUNNING else queued)[kind] += count
    typical = _typical_durations(connection, {job.kind, *queued, *running})
    return QueuePosition(queued.total() + running.total(), estimate(job.kind, queued, running, typical))


def _typical_durations(connection: Connection, kinds: Iterable[JobKind]) -> dict[JobKind, float]:
    """Return median seconds of the last jobs that had a result, for the kinds that have any."""
    return {kind: median(seconds) for kind, seconds in recent_durations(connection, kinds, _SAMPLE).items()}
