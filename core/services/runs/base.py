"""What all parts of RunService share."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, or_, select

from core.domain.clock import now_utc
from core.domain.data.datasets import Dataset, Preflight
from core.domain.errors import ErrorCode, OmokageError
from core.domain.ids import synthetic_id
from core.domain.jobs import INTERACTIVE_PRIORITY, JOB_LIMITS, JobKind, JobLimits, JobRequest, JobState
from core.domain.training.runs import Run, RunKind
from core.services.jobs.service import JobService
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.job_rows import end_jobs, insert_job
from core.storage.run_rows import UNDER_WAY, blobs_in_use
from core.storage.tables import jobs as job_rows
from core.storage.training_tables import runs

_log = logging.getLogger(__name__)


class Datasets(Protocol):
    """As much of DatasetService as runs need."""

    def get(self, dataset_id: int, guild_id: int | None = None) -> Dataset:
        """The version; UNKNOWN_DATASET."""
        ...

    def preflight(self, dataset: Dataset, minimum_pictures: int = 3, kind: RunKind = RunKind.RECOGNISER) -> Preflight:
        """What is in it, and whether it can be trained on."""
        ...


class RunBase:
    """A database, the jobs and the blobs; thread-safe, since it holds no state of its own.

    Every transaction locks the run first and its job after it, so that no two wait for each other.
    """

    def __init__(
        self,
        database: Database,
        jobs: JobService,
        datasets: Datasets,
        blobs: Blobs,
        clock: Callable[[], datetime] = now_utc,
        *,
        limits: JobLimits = JOB_LIMITS,
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._datasets = datasets
        self._blobs = blobs
        self._clock = clock
        self._limits = limits

    def _new_segment(self, connection: Connection, run: Run, owner: str | None, *, awaited: bool) -> int:
        """A job for the next segment, which waits for a worker or is `owner`'s already; its id.

        Args:
            connection: of the transaction that changes the run, too.
            run: whose it is.
            owner: None: whichever worker is free.
            awaited: somebody waits for it: it is the first after a start or a resume, or makes the version.
        """
        request = JobRequest(synthetic_id(), JobKind.TRAIN, run.origin, {"run_id": run.id})
        now = self._clock()
        state: dict[str, Any] = {"state": JobState.WAITING}
        if awaited:
            state["priority"] = INTERACTIVE_PRIORITY
        if owner is not None:
            lease = now + timedelta(seconds=self._limits.lease_s)
            state |= {"state": JobState.RUNNING, "attempts": 1, "lease_owner": owner, "lease_until": lease}
            state |= {"dispatched_at": now, "started_at": now}
        return insert_job(connection, request, now, **state).id

    def _withdraw(self, connection: Connection, run: Run) -> bool:
        """End the segment that nobody works on; False: a worker that lives has it."""
        if run.job_id is None:
            return True
        mine, now = job_rows.c.id == run.job_id, self._clock()
        nobodys = or_(job_rows.c.state != JobState.RUNNING, job_rows.c.lease_until < now)
        end_jobs(connection, mine, nobodys, state=JobState.CANCELLED, now=now)
        running = select(job_rows.c.id).where(mine, job_rows.c.state == JobState.RUNNING)
        return connection.execute(running).first() is None

    def _check_alone(self, connection: Connection, guild_id: int, kind: RunKind, but: int | None = None) -> None:
        """Raise RUN_UNDER_WAY where another run of this kind trains in the guild; the caller holds `_alone`."""
        others = select(runs.c.number).where(
            runs.c.guild_id == guild_id, runs.c.kind == kind, runs.c.state.in_(UNDER_WAY), runs.c.id != (but or 0)
        )
        number = connection.execute(others).scalar()
        if number is not None:
            raise OmokageError(ErrorCode.RUN_UNDER_WAY, number=number)

    def _alone(self, connection: Connection, guild_id: int) -> None:
        """Nobody else starts a run of this guild until the transaction ends."""
        self._database.advisory_lock(connection, f"omokage-runs-{guild_id}")

    def _keep_blobs(self, connection: Connection) -> None:
        """No blob of a checkpoint is deleted until the transaction ends."""
        self._database.advisory_lock(connection, "omokage-checkpoints")

    def _delete_unused(self, names: Iterable[str]) -> None:
        """Delete the blobs of forgotten checkpoints that nobody else needs: two runs may have the same."""
        asked = set(names)
        if not asked:
            return
        with self._database.write() as connection:
            self._keep_blobs(connection)
            for name in asked - blobs_in_use(connection, asked):
                try:
                    self._blobs.delete(name)
                except OSError as error:  # it only takes up room
                    _log.warning("the checkpoint %s was not deleted: %s", name, error)
