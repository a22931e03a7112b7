"""A worker's side of a run: begin a segment, look what is asked, write down what was reached."""

from __future__ import annotations

import errno
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, and_, cast, delete, select, update

from core.domain.jobs import INTERACTIVE_PRIORITY, Failure, Job, JobState
from core.domain.training.kept_checkpoints import kept_steps, newest_figures
from core.domain.training.runs import Checkpoint, CurvePoint, DesiredState, LiveStatus, Run, RunState
from core.services.runs.base import RunBase
from core.storage.job_rows import end_jobs, failure_values
from core.storage.run_rows import (
    change_run,
    checkpoints_of,
    delete_checkpoints,
    delete_points,
    get_run,
    insert_checkpoint,
    live_values,
    write_points,
)
from core.storage.tables import jobs
from core.storage.training_tables import runs

# A message that was sent before the segment was taken, and is still there, is lost or another worker's: the queue
# hands out the urgent ones first. The margin is for clocks of several hosts, and for a message on its way.
_MARGIN_S = 5.0
_FRESH_S = 0.3  # a worker with nothing to do takes a message in less
# Workers that died before this segment are forgotten with its end.
_NO_FAILURE: Mapping[str, Any] = {"failure_code": None, "failure_details": None}


@dataclass(frozen=True, slots=True)
class Segment:
    """What a worker begins with; `checkpoint` is where the run is, None at its beginning."""

    job: Job
    run: Run
    checkpoint: Checkpoint | None


@dataclass(frozen=True, slots=True)
class SegmentResult:
    """What a segment brought.

    `blob` is the checkpoint at `step`, `size` its bytes; None: there is nothing new to go on from. `seconds` that it
    took.
    """

    step: int
    steps: int
    points: Sequence[CurvePoint]
    seconds: float
    live: LiveStatus | None
    blob: str | None = None
    size: int = 0


