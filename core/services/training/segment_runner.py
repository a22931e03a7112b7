"""Trains a run, a segment at a time: from the newest checkpoint until a stop condition holds."""

from __future__ import annotations

import errno
import gc
import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from core.domain.data.datasets import Dataset
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import Failure, Job
from core.domain.training.runs import Checkpoint, CurvePoint, Run, RunState
from core.metrics.definitions import STEP_SECONDS
from core.services.runs.segments import Segment, SegmentResult
from core.services.training.callbacks import MakeCallback, no_callback
from core.services.training.stop_conditions import SLICE_S, StopConditions, StopReason
from core.services.training.trainer import MakeTrainer, OpenDataset, Register, Trainer, close, is_due

if TYPE_CHECKING:
    from core.services.runs.service import RunService
    from core.storage.blobs import Blobs
    from core.vision.datasets.embed_anew import OnEmbedded

__all__ = ["MakeTrainer", "Trainer", "Training", "TrainingParts"]

_log = logging.getLogger(__name__)
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_MAX_SHORTENINGS = 2  # a sixteenth of a minute: shorter ones would spend their time on checkpoints
# The host's faults, not the run's: the lease is left to run out, so that the segment is tried again.
_HOST_FAULTS = (DBAPIError, MemoryError, OSError)


@dataclass(frozen=True, slots=True)
class TrainingParts:
    """What training works with.

    Args:
        runs: the service.
        blobs: where checkpoints are.
        dataset: by id.
        open_dataset: its content, with what is called now and then while its faces are embedded anew; DATASET_CHANGED.
        make_trainer: by the run's kind and options.
        register: makes a version of what a finished run leaves behind; the same run again gives the same version.
        make_callback: of each segment, to report its progress.
        slice_s: how long a segment lasts.
    """

    runs: RunService
    blobs: Blobs
    dataset: Callable[[int], Dataset]
    open_dataset: OpenDataset
    make_trainer: MakeTrainer
    register: Register
    make_callback: MakeCallback = no_callback
    slice_s: float = SLICE_S


class Training:
    """Runs segments, one after the other; the trainer of the last one stays in memory, for the next."""

    def __init__(self, parts: TrainingParts) -> None:
        self._parts = parts
        self._cache = _TrainerCache(parts)

    def run(self, job: Job, shutting_down: Callable[[], bool], next_owner: str | None = None) -> Run | None:
        """One segment; whatever goes wrong is written to the run.

        Args:
            job: claimed by this worker.
            shutting_down: whether this process is to end.
            next_owner: who has the next segment; None: whichever worker is free, and this one gives way to others.

        Returns:
            The run afterwards; None: the job was taken from this worker.

        Raises:
            DBAPIError, MemoryError, OSError: this host has a fault; the lease runs out, and the segment is tried again.
        """
        segment = self._parts.runs.segments.begin(job)
        if segment is None:
            return None
        # What a worker died of may come after a time; a shorter segment comes to a checkpoint before.
        slice_s = self._parts.slice_s / 4 ** min(job.attempts - 1, _MAX_SHORTENINGS)
        conditions = StopConditions(self._parts.runs.segments, job, shutting_down, slice_s, yields=next_owner is None)
        return _SegmentRun(self._parts, self._cache, segment, conditions).run(next_owner)


