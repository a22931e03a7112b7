"""Training runs from the request to the model version: a run is a row, cut into segments; see docs/decisions/007."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from core.domain.clock import Clock, now_utc
from core.domain.data.datasets import Dataset, Preflight, require_fit
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JOB_LIMITS, JSON, JobLimits, Origin
from core.domain.training.presets import check_steps, complete, find_preset
from core.domain.training.runs import Checkpoint, CurvePoint, Run, RunKind, RunRequest, RunState
from core.services.jobs.dispatcher import Dispatcher
from core.services.runs.checkpoint_blobs import CheckpointBlobs
from core.services.runs.control import RunControl, nearest_step
from core.services.runs.exclusivity import check_none_under_way, lock_starts
from core.services.runs.segment_jobs import SegmentJobs
from core.services.runs.segments import Segments
from core.services.runs.status_messages import StatusMessages
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.runs.checkpoint_rows import checkpoints_of, insert_checkpoint, points_of, write_points
from core.storage.runs.run_rows import (
    change_run,
    find_run,
    get_run,
    insert_run,
    newest_runs,
    run_numbered,
    runs_changed_since,
)


class Datasets(Protocol):
    """As much of DatasetService as runs need."""

    def get(self, dataset_id: int, guild_id: int | None = None) -> Dataset:
        """Return the version; raises UNKNOWN_DATASET."""
        ...

    def preflight(self, dataset: Dataset, minimum_pictures: int = 3, kind: RunKind = RunKind.RECOGNISER) -> Preflight:
        """Return what is in it, and whether it can be trained on."""
        ...


class RunService:
    """Starts runs and reads them; synchronous and thread-safe, and it loads no models: the bot calls it in threads.

    Attributes:
        control: pause, resume, stop, roll back.
        segments: a worker's side.
        status_messages: the bot's messages that show runs.

    Args:
        database: of all tables.
        dispatcher: sends the jobs of segments.
        datasets: what can be trained on.
        blobs: the store of checkpoints.
        clock: aware UTC.
        limits: how long a lease lasts.
    """

    def __init__(
        self,
        database: Database,
        dispatcher: Dispatcher,
        datasets: Datasets,
        blobs: Blobs,
        clock: Clock = now_utc,
        *,
        limits: JobLimits = JOB_LIMITS,
    ) -> None:
        self._database = database
        self._dispatcher = dispatcher
        self._datasets = datasets
        self._clock = clock
        self._segment_jobs = SegmentJobs(clock, limits)
        self._checkpoint_blobs = CheckpointBlobs(database, blobs)
        parts = database, dispatcher, self._segment_jobs, self._checkpoint_blobs
        self.control = RunControl(*parts, clock)
        self.segments = Segments(*parts, clock, blobs=blobs)
        self.status_messages = StatusMessages(database)

    def start(self, request: RunRequest, owner: str | None = None) -> Run:
        """Begin a run: its first segment waits for a worker. The same id again gives the existing run.

        Args:
            request: what to train on what; `steps` 0: as many as the preset says.
            owner: who trains the first segment at once, instead of a worker.

        Raises:
            OmokageError: UNKNOWN_DATASET; UNKNOWN_PRESET, with the `known` ones; BAD_OPTION; DATASET_UNFIT, with the
                first `remark` that blocks; RUN_UNDER_WAY, with that run's `number`.
        """
        existing = self._find(request.id)
        if existing is not None:
            return existing
        preset = find_preset(request.kind, request.preset)
        config, steps = complete(preset, request.config), check_steps(preset, request.steps)
        self._check_dataset(request.dataset_id, request.origin.guild_id, request.kind)
        return self._begin(replace(request, config=config, steps=steps), owner)

    def branch(
        self,
        run_id: int,
        step: int,
        request_id: int,
        origin: Origin,
        changes: Mapping[str, JSON] | None = None,
        *,
        steps: int | None = None,
        owner: str | None = None,
    ) -> Run:
        """Begin a run that goes on from another's checkpoint at a step, or the nearest before it.

        Args:
            run_id: of a run of the same guild, in whatever state.
            step: where to begin.
            request_id: of the new run; the same id again gives the existing run.
            origin: who asks.
            changes: options that differ from the other run's.
            steps: in all; None: as many as the other run has.
            owner: as in `start`.

        Raises:
            OmokageError: as `start`, and UNKNOWN_RUN, UNKNOWN_CHECKPOINT.
        """
        existing = self._find(request_id)
        if existing is not None:
            return existing
        parent = self.get(run_id, origin.guild_id)
        checkpoints = {checkpoint.step: checkpoint for checkpoint in self.checkpoints(run_id)}
        checkpoint = checkpoints[nearest_step(list(checkpoints), step)]
        preset = find_preset(parent.kind, parent.preset)
        config = complete(preset, {**parent.config, **(changes or {})})
        total = check_steps(preset, parent.steps if steps is None else steps)
        self._check_dataset(parent.dataset_id, origin.guild_id, parent.kind)
        request = RunRequest(
            request_id, parent.kind, parent.preset, parent.dataset_id, total, origin, config, parent.seed
        )
        return self._begin(request, owner, checkpoint)

    def get(self, run_id: int, guild_id: int | None = None) -> Run:
        """Return the run; with `guild_id`, only if it is that guild's.

        Raises:
            OmokageError: UNKNOWN_RUN.
        """
        with self._database.read() as connection:
            run = get_run(connection, run_id)
        if guild_id is not None and run.guild_id != guild_id:
            raise OmokageError(ErrorCode.UNKNOWN_RUN)
        return run

    def find(self, guild_id: int, number: int | None = None) -> Run:
        """Return a guild's run by its number, or its newest.

        Raises:
            OmokageError: UNKNOWN_RUN.
        """
        with self._database.read() as connection:
            run = run_numbered(connection, guild_id, number)
        if run is None:
            raise OmokageError(ErrorCode.UNKNOWN_RUN)
        return run

    def newest(self, guild_id: int, limit: int = 10) -> list[Run]:
        """Return a guild's runs, newest first."""
        with self._database.read() as connection:
            return newest_runs(connection, guild_id, limit)

    def changed_since(self, when: datetime) -> list[Run]:
        """Return runs of all guilds that changed after this time, the longest unchanged first.

        A transaction may become visible a moment after its time: ask again from some seconds before the last answer.
        """
        with self._database.read() as connection:
            return runs_changed_since(connection, when)

    def checkpoints(self, run_id: int) -> list[Checkpoint]:
        """Return the checkpoints that are kept, in the order of their steps."""
        with self._database.read() as connection:
            return checkpoints_of(connection, run_id)

    def points(self, run_id: int, after: int = -1) -> list[CurvePoint]:
        """Return the curves behind the step `after`, up to the newest checkpoint; `Run.live` may be further."""
        with self._database.read() as connection:
            return points_of(connection, run_id, after)

    def _find(self, run_id: int) -> Run | None:
        with self._database.read() as connection:
            return find_run(connection, run_id)

    def _check_dataset(self, dataset_id: int, guild_id: int, kind: RunKind) -> None:
        dataset = self._datasets.get(dataset_id, guild_id)
        require_fit(self._datasets.preflight(dataset, kind=kind))

    def _begin(self, request: RunRequest, owner: str | None, checkpoint: Checkpoint | None = None) -> Run:
        guild_id = request.origin.guild_id
        with self._database.write() as connection:
            lock_starts(self._database, connection, guild_id)
            existing = find_run(connection, request.id)
            if existing is not None:
                return existing
            check_none_under_way(connection, guild_id, request.kind)
            run = self._insert(connection, request, checkpoint)
            job_id = self._segment_jobs.insert(connection, run, owner, is_interactive=True)
            run = change_run(connection, run.id, self._clock(), job_id=job_id)
        if owner is None:
            self._dispatcher.dispatch()
        return run

    def _insert(self, connection: Connection, request: RunRequest, checkpoint: Checkpoint | None) -> Run:
        values: dict[str, Any] = {
            "id": request.id,
            "kind": request.kind,
            "preset": request.preset,
            "config": dict(request.config),
            "seed": request.seed,
            "dataset_id": request.dataset_id,
            "state": RunState.WAITING,
            "steps": request.steps,
        }
        if checkpoint is None:
            return insert_run(connection, values, request.origin, self._clock())
        parent = {"parent_id": checkpoint.run_id, "parent_step": checkpoint.step, "step": checkpoint.step}
        self._checkpoint_blobs.lock(connection)
        # It may have been forgotten since it was read.
        kept = [kept.step for kept in checkpoints_of(connection, checkpoint.run_id) if kept == checkpoint]
        nearest_step(kept, checkpoint.step)
        run = insert_run(connection, {**values, **parent}, request.origin, self._clock())
        insert_checkpoint(connection, replace(checkpoint, run_id=run.id, created_at=self._clock()))
        inherited = points_of(connection, checkpoint.run_id)
        write_points(connection, run.id, [point for point in inherited if point.step <= checkpoint.step])
        return run