class Segments(RunBase):
    """Whatever it writes is guarded by the job's lease: a worker that was thought dead writes nothing."""

    def begin_segment(self, job: Job) -> Segment | None:
        """The run as its newest checkpoint has it; None: the job is not this worker's any more.

        Points behind the checkpoint are of a segment that failed; they are made again.
        """
        now = self._clock()
        with self._database.write() as connection:
            run = get_run(connection, _run_id(job), lock=True)
            if run.job_id != job.id or not _is_held(connection, job):
                return None
            delete_points(connection, run.id, run.step)
            started = run.started_at or now
            run = change_run(connection, run.id, now, state=RunState.RUNNING, started_at=started)
            newest = [one for one in checkpoints_of(connection, run.id) if one.step == run.step]
        return Segment(job, run, newest[0] if newest else None)

    def look(self, job: Job) -> DesiredState | None:
        """What is asked of the run now; None: the job is not this worker's any more. Cheap: before each step."""
        asked = select(runs.c.desired_state).join(jobs, jobs.c.id == runs.c.job_id)
        asked = asked.where(runs.c.id == _run_id(job), _held(job))
        with self._database.read() as connection:
            desired_state = connection.execute(asked).scalar()
        return None if desired_state is None else DesiredState(desired_state)

    def preemption_requested(self, job: Job) -> bool:
        """Whether somebody waits for the worker that has this segment."""
        now = self._clock()
        since = (job.started_at or now) - timedelta(seconds=_MARGIN_S)
        waiting = select(jobs.c.id).where(
            jobs.c.state == JobState.DISPATCHED,
            jobs.c.queue == job.queue,
            jobs.c.priority <= INTERACTIVE_PRIORITY,
            jobs.c.dispatched_at > since,
            jobs.c.dispatched_at <= now - timedelta(seconds=_FRESH_S),
        )
        with self._database.read() as connection:
            return connection.execute(waiting.limit(1)).first() is not None

    def note_live(self, job: Job, live: LiveStatus) -> None:
        """Write the figures for the run's message; only the worker that has the run may."""
        mine = and_(runs.c.id == _run_id(job), runs.c.job_id == job.id)
        with self._database.write() as connection:
            values = {"live": live_values(live), "updated_at": self._clock()}
            connection.execute(update(runs).where(mine).values(values))

    def discard_picture(self, name: str) -> None:
        """Delete a picture that a run's message no longer shows; the same seed gives another run the same pictures."""
        shown = select(runs.c.id).where(cast(runs.c.live, Text).contains(f'"{name}"'))
        with self._database.read() as connection:
            is_shown = connection.execute(shown.limit(1)).first() is not None
        if not is_shown:
            self._blobs.delete(name)

    def commit_segment(self, job: Job, reached: SegmentResult, next_owner: str | None = None) -> Run | None:
        """End the segment: its checkpoint, its points and what comes next, all or nothing.

        Args:
            job: the segment's.
            reached: what it brought.
            next_owner: who goes on at once; None: whichever worker is free.

        Returns:
            The run, whose next segment is queued unless something else was asked for; None: the job was not this
            worker's any more, and nothing was written.
        """
        dropped: list[str] = []
        with self._database.write() as connection:
            run = self._end(connection, job, JobState.DONE)
            if run is None:
                return None
            if reached.blob is not None and reached.step > run.step:
                dropped = self._add_checkpoint(connection, run, reached)
                write_points(connection, run.id, reached.points)
            run = self._go_on(connection, run, reached, next_owner)
        self._delete_unused(dropped)
        if next_owner is None:
            self._jobs.dispatch()
        return run

    def fail(self, job: Job, failure: Failure, reached: SegmentResult, *, pause: bool = False) -> Run | None:
        """End the run, or pause it, for a reason; its checkpoints stay. None: the job was not this worker's any more.

        Points are kept where the run ends, since they show how it went wrong.
        """
        state = RunState.PAUSED if pause else RunState.FAILED
        with self._database.write() as connection:
            run = self._end(connection, job, JobState.FAILED, **failure_values(failure))
            if run is None:
                return None
            if not pause:
                write_points(connection, run.id, [point for point in reached.points if point.step > run.step])
            return self._rest(connection, run, state, reached, **failure_values(failure))

    def finish(self, job: Job, reached: SegmentResult) -> Run | None:
        """The run has its version. None: the job was not this worker's any more."""
        with self._database.write() as connection:
            run = self._end(connection, job, JobState.DONE)
            return None if run is None else self._rest(connection, run, RunState.FINISHED, reached)

    def _end(self, connection: Connection, job: Job, state: JobState, **values: Any) -> Run | None:
        run = get_run(connection, _run_id(job), lock=True)
        ended = end_jobs(connection, _held(job), state=state, now=self._clock(), **values)
        return run if ended and run.job_id == job.id else None

    def _add_checkpoint(self, connection: Connection, run: Run, reached: SegmentResult) -> list[str]:
        """Write the new one, forget some old ones; the blobs of those."""
        self._keep_blobs(connection)
        if reached.blob is None or not self._blobs.exists(reached.blob):
            raise OSError(errno.ENOENT, "the checkpoint that was just stored is gone")
        values = newest_figures(point.values for point in reached.points)
        now = self._clock()
        insert_checkpoint(connection, Checkpoint(run.id, reached.step, reached.blob, reached.size, values, now))
        known = checkpoints_of(connection, run.id)
        kept = kept_steps(known)
        old = [one for one in known if one.step not in kept]
        delete_checkpoints(connection, run.id, [one.step for one in old])
        return [one.blob for one in old]

    def _go_on(self, connection: Connection, run: Run, reached: SegmentResult, next_owner: str | None) -> Run:
        """What was asked for meanwhile, or the next segment."""
        if run.desired_state is not DesiredState.RUN:
            state = RunState.PAUSED if run.desired_state is DesiredState.PAUSE else RunState.STOPPED
            return self._rest(connection, run, state, reached)
        values = {**_NO_FAILURE, **_sums(run, reached), "state": RunState.WAITING}
        job_id = self._new_segment(connection, run, next_owner, awaited=reached.step == reached.steps)
        # A row a minute for ever would be in the way of those who list jobs, and tells nobody anything.
        connection.execute(delete(jobs).where(jobs.c.id == run.job_id))
        return change_run(connection, run.id, self._clock(), job_id=job_id, **values)

    def _rest(self, connection: Connection, run: Run, state: RunState, reached: SegmentResult, **values: Any) -> Run:
        """No next segment."""
        now = self._clock()
        over = now if state.is_over else None
        rest = {**_NO_FAILURE, **_sums(run, reached), "state": state, "job_id": None, "finished_at": over, **values}
        return change_run(connection, run.id, now, **rest)


def _sums(run: Run, reached: SegmentResult) -> Mapping[str, Any]:
    """Columns that count; `step` is that of the newest checkpoint."""
    return {
        "step": reached.step if reached.blob is not None else run.step,
        "steps": reached.steps,
        "seconds": run.seconds + reached.seconds,
        "segments": run.segments + 1,
        "live": live_values(reached.live or run.live),
    }


def _run_id(job: Job) -> int:
    return int(job.params["run_id"])  # type: ignore[arg-type]


def _held(job: Job) -> ColumnElement[bool]:
    return and_(jobs.c.id == job.id, jobs.c.state == JobState.RUNNING, jobs.c.lease_owner == job.lease_owner)


def _is_held(connection: Connection, job: Job) -> bool:
    return connection.execute(select(jobs.c.id).where(_held(job))).first() is not None
