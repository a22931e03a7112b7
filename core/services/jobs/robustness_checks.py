"""Robustness checks of model versions as jobs: one row each, which goes back to the queue between its slices."""

from __future__ import annotations

from sqlalchemy import Connection

from core.domain.clock import Clock, now_utc
from core.domain.ids import synthetic_id
from core.domain.jobs import Job, JobKind, JobRequest, JobState, Origin
from core.domain.registry.robustness import CheckState, robustness_from_metrics
from core.domain.registry.versions import Version
from core.domain.training.runs import RunKind
from core.services.jobs.dispatcher import Dispatcher
from core.storage.database import Database
from core.storage.jobs.job_queries import unfinished_jobs_of_kind
from core.storage.jobs.job_rows import insert_job
from core.storage.jobs.lease_rows import continue_later


class CheckJobs:
    """Synchronous and thread-safe; light, since the bot may request a check."""

    def __init__(self, database: Database, dispatcher: Dispatcher, clock: Clock = now_utc) -> None:
        self._database = database
        self._dispatcher = dispatcher
        self._clock = clock

    def request(self, version: Version, *, again: bool = False, send: bool = True) -> Job | None:
        """Let a worker check a version; return its job, which may have been there before.

        Nobody waits for it, so no limit of the queue refuses it.

        Args:
            version: of a recogniser.
            again: although it was checked before.
            send: at once; otherwise the next recovery sends it, as soon as there are workers.

        Returns:
            None: there is nothing to do; it is of another kind, or was checked.
        """
        checked = robustness_from_metrics(version.metrics) is not None and not again
        if version.kind is not RunKind.RECOGNISER or checked:
            return None
        origin = Origin(version.guild_id, 0, version.created_by, "en", 0, "")
        request = JobRequest(synthetic_id(), JobKind.CHECK, origin, {"version_id": version.id})
        with self._database.write() as connection:
            self._database.advisory_lock(connection, f"omokage-check-{version.id}")
            existing = _find_check(connection, version)
            if existing is not None:
                return existing
            job = insert_job(connection, request, self._clock(), state=JobState.WAITING)
        if send:
            self._dispatcher.dispatch()
        return job

    def continue_later(self, job: Job, state: CheckState) -> bool:
        """End a slice: the job waits for its next turn, with what was measured so far; its attempts count anew.

        Returns:
            False: the job is not this worker's any more, and nothing was written.
        """
        with self._database.write() as connection:
            kept = continue_later(connection, job, {**job.params, "state": state.to_json()})
        self._dispatcher.dispatch()
        return kept


def _find_check(connection: Connection, version: Version) -> Job | None:
    unfinished = unfinished_jobs_of_kind(connection, version.guild_id, JobKind.CHECK)
    return next((job for job in unfinished if job.params.get("version_id") == version.id), None)
