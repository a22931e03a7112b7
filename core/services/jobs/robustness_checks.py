"""Checks of versions as jobs: each is one row, which goes back to the queue between its slices."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, and_, select, update

from core.domain.clock import now_utc
from core.domain.ids import synthetic_id
from core.domain.jobs import FINAL, Job, JobKind, JobRequest, JobState, Origin
from core.domain.registry.robustness import CheckState, robustness_from_metrics
from core.domain.registry.versions import Version
from core.domain.training.runs import RunKind
from core.services.jobs.service import JobService
from core.storage.database import Database
from core.storage.job_rows import insert_job, to_job
from core.storage.tables import jobs as rows


class CheckJobs:
    """Synchronous and thread-safe; light, since the bot may ask for a check."""

    def __init__(self, database: Database, jobs: JobService, clock: Callable[[], datetime] = now_utc) -> None:
        self._database = database
        self._jobs = jobs
        self._clock = clock

    def ask(self, version: Version, *, again: bool = False, send: bool = True) -> Job | None:
        """Let a worker check a version; the job that does so already, if there is one.

        Nobody waits for it, so no limit of the queue refuses it.

        Args:
            version: of a recogniser.
            again: although it was checked before.
            send: at once; otherwise whoever looks for lost jobs sends it, as soon as there are workers.

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
            known = _under_way(connection, version)
            if known is not None:
                return known
            job = insert_job(connection, request, self._clock(), state=JobState.WAITING)
        if send:
            self._jobs.dispatch()
        return job

    def go_on(self, job: Job, state: CheckState) -> bool:
        """End a slice: the job waits for its next turn, with what was found so far; its attempts count anew.

        Returns:
            False: the job is not this worker's any more, and nothing was written.
        """
        mine = and_(rows.c.id == job.id, rows.c.state == JobState.RUNNING, rows.c.lease_owner == job.lease_owner)
        free = {"state": JobState.WAITING, "attempts": 0, "lease_owner": None, "lease_until": None, "started_at": None}
        params = {**job.params, "state": state.to_json()}
        with self._database.write() as connection:
            kept = connection.execute(update(rows).where(mine).values(**free, params=params).returning(rows.c.id)).all()
        self._jobs.dispatch()
        return bool(kept)


def _under_way(connection: Connection, version: Version) -> Job | None:
    same = rows.c.kind == JobKind.CHECK, rows.c.guild_id == version.guild_id, rows.c.state.not_in(FINAL)
    known = [to_job(row) for row in connection.execute(select(rows).where(*same))]
    return next((job for job in known if job.params.get("version_id") == version.id), None)