class _TrainerCache:
    """At most one trainer, and the checkpoint of the run that it stands at."""

    def __init__(self, parts: TrainingParts) -> None:
        self._parts = parts
        self._cached: tuple[int, str | None, Trainer] | None = None

    def take(self, segment: Segment, dataset: Dataset, on_embedded: OnEmbedded) -> Trainer:
        """The one that is kept, if it stands where the segment begins; otherwise a new one that is put there."""
        cached, self._cached = self._cached, None
        if cached is not None and cached[:2] == (segment.run.id, _blob(segment)):
            return cached[2]
        if cached is not None:
            close(cached[2])
        del cached
        gc.collect()  # networks are full of cycles; the memory of the last one is free before that of the next is taken
        trainer = self._parts.make_trainer(segment.run, dataset, self._parts.open_dataset(dataset, on_embedded))
        if segment.checkpoint is not None:
            trainer.restore(self._load(segment.checkpoint))
        if trainer.step != segment.run.step:
            raise OmokageError(ErrorCode.BAD_WEIGHTS, step=segment.run.step)
        return trainer

    def keep(self, run: Run, blob: str | None, trainer: Trainer) -> None:
        """Remember a trainer for the next segment, if there is one."""
        if run.state is RunState.WAITING:
            self._cached = (run.id, blob, trainer)
        else:
            close(trainer)

    def _load(self, checkpoint: Checkpoint) -> bytes:
        try:
            return self._parts.blobs.get(checkpoint.blob)
        except OmokageError as error:
            raise OmokageError(ErrorCode.BAD_WEIGHTS, step=checkpoint.step) from error


class _StopEmbeddingError(Exception):
    """A segment ends while the faces of its data set are embedded anew."""

    def __init__(self, reason: StopReason) -> None:
        super().__init__(reason)
        self.reason = reason


