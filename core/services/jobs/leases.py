"""A worker's side of a job: claim it, renew the lease, end it or give it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from core.domain.clock import Clock
from core.domain.jobs import JSON, Failure, Job, JobLimits, JobState, LeaseStatus
from core.domain.people import NewFace
from core.services.jobs.blob_sizes import BlobSize, blob_sizes
from core.services.jobs.dispatcher import Dispatcher
from core.storage.database import Database
from core.storage.jobs.job_rows import failure_values, get_job
from core.storage.jobs.lease_rows import claim_job, end_held_job, release_job, renew_lease
from core.storage.people.face_rows import insert_faces
from core.storage.retention_rows import note_stored


class Leases:
    """Writes nothing for a worker that has lost its lease; thread-safe.

    `owner` names one run of one worker (host, process, a random part): two runs never share it.
    """

    def __init__(
        self, database: Database, dispatcher: Dispatcher, clock: Clock, limits: JobLimits, *, blob_size: BlobSize
    ) -> None:
        self._database = database
        self._dispatcher = dispatcher
        self._clock = clock
        self._limits = limits
        self._blob_size = blob_size

    def claim(self, job_id: int, owner: str) -> Job | None:
        """Take a dispatched job, or one whose worker died; None: it is not to be run by this worker."""
        until, max_attempts = self._lease_end(), self._limits.max_attempts
        with self._database.write() as connection:
            return claim_job(connection, job_id, owner, self._clock(), lease_until=until, max_attempts=max_attempts)

    def renew(self, job_id: int, owner: str) -> LeaseStatus:
        """Keep the job for another lease; one that ran out is kept too, unless somebody else took the job."""
        with self._database.write() as connection:
            cancel_requested = renew_lease(connection, job_id, owner, self._lease_end())
        if cancel_requested is None:
            return LeaseStatus.LOST
        return LeaseStatus.CANCEL_REQUESTED if cancel_requested else LeaseStatus.HELD

    def finish(
        self,
        job_id: int,
        owner: str,
        result: Mapping[str, JSON],
        faces: Sequence[NewFace] = (),
        *,
        keep: bool = False,
    ) -> bool:
        """Write the result, the faces and the answer's outbox row, all or nothing.

        A job whose cancellation was asked for is cancelled instead, and nothing of its result is kept; unless `keep`,
        where to stop means to answer with what there is.

        Returns:
            False: the lease was lost, and nothing was written.
        """
        sizes = blob_sizes(self._blob_size, result)
        with self._database.write() as connection:
            ended = self._end(connection, job_id, owner, JobState.DONE, keep=keep, result=dict(result))
            if ended is JobState.DONE:
                job, now = get_job(connection, job_id), self._clock()
                insert_faces(connection, job, faces, now)
                note_stored(connection, job.origin.guild_id, sizes, now)
        return self._dispatch_next(ended is not None)

    def fail(self, job_id: int, owner: str, failure: Failure) -> bool:
        """End the job without a result; False: the lease was lost, and nothing was written."""
        with self._database.write() as connection:
            ended = self._end(connection, job_id, owner, JobState.FAILED, **failure_values(failure))
        return self._dispatch_next(ended is not None)

    def stop(self, job_id: int, owner: str) -> bool:
        """End the job as cancelled, after CANCEL_REQUESTED; False: the lease was lost, and nothing was written."""
        with self._database.write() as connection:
            ended = self._end(connection, job_id, owner, JobState.CANCELLED)
        return self._dispatch_next(ended is not None)

    def release(self, job_id: int, owner: str) -> bool:
        """Give the job back unfinished, without counting the attempt; False: the lease was lost."""
        with self._database.write() as connection:
            released = release_job(connection, job_id, owner)
            cancelled = not released and self._end(connection, job_id, owner, JobState.CANCELLED) is not None
        return self._dispatch_next(released or cancelled)

    def _lease_end(self) -> datetime:
        return self._clock() + timedelta(seconds=self._limits.lease_s)

    def _end(
        self, connection: Connection, job_id: int, owner: str, state: JobState, *, keep: bool = False, **values: Any
    ) -> JobState | None:
        """End the job that `owner` holds: as cancelled where that was asked for, else as `state`; None: lost.

        `keep`: as `state` in any case.
        """
        now = self._clock()
        if end_held_job(connection, job_id, owner, state, now, unless_cancelled=not keep, **values):
            return state
        return JobState.CANCELLED if end_held_job(connection, job_id, owner, JobState.CANCELLED, now) else None

    def _dispatch_next(self, is_free: bool) -> bool:
        """Send another job where there is room for it now; return `is_free`."""
        if is_free:
            self._dispatcher.dispatch()
        return is_free
