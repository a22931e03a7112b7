"""Workers write down here that they live; operators and moderators read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from core.domain.clock import Clock, now_utc
from core.domain.jobs import QueueName
from core.domain.workers import (
    FORGET_AFTER,
    GONE_AFTER_S,
    DrainReason,
    JobInHand,
    ModelInMemory,
    Overview,
    QueueStatus,
    StoredWorker,
    WorkerProfile,
    WorkerReport,
    WorkerState,
    WorkerStatus,
    find_oddities,
    newest_worker,
)
from core.storage.database import Database
from core.storage.schema import has_this_versions_tables
from core.storage.worker_rows import (
    delete_worker,
    jobs_in_hand,
    list_workers,
    models_in_memory,
    queue_statuses,
    request_drain,
    write_worker,
)


class WorkerService:
    """Synchronous and thread-safe."""

    def __init__(self, database: Database, clock: Clock = now_utc) -> None:
        self._database = database
        self._clock = clock

    def update(self, profile: WorkerProfile, report: WorkerReport) -> DrainReason | None:
        """Write that a worker lives; return why it is to take no more jobs, None where it may go on.

        Where the tables are not those of this code any more, nothing is written: the row may mean something else.
        """
        with self._database.write() as connection:
            if not has_this_versions_tables(connection):
                return DrainReason.NEWER_DATABASE
            is_requested = write_worker(connection, profile, report, self._clock())
        return DrainReason.REQUESTED if is_requested else None

    def remove(self, worker_id: str) -> None:
        """Delete the row of a worker that ends in order."""
        with self._database.write() as connection:
            delete_worker(connection, worker_id)

    def request_drain(self, host: str) -> int:
        """Ask all living workers of a host to finish their jobs and end; return how many there are."""
        with self._database.write() as connection:
            return request_drain(connection, host, self._clock() - timedelta(seconds=GONE_AFTER_S))

    def overview(self) -> Overview:
        """Return all queues, and all workers that live or died within the last hour."""
        now = self._clock()
        with self._database.read() as connection:
            statuses = queue_statuses(connection, now)
            workers = list_workers(connection, now - FORGET_AFTER)
            held = jobs_in_hand(connection)
            ids = {model for worker in workers for model in worker.report.models if isinstance(model, int)}
            names = models_in_memory(connection, ids)
        newest, jobs = newest_worker(workers, now), _by_worker(held)
        listed = tuple(
            WorkerStatus(
                worker,
                worker.state(now),
                find_oddities(worker, newest),
                tuple(jobs.get(worker.profile.id, ())),
                _models(worker, names),
            )
            for worker in workers
        )
        queues = tuple(
            replace(statuses.get(queue, QueueStatus(queue)), workers=_count_workers(queue, listed))
            for queue in QueueName
        )
        return Overview(now, queues, listed)


def _by_worker(held: Mapping[str, Sequence[JobInHand]]) -> dict[str, list[JobInHand]]:
    """Group jobs by worker: the owner of a lease is the worker's id and a random part, with a colon between them."""
    jobs: dict[str, list[JobInHand]] = {}
    for owner, theirs in held.items():
        jobs.setdefault(owner.rpartition(":")[0], []).extend(theirs)
    return jobs


def _models(worker: StoredWorker, names: Mapping[int, ModelInMemory]) -> tuple[ModelInMemory, ...]:
    """Name the models of a worker; versions that were deleted since are left out."""
    models = worker.report.models
    named = (names.get(model) if isinstance(model, int) else ModelInMemory(model, None) for model in models)
    return tuple(sorted((model for model in named if model is not None), key=lambda model: model.label))


def _count_workers(queue: QueueName, workers: Sequence[WorkerStatus]) -> int:
    return sum(status.profile.queue is queue and status.state is WorkerState.ALIVE for status in workers)
