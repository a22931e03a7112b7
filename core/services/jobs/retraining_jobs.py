"""Jobs that train the successors of versions whose face embedding is not the present one: one a version, unasked."""

from __future__ import annotations

import logging

from sqlalchemy import Connection

from core.domain.clock import Clock, now_utc
from core.domain.ids import synthetic_id
from core.domain.jobs import Job, JobKind, JobRequest, JobState, Origin
from core.domain.registry.retraining import lacks_data, needs_retraining
from core.domain.registry.versions import Version
from core.domain.training.runs import RunKind
from core.services.jobs.dispatcher import Dispatcher
from core.storage.database import Database
from core.storage.dataset_rows import datasets_of
from core.storage.jobs.job_queries import unfinished_jobs_of_kind
from core.storage.jobs.job_rows import insert_job
from core.storage.jobs.lease_rows import continue_later
from core.storage.version_rows import serving_versions

_log = logging.getLogger(__name__)


class RetrainingJobs:
    """Synchronous and thread-safe; light, since the bot builds it too."""

    def __init__(self, database: Database, dispatcher: Dispatcher, clock: Clock = now_utc) -> None:
        self._database = database
        self._dispatcher = dispatcher
        self._clock = clock

    def request_all(self) -> list[Job]:
        """Let workers train the successor of each recogniser that serves and is of an earlier embedder.

        For the start of a worker: one query where nothing is to do.

        Returns:
            The jobs, which may have been there before.
        """
        with self._database.read() as connection:
            serving = serving_versions(connection, RunKind.RECOGNISER)
            waiting = [version for version in serving if needs_retraining(version)]
            waiting = [version for version in waiting if not lacks_data(version) or _has_data(connection, version)]
        jobs = [self._request(version) for version in waiting]
        if jobs:
            self._dispatcher.dispatch()
        return jobs

    def continue_later(self, job: Job) -> bool:
        """Let a job wait for its next turn; False: it is not this worker's any more, and nothing was written."""
        with self._database.write() as connection:
            kept = continue_later(connection, job, job.params)
        self._dispatcher.dispatch()
        return kept

    def _request(self, version: Version) -> Job:
        origin = Origin(version.guild_id, 0, version.created_by, "en", 0, "")
        request = JobRequest(synthetic_id(), JobKind.RETRAIN, origin, {"version_id": version.id})
        with self._database.write() as connection:
            self._database.advisory_lock(connection, f"omokage-retraining-{version.id}")
            unfinished = unfinished_jobs_of_kind(connection, version.guild_id, JobKind.RETRAIN)
            for job in unfinished:
                if job.params.get("version_id") == version.id:
                    return job
            _log.info("%s of guild %s is trained anew for the present face networks", version.title, version.guild_id)
            return insert_job(connection, request, self._clock(), state=JobState.WAITING)


def _has_data(connection: Connection, version: Version) -> bool:
    """Return whether the pictures of a version whose data set was gone were imported again since."""
    same = [one.id for one in datasets_of(connection, version.guild_id) if one.hash == version.dataset_hash]
    return any(dataset_id != version.dataset_id for dataset_id in same)
