"""Training runs: a run is a row, cut into segments; see docs/decisions/007."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from sqlalchemy import Connection, select

from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JSON, Origin
from core.domain.training.presets import check_steps, complete, find_preset
from core.domain.training.runs import Checkpoint, Run, RunKind, RunRequest, RunState
from core.services.runs.base import Datasets
from core.services.runs.control import Wishes, nearest
from core.services.runs.segments import Segment, SegmentResult, Segments
from core.services.runs.status_message import Board
from core.storage.run_rows import (
    change_run,
    checkpoints_of,
    find_run,
    get_run,
    insert_checkpoint,
    insert_run,
    points_of,
    to_run,
    write_points,
)
from core.storage.training_tables import runs

__all__ = ["Datasets", "RunService", "Segment", "SegmentResult"]

_Runs: TypeAlias = list[Run]  # within the class, `list` is its method


class RunService(Segments, Wishes, Board):
    """The front's side; `Segments` has the worker's, `Wishes` the buttons', `Board` the message's.

    Synchronous and thread-safe, and it loads no models: the bot calls it in threads.
    """

    def start(self, request: RunRequest, owner: str | None = None) -> Run:
        """Begin a run: its first segment waits for a worker. The same id again gives the existing run.

        Args:
            request: what to train on what; `steps` 0: as many as the preset says.
            owner: who trains the first segment at once, instead of a worker.

        Raises:
            OmokageError: UNKNOWN_DATASET; UNKNOWN_PRESET, with the `known` ones; BAD_OPTION; DATASET_UNFIT, with the
                first `remark` that blocks; RUN_UNDER_WAY, with that run's `number`.
        """
        known = self._find(request.id)
        if known is not None:
            return known
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
        """A new run that goes on from another's checkpoint at a step, or the nearest before it.

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
        known = self._find(request_id)
        if known is not None:
            return known
        parent = self.get(run_id, origin.guild_id)
        checkpoints = {one.step: one for one in self.checkpoints(run_id)}
        checkpoint = checkpoints[nearest(list(checkpoints), step)]
        preset = find_preset(parent.kind, parent.preset)
        config = complete(preset, {**parent.config, **(changes or {})})
        wanted = check_steps(preset, parent.steps if steps is None else steps)
        self._check_dataset(parent.dataset_id, origin.guild_id, parent.kind)
        request = RunRequest(
            request_id, parent.kind, parent.preset, parent.dataset_id, wanted, origin, config, parent.seed
        )
        return self._begin(request, owner, checkpoint)

    def get(self, run_id: int, guild_id: int | None = None) -> Run:
        """The run; with `guild_id`, only if it is that guild's.

        Raises:
            OmokageError: UNKNOWN_RUN.
        """
        with self._database.read() as connection:
            run = get_run(connection, run_id)
        if guild_id is not None and run.guild_id != guild_id:
            raise OmokageError(ErrorCode.UNKNOWN_RUN)
        return run

    def find(self, guild_id: int, number: int | None = None) -> Run:
        """A guild's run by its number, or its newest.

        Raises:
            OmokageError: UNKNOWN_RUN.
        """
        asked = select(runs).where(runs.c.guild_id == guild_id).order_by(runs.c.number.desc()).limit(1)
        if number is not None:
            asked = asked.where(runs.c.number == number)
        with self._database.read() as connection:
            row = connection.execute(asked).first()
        if row is None:
            raise OmokageError(ErrorCode.UNKNOWN_RUN)
        return to_run(row)

    def list(self, guild_id: int, limit: int = 10) -> _Runs:
        """A guild's runs, newest first."""
        newest = select(runs).where(runs.c.guild_id == guild_id).order_by(runs.c.number.desc()).limit(limit)
        with self._database.read() as connection:
            return [to_run(row) for row in connection.execute(newest)]

    def _find(self, run_id: int) -> Run | None:
        with self._database.read() as connection:
            return find_run(connection, run_id)

    def _check_dataset(self, dataset_id: int, guild_id: int, kind: RunKind) -> None:
        dataset = self._datasets.get(dataset_id, guild_id)
        for remark in self._datasets.preflight(dataset, kind=kind).remarks:
            if remark.blocks:
                raise OmokageError(ErrorCode.DATASET_UNFIT, **{**_flat(remark.details), "remark": remark.code})

    def _begin(self, request: RunRequest, owner: str | None, checkpoint: Checkpoint | None = None) -> Run:
        guild_id = request.origin.guild_id
        with self._database.write() as connection:
            self._alone(connection, guild_id)
            known = find_run(connection, request.id)
            if known is not None:
                return known
            self._check_alone(connection, guild_id, request.kind)
            run = self._insert(connection, request, checkpoint)
            job_id = self._new_segment(connection, run, owner, awaited=True)
            run = change_run(connection, run.id, self._clock(), job_id=job_id)
        if owner is None:
            self._jobs.dispatch()
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
        self._keep_blobs(connection)
        # It may have been forgotten since it was looked for.
        nearest(
            [one.step for one in checkpoints_of(connection, checkpoint.run_id) if one == checkpoint], checkpoint.step
        )
        run = insert_run(connection, {**values, **parent}, request.origin, self._clock())
        insert_checkpoint(connection, replace(checkpoint, run_id=run.id, created_at=self._clock()))
        inherited = points_of(connection, checkpoint.run_id)
        write_points(connection, run.id, [point for point in inherited if point.step <= checkpoint.step])
        return run


def _flat(details: Mapping[str, JSON]) -> dict[str, str | int | float]:
    """Details for a sentence: lists as words."""
    return {name: _word(value) for name, value in details.items()}


def _word(value: JSON) -> str | int | float:
    if isinstance(value, str | int | float):
        return value
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
