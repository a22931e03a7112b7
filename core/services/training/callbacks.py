"""Callbacks by which a training segment reports its progress: to the chat, to TensorBoard, to a terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from core.domain.jobs import Job
from core.domain.training.runs import CurvePoint, EarlyStop, LiveStatus, Run


class Callback:
    """What is called while one segment trains; this one does nothing."""

    def on_train_begin(self, step: int, steps: int) -> None:
        """Handle that the trainer is ready at `step` of `steps`."""

    def on_step_end(self, step: int) -> None:
        """Handle that a step is done; called after each, so it must be quick."""

    def on_figures(self, point: CurvePoint) -> None:
        """Handle new figures; the same step again means more of them."""

    def on_sample(self, make: Callable[[], bytes | None]) -> None:
        """Handle that `make` would draw the model's samples, a PNG; None from a model that draws nothing."""

    def on_early_stop(self, early_stop: EarlyStop) -> None:
        """Handle that the run ends before its last step."""

    def on_commit(self, points: Sequence[CurvePoint]) -> None:
        """Handle that the segment's figures are in the database."""

    def live_status(self) -> LiveStatus | None:
        """Return the newest figures for the run's message; None leaves those that it has."""
        return None

    def close(self) -> None:
        """Handle the end of the segment."""


MakeCallback: TypeAlias = Callable[[Job, Run], Callback]


def no_callback(job: Job, run: Run) -> Callback:
    """Make the callback of a run whose progress goes nowhere."""
    return Callback()


def combine(*makers: MakeCallback) -> MakeCallback:
    """Make several callbacks at once; `live_status` is that of the first."""
    return lambda job, run: _CallbackList([make(job, run) for make in makers])


class _CallbackList(Callback):
    def __init__(self, callbacks: Sequence[Callback]) -> None:
        self._callbacks = callbacks

    def on_train_begin(self, step: int, steps: int) -> None:
        for callback in self._callbacks:
            callback.on_train_begin(step, steps)

    def on_step_end(self, step: int) -> None:
        for callback in self._callbacks:
            callback.on_step_end(step)

    def on_figures(self, point: CurvePoint) -> None:
        for callback in self._callbacks:
            callback.on_figures(point)

    def on_sample(self, make: Callable[[], bytes | None]) -> None:
        for callback in self._callbacks:
            callback.on_sample(make)

    def on_early_stop(self, early_stop: EarlyStop) -> None:
        for callback in self._callbacks:
            callback.on_early_stop(early_stop)

    def on_commit(self, points: Sequence[CurvePoint]) -> None:
        for callback in self._callbacks:
            callback.on_commit(points)

    def live_status(self) -> LiveStatus | None:
        return self._callbacks[0].live_status()

    def close(self) -> None:
        for callback in self._callbacks:
            callback.close()
