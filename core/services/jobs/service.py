"""Jobs from the command to the answer; the whole life of a job is in docs/decisions/004."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import and_, case, func, select, update

from core.domain.clock import now_utc
from core.domain.errors import ErrorCode, OmokageError
from core.domain.fairness import QueuePosition, check_queue_limits
from core.domain.jobs import (
    ACTIVE,
    BACKGROUND_KINDS,
    JSON,
    PENDING,
    Backlog,
    Failure,
    Job,
    JobRequest,
    JobState,
    QueueName,
)
from core.domain.storage_limits import announced_bytes
from core.services.jobs.base import Enqueue
from core.services.jobs.leases import Leases
from core.services.jobs.outbox import Outbox
from core.services.jobs.queue_position import place_of
from core.storage.job_rows import (
    end_jobs,
    failure_values,
    find_job,
    get_job,
    insert_job,
    to_job,
    without_addresses,
)
from core.storage.retention_rows import note_stored, stored_bytes
from core.storage.tables import jobs

__all__ = ["Enqueue", "JobService", "now_utc"]

_Jobs: TypeAlias = list[Job]  # within the class, `list` is its method


class JobService(Leases, Outbox):
    """The front's side; `Leases` has the worker's, `Dispatching` the broker's, `Outbox` the relay's.

    Synchronous and thread-safe: the bot calls it in threads.
    """

    def receive(self, request: JobRequest) -> Job:
        """Accept a command: from here on it gets an answer. The same id again gives the existing job.

        Raises:
            OmokageError: QUEUE_FULL, with how many of the member's or the guild's jobs are `waiting`; STORAGE_FULL.
        """
        with self._database.write() as connection:
            self._database.advisory_lock(connection, f"omokage-receive-{request.origin.guild_id}")
            known = find_job(connection, request.id)
            if known is not None:
                return known
            guild, member = request.origin.guild_id, request.origin.member_id
            own = func.coalesce(func.sum(case((jobs.c.member_id == member, 1), else_=0)), 0)
            pending = and_(jobs.c.guild_id == guild, jobs.c.state.in_(PENDING), jobs.c.kind.not_in(BACKGROUND_KINDS))
            of_member, of_guild = connection.execute(select(own, func.count()).where(pending)).one()
            check_queue_limits(guild, of_member, of_guild, self._share)
            stored = stored_bytes(connection, guild)
            self._storage.check_quota(guild, stored, announced_bytes(request.params))
            return insert_job(connection, request, self._clock())

    def submit(self, job_id: int, photo_sha: str | None = None, more: Mapping[str, JSON] | None = None) -> Job:
        """The photo, if there is to be one, is stored: the job waits for its turn. A second call changes nothing.

        Args:
            job_id: which.
            photo_sha: of the photo that the job is about.
            more: parameters that were not known before: the blobs of a job's several photos.

        Raises:
            OmokageError: UNKNOWN_JOB.
        """
        sizes = self._sizes_in(photo_sha, more)
        with self._database.write() as connection:
            job = get_job(connection, job_id)
            params = without_addresses({**job.params, **(more or {})})  # the photos are stored
            changed = {"state": JobState.WAITING, "photo": photo_sha, "params": params}
            received = and_(jobs.c.id == job_id, jobs.c.state == JobState.RECEIVED)
            if connection.execute(update(jobs).where(received).values(changed)).rowcount:
                note_stored(connection, job.origin.guild_id, sizes, self._clock())
        self.dispatch()
        return self.get(job_id)

    def reject(self, job_id: int, failure: Failure) -> bool:
        """End a received job whose photo could not be fetched or is refused; False: it is not received any more."""
        with self._database.write() as connection:
            received = and_(jobs.c.id == job_id, jobs.c.state == JobState.RECEIVED)
            values = failure_values(failure)
            return bool(end_jobs(connection, received, state=JobState.FAILED, now=self._clock(), **values))

    def cancel(self, job_id: int, by_member: int, is_moderator: bool) -> Job:
        """End a job that nobody has begun, with an outbox row; ask the worker to stop one that runs.

        Raises:
            OmokageError: UNKNOWN_JOB, NOT_ALLOWED, ALREADY_FINISHED.
        """
        with self._database.write() as connection:
            row = connection.execute(select(jobs).where(jobs.c.id == job_id).with_for_update()).first()
            if row is None:
                raise OmokageError(ErrorCode.UNKNOWN_JOB)
            job = to_job(row)
            if job.kind in BACKGROUND_KINDS:
                raise OmokageError(ErrorCode.UNKNOWN_JOB)
            if by_member != job.origin.member_id and not is_moderator:
                raise OmokageError(ErrorCode.NOT_ALLOWED)
            if job.state.is_final:
                raise OmokageError(ErrorCode.ALREADY_FINISHED)
            if job.state is JobState.RUNNING:
                connection.execute(update(jobs).where(jobs.c.id == job_id).values(cancel_requested=True))
            else:
                end_jobs(connection, jobs.c.id == job_id, state=JobState.CANCELLED, now=self._clock())
            job = get_job(connection, job_id)
        self.dispatch()
        return job

    def get(self, job_id: int, guild_id: int | None = None) -> Job:
        """The job; with `guild_id`, only if it is that guild's (for ids that a member typed).

        Raises:
            OmokageError: UNKNOWN_JOB.
        """
        with self._database.read() as connection:
            job = get_job(connection, job_id)
        if guild_id is not None and (job.origin.guild_id != guild_id or job.kind in BACKGROUND_KINDS):
            raise OmokageError(ErrorCode.UNKNOWN_JOB)
        return job

    def list(self, guild_id: int, member_id: int | None, limit: int = 10) -> _Jobs:
        """A guild's newest jobs, or one member's, newest first; those of silent kinds left out."""
        newest = select(jobs).where(jobs.c.guild_id == guild_id, jobs.c.kind.not_in(BACKGROUND_KINDS))
        newest = newest.order_by(jobs.c.created_at.desc(), jobs.c.id.desc())
        if member_id is not None:
            newest = newest.where(jobs.c.member_id == member_id)
        with self._database.read() as connection:
            return [to_job(row) for row in connection.execute(newest.limit(limit))]

    def received_before(self, when: datetime) -> _Jobs:
        """Jobs whose photo nobody has stored since: a bot that restarts goes on with them."""
        left = select(jobs).where(jobs.c.state == JobState.RECEIVED, jobs.c.created_at < when)
        with self._database.read() as connection:
            return [to_job(row) for row in connection.execute(left.order_by(jobs.c.created_at, jobs.c.id))]

    def place(self, job_id: int) -> QueuePosition:
        """Jobs ahead in the same queue, and a measured estimate.

        Raises:
            OmokageError: UNKNOWN_JOB.
        """
        with self._database.read() as connection:
            return place_of(connection, get_job(connection, job_id))

    def backlog(self) -> dict[QueueName, Backlog]:
        """How much is under way, by queue; `waiting` includes jobs whose photo is on its way."""
        under_way = select(jobs.c.queue, jobs.c.state, func.count(), func.min(jobs.c.dispatched_at))
        counts: dict[tuple[str, str], int] = {}
        oldest: dict[str, datetime] = {}
        with self._database.read() as connection:
            under_way = under_way.where(jobs.c.state.in_(PENDING | ACTIVE)).group_by(jobs.c.queue, jobs.c.state)
            for queue, state, count, dispatched_at in connection.execute(under_way):
                counts[queue, state] = count
                if state == JobState.DISPATCHED:
                    oldest[queue] = dispatched_at
        return {queue: _backlog(queue, counts, oldest.get(queue)) for queue in QueueName}


def _backlog(queue: QueueName, counts: dict[tuple[str, str], int], oldest: datetime | None) -> Backlog:
    waiting = sum(counts.get((queue, state), 0) for state in PENDING)
    dispatched, running = (counts.get((queue, state), 0) for state in (JobState.DISPATCHED, JobState.RUNNING))
    return Backlog(queue, waiting, dispatched, running, oldest)