class _SegmentRun:
    """One segment under way."""

    def __init__(
        self, parts: TrainingParts, cache: _TrainerCache, segment: Segment, conditions: StopConditions
    ) -> None:
        self._parts = parts
        self._cache = cache
        self._segment = segment
        self._conditions = conditions
        self._callback = parts.make_callback(segment.job, segment.run)
        self._started = time.monotonic()
        self._trainer: Trainer | None = None
        self._points: list[CurvePoint] = []
        self._step, self._steps = segment.run.step, segment.run.steps

    def run(self, next_owner: str | None) -> Run | None:
        try:
            return self._train(next_owner)
        except OmokageError as error:
            full = error.code is ErrorCode.DISK_FULL  # by the pictures that a trainer lays out for itself
            return self._fail(Failure(error.code, error.details), pause=full)
        except OSError as error:
            if error.errno not in _FULL:
                raise
            _log.warning("run %s: paused at step %s, the disk is full: %s", self._segment.run.id, self._step, error)
            return self._fail(Failure(ErrorCode.DISK_FULL, {"step": self._segment.run.step}), pause=True)
        except _HOST_FAULTS:
            raise
        except Exception as error:  # noqa: BLE001 - a bug ends one run, and says so
            _log.exception("run %s: failed at step %s", self._segment.run.id, self._step)
            return self._fail(Failure(ErrorCode.INTERNAL, {"reason": type(error).__name__}))
        finally:
            self._callback.close()
            if self._trainer is not None:
                close(self._trainer)

    def _train(self, next_owner: str | None) -> Run | None:
        run = self._segment.run
        dataset = self._parts.dataset(run.dataset_id)
        try:
            self._trainer = trainer = self._cache.take(self._segment, dataset, self._stop_embedding)
        except _StopEmbeddingError as stop:
            return self._give_way(stop.reason, next_owner)
        self._steps = trainer.steps
        self._callback.on_train_begin(trainer.step, trainer.steps)
        reason = self._advance(trainer)
        if reason is StopReason.JOB_LOST:
            _log.info("run %s: taken from this worker at step %s", run.id, trainer.step)
            return None
        if reason is None and trainer.step == run.step:
            return self._finish(trainer, dataset)
        return self._commit(trainer, next_owner, reason)

    def _stop_embedding(self, done: int, total: int) -> None:
        """End the segment, if there is a reason to, between portions of faces that are embedded anew."""
        _log.info("run %s: %s of %s pictures embedded anew", self._segment.run.id, done, total)
        reason = self._conditions.check()
        if reason is not None:
            raise _StopEmbeddingError(reason)

    def _give_way(self, reason: StopReason, next_owner: str | None) -> Run | None:
        """End the segment before its first step; what was embedded is in the cache, for the next segment."""
        if reason is StopReason.JOB_LOST:
            return None
        result = self._result(handed_over=reason is StopReason.SHUTDOWN)
        return self._parts.runs.segments.commit(self._segment.job, result, next_owner)

    def _advance(self, trainer: Trainer) -> StopReason | None:
        """Step by step, until the end of the run or a reason to end before."""
        reported, steps, seconds = trainer.step, trainer.steps, 0.0
        reason = self._conditions.check()
        while reason is None and trainer.step < steps:
            began = time.monotonic()
            trainer.advance()
            self._step = trainer.step
            if is_due(trainer.step, trainer.report_every, steps):
                figures = trainer.report()  # waits for the device, to which steps may only have been sent
                STEP_SECONDS.labels(self._segment.run.preset).observe(
                    (seconds + time.monotonic() - began) / (trainer.step - reported)
                )
                self._add_figures(trainer.step, figures)
                reported, seconds = trainer.step, 0.0
            else:
                seconds += time.monotonic() - began
            if is_due(trainer.step, trainer.evaluate_every, steps):
                self._add_figures(trainer.step, trainer.evaluate())
                self._callback.on_sample(trainer.sample)
                steps = self._check_early_stop(trainer)
            self._callback.on_step_end(trainer.step)
            reason = self._conditions.check()
        if reported < trainer.step and reason is not StopReason.JOB_LOST:
            self._add_figures(trainer.step, trainer.report())  # what is not reported is not in the checkpoint
        return reason

    def _check_early_stop(self, trainer: Trainer) -> int:
        """How many steps the run has, now that it was evaluated: it ends here if more would make it worse."""
        early_stop = trainer.should_stop()
        if early_stop is not None:
            _log.info("run %s: ends at step %s, %s", self._segment.run.id, trainer.step, early_stop.code)
            self._callback.on_early_stop(early_stop)
        self._steps = trainer.steps
        return trainer.steps

    def _add_figures(self, step: int, values: Mapping[str, float]) -> None:
        """Add figures to the curves; a value that is no number ends the run."""
        for name, value in values.items():
            if not math.isfinite(value):
                raise OmokageError(ErrorCode.DIVERGED, step=step, name=name)
        if self._points and self._points[-1].step == step:
            values = {**self._points.pop().values, **values}
        point = CurvePoint(step, {name: float(value) for name, value in values.items()})
        self._points.append(point)
        self._callback.on_figures(point)

    def _commit(self, trainer: Trainer, next_owner: str | None, reason: StopReason | None) -> Run | None:
        blob, handed_over = _blob(self._segment), reason is StopReason.SHUTDOWN
        result = self._result(handed_over=handed_over)
        if trainer.step > self._segment.run.step:
            data = trainer.save_state()
            blob, size = self._parts.blobs.put(data), len(data)
            del data
            result = self._result(blob, size, handed_over=handed_over)
        after = self._parts.runs.segments.commit(self._segment.job, result, next_owner)
        if after is not None:
            self._cache.keep(after, blob, trainer)
            self._trainer = None
            self._callback.on_commit(self._points)
        return after

    def _finish(self, trainer: Trainer, dataset: Dataset) -> Run | None:
        """A segment of its own: the last step's checkpoint is safe, whatever happens here."""
        version = self._parts.register(self._segment.run, dataset, trainer.finish())
        _log.info("run %s: finished as %s", self._segment.run.id, version.title)
        return self._parts.runs.segments.finish(self._segment.job, self._result())

    def _fail(self, failure: Failure, *, pause: bool = False) -> Run | None:
        return self._parts.runs.segments.fail(self._segment.job, failure, self._result(), pause=pause)

    def _result(self, blob: str | None = None, size: int = 0, *, handed_over: bool = False) -> SegmentResult:
        return SegmentResult(
            step=self._step,
            steps=self._steps,
            points=self._points,
            seconds=time.monotonic() - self._started,
            live=self._callback.live_status(),
            blob=blob,
            size=size,
            handed_over=handed_over,
        )


def _blob(segment: Segment) -> str | None:
    return segment.checkpoint.blob if segment.checkpoint else None
