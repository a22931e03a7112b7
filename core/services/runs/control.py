"""What people ask of a run that is there: pause, resume, stop, go back to a checkpoint."""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy import Connection

from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JobState
from core.domain.training.runs import DesiredState, LiveStatus, Run, RunState
from core.services.runs.base import RunBase
from core.storage.job_rows import end_jobs
from core.storage.run_rows import (
    UNDER_WAY,
    change_run,
    checkpoints_of,
    delete_checkpoints,
    delete_points,
    get_run,
    live_values,
)
from core.storage.tables import jobs

_log = logging.getLogger(__name__)


class Wishes(RunBase):
    """At once where no worker has the run; otherwise its worker looks before each step.

    Who may ask, the fronts decide; `by` is for the log.
    """

    def pause(self, run_id: int, by: int) -> Run:
        """Train no more until somebody says so; asking twice is asking once.

        Raises:
            OmokageError: UNKNOWN_RUN; RUN_STATE, with its `state`: it is not under way.
        """
        return self._ask(run_id, DesiredState.PAUSE, RunState.PAUSED, by)

    def stop(self, run_id: int, by: int) -> Run:
        """End the run; its checkpoints are kept, and it may be resumed.

        Raises:
            OmokageError: UNKNOWN_RUN; RUN_STATE, with its `state`: it is over.
        """
        return self._ask(run_id, DesiredState.STOP, RunState.STOPPED, by)

    def resume(self, run_id: int, by: int, owner: str | None = None) -> Run:
        """Go on from the newest checkpoint; what has not been paused yet is not paused.

        Args:
            run_id: which.
            by: who asks.
            owner: who trains the next segment at once; None: a worker.

        Raises:
            OmokageError: UNKNOWN_RUN; RUN_STATE, it is finished or trains; RUN_UNDER_WAY, another one does.
        """
        with self._database.write() as connection:
            run = get_run(connection, run_id)
            self._alone(connection, run.guild_id)
            run = get_run(connection, run_id, lock=True)
            if run.state is RunState.FINISHED:
                raise _refusal(run)
            if run.state not in UNDER_WAY:
                self._check_alone(connection, run.guild_id, run.kind)
            elif not self._may_take_over(connection, run, owner):
                return self._unask(connection, run, owner)
            run = self._queue_again(connection, run, owner)
        _log.info("run %s: resumed by %s", run_id, by)
        if owner is None:
            self._jobs.dispatch()
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
                raise _refusal(run)
            checkpoints = checkpoints_of(connection, run_id)
            target = nearest([one.step for one in checkpoints], step)
            later = [one for one in checkpoints if one.step > target]
            delete_checkpoints(connection, run_id, [one.step for one in later])
            delete_points(connection, run_id, target)
            if run.job_id is not None:
                end_jobs(connection, jobs.c.id == run.job_id, state=JobState.CANCELLED, now=self._clock())
            (values,) = (one.values for one in checkpoints if one.step == target)
            run = self._rest_at(
                connection, run, RunState.PAUSED, DesiredState.PAUSE, step=target, live=_still(target, values)
            )
        self._delete_unused(one.blob for one in later)
        _log.info("run %s: rolled back to step %s by %s", run_id, target, by)
        return run

    def _ask(self, run_id: int, desired_state: DesiredState, state: RunState, by: int) -> Run:
        with self._database.write() as connection:
            run = get_run(connection, run_id, lock=True)
            may_end = run.state is RunState.PAUSED and desired_state is DesiredState.STOP
            if run.state not in UNDER_WAY and not may_end:
                raise _refusal(run)
            if self._withdraw(connection, run):
                run = self._rest_at(connection, run, state, desired_state)
            elif run.desired_state is not desired_state:
                run = change_run(connection, run_id, self._clock(), desired_state=desired_state)
        _log.info("run %s: %s asked for by %s", run_id, desired_state.value, by)
        return run

    def _may_take_over(self, connection: Connection, run: Run, owner: str | None) -> bool:
        """Whether `owner` gets a run that is under way: no living worker has it."""
        return owner is not None and self._withdraw(connection, run)

    def _unask(self, connection: Connection, run: Run, owner: str | None) -> Run:
        """Take back a wish that its worker has not seen yet."""
        if owner is not None or run.desired_state is DesiredState.RUN:
            raise _refusal(run)
        return change_run(connection, run.id, self._clock(), desired_state=DesiredState.RUN)

    def _queue_again(self, connection: Connection, run: Run, owner: str | None) -> Run:
        values: dict[str, Any] = {"failure_code": None, "failure_details": None, "finished_at": None}
        job_id = self._new_segment(connection, run, owner, awaited=True)
        return change_run(
            connection,
            run.id,
            self._clock(),
            state=RunState.WAITING,
            desired_state=DesiredState.RUN,
            job_id=job_id,
            **values,
        )

    def _rest_at(
        self, connection: Connection, run: Run, state: RunState, desired_state: DesiredState, **values: Any
    ) -> Run:
        now = self._clock()
        values |= {"failure_code": None, "failure_details": None, "finished_at": now if state.is_over else None}
        return change_run(connection, run.id, now, state=state, desired_state=desired_state, job_id=None, **values)


def nearest(known: list[int], step: int) -> int:
    """The greatest of the known steps that is not above `step`.

    Raises:
        OmokageError: UNKNOWN_CHECKPOINT, with the `known` ones.
    """
    below = [one for one in known if one <= step]
    if not below:
        shown = ", ".join(map(str, sorted(known)))
        raise OmokageError(ErrorCode.UNKNOWN_CHECKPOINT, step=step, known=shown)
    return max(below)


def _still(step: int, values: Any) -> Any:
    return live_values(LiveStatus(step, values, None, None))


def _refusal(run: Run) -> OmokageError:
    return OmokageError(ErrorCode.RUN_STATE, state=run.state.value, number=run.number)
