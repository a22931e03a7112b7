"""Queries for workers: their rows, the jobs that they hold, and how many jobs wait for them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, delete, func, insert, or_, select, update

from core.domain.jobs import BACKGROUND_KINDS, PENDING, JobKind, JobState, QueueName
from core.domain.workers import Gpu, JobInHand, ModelInMemory, QueueStatus, StoredWorker, WorkerProfile, WorkerReport
from core.storage.tables import jobs
from core.storage.training_tables import versions
from core.storage.version_rows import to_version
from core.storage.worker_tables import workers

_UNTAKEN = PENDING | {JobState.DISPATCHED}


def write_worker(connection: Connection, profile: WorkerProfile, report: WorkerReport, now: datetime) -> bool:
    """Write that a worker is alive, and what it reports; return whether the operator wants it to end."""
    changing = {**_report_values(report), "seen_at": now}
    seen = update(workers).where(workers.c.id == profile.id).values(changing)
    row = connection.execute(seen.returning(workers.c.drain_requested)).first()
    if row is not None:
        return bool(row.drain_requested)
    connection.execute(insert(workers).values(**_profile_values(profile), **changing))
    return False


def delete_worker(connection: Connection, worker_id: str) -> None:
    """Delete the row of a worker that ends."""
    connection.execute(delete(workers).where(workers.c.id == worker_id))


def delete_gone_workers(connection: Connection, before: datetime) -> None:
    """Delete the rows of workers that gave no sign of life since this time."""
    connection.execute(delete(workers).where(workers.c.seen_at < before))


def request_drain(connection: Connection, host: str, seen_since: datetime) -> int:
    """Ask all living workers of a host to end; return how many there are."""
    living = update(workers).where(workers.c.host == host, workers.c.seen_at >= seen_since)
    return connection.execute(living.values(drain_requested=True)).rowcount


def list_workers(connection: Connection, seen_since: datetime) -> list[StoredWorker]:
    """Return the workers that gave a sign of life since this time, the one that started last first."""
    order = workers.c.started_at.desc(), workers.c.id
    rows = connection.execute(select(workers).where(workers.c.seen_at >= seen_since).order_by(*order))
    return [_to_worker(row) for row in rows]


def jobs_in_hand(connection: Connection) -> dict[str, list[JobInHand]]:
    """Return the running jobs by the owner of their lease, the longest running first."""
    columns = jobs.c.id, jobs.c.kind, jobs.c.guild_id, jobs.c.started_at, jobs.c.lease_owner
    running = select(*columns).where(jobs.c.state == JobState.RUNNING, jobs.c.queue.in_(list(QueueName)))
    held: dict[str, list[JobInHand]] = {}
    for row in connection.execute(running.order_by(jobs.c.started_at, jobs.c.id)):
        job = JobInHand(row.id, JobKind(row.kind), row.guild_id, row.started_at)
        held.setdefault(row.lease_owner, []).append(job)
    return held


def models_in_memory(connection: Connection, version_ids: Collection[int]) -> dict[int, ModelInMemory]:
    """Return the names of these versions; those that are deleted are missing."""
    rows = connection.execute(select(versions).where(versions.c.id.in_(version_ids)))
    return {row.id: ModelInMemory(to_version(row).label, row.guild_id) for row in rows}


def queue_statuses(connection: Connection, now: datetime) -> dict[QueueName, QueueStatus]:
    """Return the queues that have jobs, without their workers.

    A background job that pauses after deaths of its workers is not due, and so not counted.
    """
    is_background = jobs.c.kind.in_(BACKGROUND_KINDS)
    is_running = jobs.c.state == JobState.RUNNING
    is_waiting = jobs.c.state.in_(_UNTAKEN) & ~is_background
    is_due = or_(jobs.c.lease_until.is_(None), jobs.c.lease_until <= now)
    counts = (
        select(
            jobs.c.queue,
            func.sum(case((is_waiting, 1), else_=0)).label("waiting"),
            func.sum(case((jobs.c.state.in_(_UNTAKEN) & is_background & is_due, 1), else_=0)).label("background"),
            func.sum(case((is_running, 1), else_=0)).label("running"),
            func.min(case((is_waiting, jobs.c.created_at))).label("oldest"),
        )
        .where(jobs.c.state.in_(_UNTAKEN | {JobState.RUNNING}))
        .group_by(jobs.c.queue)
    )
    rows = connection.execute(counts)
    statuses = [
        QueueStatus(QueueName(row.queue), int(row.waiting), int(row.background), int(row.running), row.oldest)
        for row in rows
    ]
    return {status.queue: status for status in statuses}


def _profile_values(profile: WorkerProfile) -> dict[str, Any]:
    return {**asdict(profile), "libraries": dict(profile.libraries)}


def _report_values(report: WorkerReport) -> dict[str, Any]:
    return {
        "gpus": [asdict(gpu) for gpu in report.gpus],
        "tensorflow_gpus": None if report.tensorflow_gpus is None else list(report.tensorflow_gpus),
        "models": list(report.models),
        "draining": report.is_draining,
    }


def _to_worker(row: Row[Any]) -> StoredWorker:
    unchanged = [field.name for field in fields(WorkerProfile) if field.name != "queue"]
    profile = WorkerProfile(**{name: getattr(row, name) for name in unchanged}, queue=QueueName(row.queue))
    report = WorkerReport(
        gpus=tuple(Gpu(**gpu) for gpu in row.gpus),
        tensorflow_gpus=None if row.tensorflow_gpus is None else tuple(row.tensorflow_gpus),
        models=tuple(row.models),
        is_draining=row.draining,
    )
    return StoredWorker(profile, report, row.seen_at, row.drain_requested)
