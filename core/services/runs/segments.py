"""A worker's side of a run: begin a segment, read what is asked of the run, commit what was reached."""

from __future__ import annotations

import errno
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from core.domain.clock import Clock
from core.domain.jobs import INTERACTIVE_PRIORITY, Failure, Job, JobState
from core.domain.training.kept_checkpoints import kept_steps, newest_figures
from core.domain.training.runs import Checkpoint, CurvePoint, DesiredState, LiveStatus, Run, RunState
from core.services.jobs.dispatcher import Dispatcher
from core.services.runs.checkpoint_blobs import CheckpointBlobs
from core.services.runs.segment_jobs import SegmentJobs
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.jobs.job_queries import has_dispatched_job
from core.storage.jobs.job_rows import delete_job, failure_values
from core.storage.jobs.lease_rows import end_held_job, is_lease_held
from core.storage.runs.checkpoint_rows import (
    checkpoints_of,
    delete_checkpoints,
    delete_points,
    insert_checkpoint,
    write_points,
)
from core.storage.runs.run_rows import (
    change_run,
    get_run,
    is_picture_shown,
    live_values,
    read_desired_state,
    write_live_status,
)

# A message that was sent before the segment was taken, and is still there, is lost or another worker's: the queue
# hands out the urgent ones first. The margin is for clocks of several hosts, and for a message on its way.
_MARGIN = timedelta(seconds=5.0)
_DELIVERY_TIME = timedelta(seconds=0.3)  # a worker with nothing to do takes a message in less
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
    took. `steps` is how many the whole run has. `handed_over`: the worker ends, so another one has to go on.
    """

    step: int
    steps: int
    points: Sequence[CurvePoint]
    seconds: float
    live: LiveStatus | None
    blob: str | None = None
    size: int = 0
    handed_over: bool = False


class Segments:
    """Whatever it writes is guarded by the job's lease: a worker that was thought dead writes nothing. Thread-safe."""

    def __init__(
        self,
        database: Database,
        dispatcher: Dispatcher,
        segment_jobs: SegmentJobs,
        checkpoint_blobs: CheckpointBlobs,
        clock: Clock,
        *,
        blobs: Blobs,
    ) -> None:
        self._database = database
        self._dispatcher = dispatcher
        self._segment_jobs = segment_jobs
        self._checkpoint_blobs = checkpoint_blobs
        self._blobs = blobs
        self._clock = clock

    def begin(self, job: Job) -> Segment | None:
        """Return the run as its newest checkpoint has it; None: the job is not this worker's any more.

        Points behind the checkpoint are of a segment that failed; they are made again.
        """
        now = self._clock()
        with self._database.write() as connection:
            run = get_run(connection, _run_id(job), lock=True)
            if run.job_id != job.id or not is_lease_held(connection, job.id, job.lease_owner):
                return None
            delete_points(connection, run.id, run.step)
            started = run.started_at or now
            live = None if run.live is None else replace(run.live, handed_over=False)
            values = {"state": RunState.RUNNING, "started_at": started, "live": live_values(live)}
            run = change_run(connection, run.id, now, **values)
            checkpoints = {checkpoint.step: checkpoint for checkpoint in checkpoints_of(connection, run.id)}
        return Segment(job, run, checkpoints.get(run.step))

    def desired_state(self, job: Job) -> DesiredState | None:
        """Return what is asked of the run now; None: the job is not this worker's any more.

        Cheap: for before each step.
        """
        with self._database.read() as connection:
            return read_desired_state(connection, _run_id(job), job)

    def preemption_requested(self, job: Job) -> bool:
        """Return whether somebody waits for the worker that has this segment."""
        now = self._clock()
        after, until = (job.started_at or now) - _MARGIN, now - _DELIVERY_TIME
        with self._database.read() as connection:
            return has_dispatched_job(connection, job.queue, INTERACTIVE_PRIORITY, after, until)

    def note_live(self, job: Job, live: LiveStatus) -> None:
        """Write the figures for the run's message; only the worker that has the run may."""
        with self._database.write() as connection:
            write_live_status(connection, _run_id(job), job.id, live, self._clock())

    def discard_picture(self, name: str) -> None:
        """Delete a picture that no run's message shows; the same seed gives another run the same pictures."""
        with self._database.read() as connection:
            is_shown = is_picture_shown(connection, name)
        if not is_shown:
            self._blobs.delete(name)

    def commit(self, job: Job, result: SegmentResult, next_owner: str | None = None) -> Run | None:
        """End the segment: its checkpoint, its points and what comes next, all or nothing.

        Args:
            job: the segment's.
            result: what it brought.
            next_owner: who goes on at once; None: whichever worker is free.

        Returns:
            The run, whose next segment is queued unless something else was asked for; None: the job was not this
            worker's any more, and nothing was written.
        """
        dropped: list[str] = []
        with self._database.write() as connection:
            run = self._end_job(connection, job, JobState.DONE)
            if run is None:
                return None
            if result.blob is not None and result.step > run.step:
                dropped = self._add_checkpoint(connection, run, result)
                write_points(connection, run.id, result.points)
            run = self._continue(connection, run, result, next_owner)
        self._checkpoint_blobs.delete_unused(dropped)
        if next_owner is None:
            self._dispatcher.dispatch()
        return run

    def fail(self, job: Job, failure: Failure, result: SegmentResult, *, pause: bool = False) -> Run | None:
        """End the run, or pause it, for a reason; its checkpoints stay. None: the job was not this worker's any more.

        Points are kept where the run ends, since they show how it went wrong.
        """
        state = RunState.PAUSED if pause else RunState.FAILED
        with self._database.write() as connection:
            run = self._end_job(connection, job, JobState.FAILED, **failure_values(failure))
            if run is None:
                return None
            if not pause:
                write_points(connection, run.id, [point for point in result.points if point.step > run.step])
            return self._halt(connection, run, state, result, **failure_values(failure))

    def finish(self, job: Job, result: SegmentResult) -> Run | None:
        """End the run, which has its version now. None: the job was not this worker's any more."""
        with self._database.write() as connection:
            run = self._end_job(connection, job, JobState.DONE)
            return None if run is None else self._halt(connection, run, RunState.FINISHED, result)

    def _end_job(self, connection: Connection, job: Job, state: JobState, **values: Any) -> Run | None:
        run = get_run(connection, _run_id(job), lock=True)
        ended = end_held_job(connection, job.id, job.lease_owner, state, self._clock(), **values)
        return run if ended and run.job_id == job.id else None

    def _add_checkpoint(self, connection: Connection, run: Run, result: SegmentResult) -> list[str]:
        """Write the new checkpoint and forget some old ones; return the blobs of those."""
        self._checkpoint_blobs.lock(connection)
        if result.blob is None or not self._checkpoint_blobs.exists(result.blob):
            raise OSError(errno.ENOENT, "the checkpoint that was just stored is gone")
        figures = newest_figures(point.values for point in result.points)
        checkpoint = Checkpoint(run.id, result.step, result.blob, result.size, figures, self._clock())
        insert_checkpoint(connection, checkpoint)
        checkpoints = checkpoints_of(connection, run.id)
        kept = kept_steps(checkpoints)
        forgotten = [checkpoint for checkpoint in checkpoints if checkpoint.step not in kept]
        delete_checkpoints(connection, run.id, [checkpoint.step for checkpoint in forgotten])
        return [checkpoint.blob for checkpoint in forgotten]

    def _continue(self, connection: Connection, run: Run, result: SegmentResult, next_owner: str | None) -> Run:
        """Do what was asked for meanwhile, or queue the next segment."""
        if run.desired_state is not DesiredState.RUN:
            state = RunState.PAUSED if run.desired_state is DesiredState.PAUSE else RunState.STOPPED
            return self._halt(connection, run, state, result)
        values = {**_NO_FAILURE, **_progress_columns(run, result), "state": RunState.WAITING}
        if result.handed_over:
            live = result.live or run.live or LiveStatus(result.step, {}, None, None)
            values["live"] = live_values(replace(live, handed_over=True))
        makes_version = result.step == result.steps
        job_id = self._segment_jobs.insert(connection, run, next_owner, is_interactive=makes_version)
        # A row a minute for ever would be in the way of those who list jobs, and tells nobody anything.
        delete_job(connection, run.job_id)
        return change_run(connection, run.id, self._clock(), job_id=job_id, **values)

    def _halt(self, connection: Connection, run: Run, state: RunState, result: SegmentResult, **values: Any) -> Run:
        """Leave the run without a next segment."""
        now = self._clock()
        columns = {**_NO_FAILURE, **_progress_columns(run, result), "state": state, "job_id": None}
        columns |= {"finished_at": now if state.is_over else None, **values}
        return change_run(connection, run.id, now, **columns)


def _progress_columns(run: Run, result: SegmentResult) -> Mapping[str, Any]:
    """Return the columns that count; `step` is that of the newest checkpoint."""
    return {
        "step": result.step if result.blob is not None else run.step,
        "steps": result.steps,
        "seconds": run.seconds + result.seconds,
        "segments": run.segments + 1,
        "live": live_values(result.live or run.live),
    }


def _run_id(job: Job) -> int:
    return int(job.params["run_id"])  # type: ignore[arg-type]
