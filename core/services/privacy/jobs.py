"""The job by which a worker finishes a forgetting: data sets are made and heads are trained anew."""

from __future__ import annotations

from sqlalchemy import Connection

from core.domain.clock import Clock, now_utc
from core.domain.ids import synthetic_id
from core.domain.jobs import Job, JobKind, JobRequest, JobState, Origin
from core.services.jobs.dispatcher import Dispatcher
from core.storage.database import Database
from core.storage.jobs.job_queries import unfinished_jobs_of_kind
from core.storage.jobs.job_rows import insert_job
from core.storage.privacy.receipt_rows import unfinished_receipts


class ForgettingJobs:
    """Synchronous and thread-safe; light, since the bot builds it too."""

    def __init__(self, database: Database, dispatcher: Dispatcher, clock: Clock = now_utc) -> None:
        self._database = database
        self._dispatcher = dispatcher
        self._clock = clock

    def insert(self, connection: Connection, receipt_id: str, guild_id: int) -> Job:
        """Write the job of a receipt; the caller calls `dispatch` after the transaction."""
        origin = Origin(guild_id, 0, 0, "en", 0, "")
        request = JobRequest(synthetic_id(), JobKind.FORGET, origin, {"receipt": receipt_id})
        return insert_job(connection, request, self._clock(), state=JobState.WAITING)

    def dispatch(self) -> None:
        """Send what waits to the workers."""
        self._dispatcher.dispatch()

    def request_all(self) -> list[Job]:
        """Write the jobs of unfinished receipts that have none, as a killed shell leaves them; return the new ones.

        For the start of a worker: one query where nothing is to do.
        """
        new: list[Job] = []
        with self._database.read() as connection:
            unfinished = unfinished_receipts(connection)
        for receipt_id, guild_id in unfinished:
            with self._database.write() as connection:
                self._database.advisory_lock(connection, f"omokage-receipt-{receipt_id}")
                jobs = unfinished_jobs_of_kind(connection, guild_id, JobKind.FORGET)
                if not any(job.params.get("receipt") == receipt_id for job in jobs):
                    new.append(self.insert(connection, receipt_id, guild_id))
        if new:
            self._dispatcher.dispatch()
        return new
