"""Jobs from the command to the answer; the whole life of a job is in docs/decisions/004."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from core.domain.clock import Clock, now_utc
from core.domain.errors import ErrorCode, OmokageError
from core.domain.fairness import FairShare, QueuePosition, check_queue_limits
from core.domain.jobs import (
    BACKGROUND_KINDS,
    JOB_LIMITS,
    JSON,
    PENDING,
    Backlog,
    Failure,
    Job,
    JobLimits,
    JobRequest,
    JobState,
    QueueName,
)
from core.domain.storage_limits import StorageLimits, announced_bytes
from core.services.jobs.blob_sizes import BlobSize, blob_sizes
from core.services.jobs.dispatcher import Dispatcher, Enqueue
from core.services.jobs.leases import Leases
from core.services.jobs.outbox import Outbox
from core.services.jobs.queue_position import queue_position_of
from core.services.jobs.recovery import JobRecovery
from core.storage.database import Database
from core.storage.jobs.job_queries import count_unfinished, newest_jobs, pending_counts, received_jobs
from core.storage.jobs.job_rows import (
    end_job,
    failure_values,
    find_job,
    get_job,
    insert_job,
    request_cancellation,
    store_params,
    without_addresses,
)
from core.storage.retention_rows import note_stored, stored_bytes

__all__ = ["Enqueue", "JobService"]


class JobService:
    """The bot's side of a job; synchronous and thread-safe: the bot calls it in threads.

    Attributes:
        dispatcher: sends jobs to the broker.
        leases: a worker's side.
        recovery: for jobs of dead workers, and lost messages.
        outbox: answers that are to be posted.

    Args:
        database: of all tables.
        enqueue: puts a job's message into the broker.
        clock: aware UTC.
        share: what a member and a guild may have under way.
        limits: times and counts of leases, messages and attempts.
        storage: what a guild may store.
        blob_size: asks the blob store; without it nothing counts against a guild's quota.
    """

    def __init__(
        self,
        database: Database,
        enqueue: Enqueue,
        clock: Clock = now_utc,
        share: FairShare = FairShare(),  # noqa: B008 - frozen
        limits: JobLimits = JOB_LIMITS,
        *,
        storage: StorageLimits = StorageLimits(),  # noqa: B008 - frozen
        blob_size: BlobSize = lambda _name: 0,
    ) -> None:
        self._database = database
        self._clock = clock
        self._share = share
        self._storage = storage
        self._blob_size = blob_size
        self.dispatcher = Dispatcher(database, enqueue, clock, share, limits)
        self.leases = Leases(database, self.dispatcher, clock, limits, blob_size=blob_size)
        self.recovery = JobRecovery(database, self.dispatcher, clock, limits)
        self.outbox = Outbox(database, clock, limits)

    def receive(self, request: JobRequest) -> Job:
        """Accept a command: from here on it gets an answer. The same id again gives the existing job.

        Raises:
            OmokageError: QUEUE_FULL, with how many of the member's or the guild's jobs are `waiting`; STORAGE_FULL.
        """
        guild_id, member_id = request.origin.guild_id, request.origin.member_id
        with self._database.write() as connection:
            self._database.advisory_lock(connection, f"omokage-receive-{guild_id}")
            existing = find_job(connection, request.id)
            if existing is not None:
                return existing
            check_queue_limits(guild_id, *pending_counts(connection, guild_id, member_id), self._share)
            stored = stored_bytes(connection, guild_id)
            self._storage.check_quota(guild_id, stored, announced_bytes(request.params))
            return insert_job(connection, request, self._clock())

    def submit(self, job_id: int, photo_sha: str | None = None, more: Mapping[str, JSON] | None = None) -> Job:
        """Let a received job wait for its turn, now that its photos are stored. A second call changes nothing.

        Args:
            job_id: which.
            photo_sha: of the photo that the job is about, if there is to be one.
            more: parameters that were not known before: the blobs of a job's several photos.

        Raises:
            OmokageError: UNKNOWN_JOB.
        """
        sizes = blob_sizes(self._blob_size, photo_sha, more)
        with self._database.write() as connection:
            job = get_job(connection, job_id)
            params = without_addresses({**job.params, **(more or {})})
            if store_params(connection, job_id, photo_sha, params):
                note_stored(connection, job.origin.guild_id, sizes, self._clock())
        self.dispatcher.dispatch(new_job=True)
        return self.get(job_id)

    def reject(self, job_id: int, failure: Failure) -> bool:
        """End a received job whose photo could not be fetched or is refused; False: it is not received any more."""
        values = failure_values(failure)
        with self._database.write() as connection:
            return end_job(connection, job_id, JobState.FAILED, self._clock(), only_from=JobState.RECEIVED, **values)

    def cancel(self, job_id: int, by_member: int, is_moderator: bool) -> Job:
        """End a job that nobody has begun, with an outbox row; ask the worker to stop one that runs.

        Raises:
            OmokageError: UNKNOWN_JOB, NOT_ALLOWED, ALREADY_FINISHED.
        """
        with self._database.write() as connection:
            job = get_job(connection, job_id, lock=True)
            if job.kind in BACKGROUND_KINDS:
                raise OmokageError(ErrorCode.UNKNOWN_JOB)
            if by_member != job.origin.member_id and not is_moderator:
                raise OmokageError(ErrorCode.NOT_ALLOWED)
            if job.state.is_final:
                raise OmokageError(ErrorCode.ALREADY_FINISHED)
            if job.state is JobState.RUNNING:
                request_cancellation(connection, job_id)
            else:
                end_job(connection, job_id, JobState.CANCELLED, self._clock())
            job = get_job(connection, job_id)
        self.dispatcher.dispatch()
        return job

    def get(self, job_id: int, guild_id: int | None = None) -> Job:
        """Return the job; with `guild_id`, only if it is that guild's (for ids that a member typed).

        Raises:
            OmokageError: UNKNOWN_JOB.
        """
        with self._database.read() as connection:
            job = get_job(connection, job_id)
        if guild_id is not None and (job.origin.guild_id != guild_id or job.kind in BACKGROUND_KINDS):
            raise OmokageError(ErrorCode.UNKNOWN_JOB)
        return job

    def newest(self, guild_id: int, member_id: int | None, limit: int = 10) -> list[Job]:
        """Return a guild's newest jobs, or one member's, newest first; without those of background kinds."""
        with self._database.read() as connection:
            return newest_jobs(connection, guild_id, member_id, limit)

    def received_before(self, when: datetime) -> list[Job]:
        """Return jobs whose photo nobody has stored since: a bot that restarts goes on with them."""
        with self._database.read() as connection:
            return received_jobs(connection, when)

    def queue_position(self, job_id: int) -> QueuePosition:
        """Return the number of jobs ahead in the same queue, and a measured estimate.

        Raises:
            OmokageError: UNKNOWN_JOB.
        """
        with self._database.read() as connection:
            return queue_position_of(connection, get_job(connection, job_id))

    def backlog(self) -> dict[QueueName, Backlog]:
        """Return how much is under way, by queue; `waiting` includes jobs whose photo is on its way."""
        counts: dict[tuple[str, str], int] = {}
        oldest: dict[str, datetime | None] = {}
        with self._database.read() as connection:
            for queue, state, count, dispatched_at in count_unfinished(connection):
                counts[queue, state] = count
                if state == JobState.DISPATCHED:
                    oldest[queue] = dispatched_at
        return {queue: _backlog(queue, counts, oldest.get(queue)) for queue in QueueName}


def _backlog(queue: QueueName, counts: dict[tuple[str, str], int], oldest: datetime | None) -> Backlog:
    waiting = sum(counts.get((queue, state), 0) for state in PENDING)
    dispatched, running = (counts.get((queue, state), 0) for state in (JobState.DISPATCHED, JobState.RUNNING))
    return Backlog(queue, waiting, dispatched, running, oldest)
