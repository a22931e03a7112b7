"""What members ask of a run that was started: pause, resume, stop, go back to a checkpoint."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from core.domain.clock import Clock
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JobState
from core.domain.training.runs import UNDER_WAY, Checkpoint, DesiredState, LiveStatus, Run, RunState
from core.services.jobs.dispatcher import Dispatcher
from core.services.runs.checkpoint_blobs import CheckpointBlobs
from core.services.runs.exclusivity import check_none_under_way, lock_starts
from core.services.runs.segment_jobs import SegmentJobs
from core.storage.database import Database
from core.storage.jobs.job_rows import end_job
from core.storage.runs.checkpoint_rows import checkpoints_of, delete_checkpoints, delete_points
from core.storage.runs.run_rows import change_run, get_run, live_values

_log = logging.getLogger(__name__)
_NO_FAILURE: Mapping[str, Any] = {"failure_code": None, "failure_details": None}


class RunControl:
    """Takes effect at once where no worker has the run; otherwise its worker reads the desired state before each step.

    Who may ask, the bot and the CLI decide; `by` is for the log. Synchronous and thread-safe.
    """

    def __init__(
        self,
        database: Database,
        dispatcher: Dispatcher,
        segment_jobs: SegmentJobs,
        checkpoint_blobs: CheckpointBlobs,
        clock: Clock,
    ) -> None:
        self._database = database
        self._dispatcher = dispatcher
        self._segment_jobs = segment_jobs
        self._checkpoint_blobs = checkpoint_blobs
        self._clock = clock

    def pause(self, run_id: int, by: int) -> Run:
        """Train no more until somebody resumes the run; asking twice is asking once.

        Raises:
            OmokageError: UNKNOWN_RUN; RUN_STATE, with its `state`: it is not under way.
        """
        return self._halt(run_id, DesiredState.PAUSE, RunState.PAUSED, by)

    def stop(self, run_id: int, by: int) -> Run:
        """End the run; its checkpoints are kept, and it may be resumed.

        Raises:
            OmokageError: UNKNOWN_RUN; RUN_STATE, with its `state`: it is over.
        """
        return self._halt(run_id, DesiredState.STOP, RunState.STOPPED, by)

    def resume(self, run_id: int, by: int, owner: str | None = None) -> Run:
        """Go on from the newest checkpoint; a pause that has not taken effect yet is taken back.

        Args:
            run_id: which.
            by: who asks.
            owner: who trains the next segment at once; None: a worker.

        Raises:
            OmokageError: UNKNOWN_RUN; RUN_STATE, it is finished or trains; RUN_UNDER_WAY, another one does.
        """
        with self._database.write() as connection:
            run = get_run(connection, run_id)
            lock_starts(self._database, connection, run.guild_id)
            run = get_run(connection, run_id, lock=True)
            if run.state is RunState.FINISHED:
                raise _state_error(run)
            if run.state not in UNDER_WAY:
                check_none_under_way(connection, run.guild_id, run.kind)
            elif not self._may_take_over(connection, run, owner):
                return self._take_back(connection, run, owner)
            run = self._queue_again(connection, run, owner)
        _log.info("run %s: resumed by %s", run_id, by)
        if owner is None:
            self._dispatcher.dispatch()
        return run

    def rollback(self, run_id: int, step: int, by: int) -> Run:
        """Go back to the checkpoint at a step, or the nearest before it; what came later is forgotten.

        The run is left paused, also where a worker has it: that worker's segment is lost.

        Raises:
            OmokageError: UNKNOWN_RUN; RUN_STATE, it is finished (branch from it instead); UNKNOWN_CHECKPOINT, with the
                steps that there are as `known`.
        """
        with self._database.write() as connection:
            run = get_run(connection, run_id, lock=True)
            if run.state is RunState.FINISHED:
                raise _state_error(run)
            checkpoints = {checkpoint.step: checkpoint for checkpoint in checkpoints_of(connection, run_id)}
            target = checkpoints[nearest_step(list(checkpoints), step)]
            later = [checkpoint for checkpoint in checkpoints.values() if checkpoint.step > target.step]
            delete_checkpoints(connection, run_id, [checkpoint.step for checkpoint in later])
            delete_points(connection, run_id, target.step)
            if run.job_id is not None:
                end_job(connection, run.job_id, JobState.CANCELLED, self._clock())
            run = self._halt_now(connection, run, RunState.PAUSED, DesiredState.PAUSE, **_state_at(target))
        self._checkpoint_blobs.delete_unused(checkpoint.blob for checkpoint in later)
        _log.info("run %s: rolled back to step %s by %s", run_id, target.step, by)
        return run

    def _halt(self, run_id: int, desired_state: DesiredState, state: RunState, by: int) -> Run:
        with self._database.write() as connection:
            run = get_run(connection, run_id, lock=True)
            ends_a_pause = run.state is RunState.PAUSED and desired_state is DesiredState.STOP
            if run.state not in UNDER_WAY and not ends_a_pause:
                raise _state_error(run)
            if self._segment_jobs.withdraw(connection, run):
                run = self._halt_now(connection, run, state, desired_state)
            elif run.desired_state is not desired_state:
                run = change_run(connection, run_id, self._clock(), desired_state=desired_state)
        _log.info("run %s: %s asked for by %s", run_id, desired_state.value, by)
        return run

    def _may_take_over(self, connection: Connection, run: Run, owner: str | None) -> bool:
        """Return whether `owner` gets a run that is under way: no living worker has it."""
        return owner is not None and self._segment_jobs.withdraw(connection, run)

    def _take_back(self, connection: Connection, run: Run, owner: str | None) -> Run:
        """Take back a pause or stop that the run's worker has not seen yet."""
        if owner is not None or run.desired_state is DesiredState.RUN:
            raise _state_error(run)
        return change_run(connection, run.id, self._clock(), desired_state=DesiredState.RUN)

    def _queue_again(self, connection: Connection, run: Run, owner: str | None) -> Run:
        values: dict[str, Any] = {**_NO_FAILURE, "finished_at": None}
        job_id = self._segment_jobs.insert(connection, run, owner, is_interactive=True)
        values |= {"state": RunState.WAITING, "desired_state": DesiredState.RUN, "job_id": job_id}
        return change_run(connection, run.id, self._clock(), **values)

    def _halt_now(
        self, connection: Connection, run: Run, state: RunState, desired_state: DesiredState, **values: Any
    ) -> Run:
        now = self._clock()
        values |= {**_NO_FAILURE, "finished_at": now if state.is_over else None}
        return change_run(connection, run.id, now, state=state, desired_state=desired_state, job_id=None, **values)


def nearest_step(steps: list[int], step: int) -> int:
    """Return the greatest of a run's checkpoint steps that is not above `step`.

    Raises:
        OmokageError: UNKNOWN_CHECKPOINT, with the steps that there are as `known`.
    """
    not_above = [candidate for candidate in steps if candidate <= step]
    if not not_above:
        raise OmokageError(ErrorCode.UNKNOWN_CHECKPOINT, step=step, known=", ".join(map(str, sorted(steps))))
    return max(not_above)


def _state_at(checkpoint: Checkpoint) -> Mapping[str, Any]:
    """Return the columns of a run that is at a checkpoint, and whose message shows the figures of then."""
    live = LiveStatus(checkpoint.step, checkpoint.values, None, None)
    return {"step": checkpoint.step, "live": live_values(live)}


def _state_error(run: Run) -> OmokageError:
    return OmokageError(ErrorCode.RUN_STATE, state=run.state.value, number=run.number)
