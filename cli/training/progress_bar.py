"""The terminal's progress bar of a training."""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.console import Console

from cli.output.progress_bar import StepBar
from cli.training.formatting import duration, figures
from core.domain.jobs import Job
from core.domain.training.runs import CurvePoint, Run
from core.services.training.callbacks import Callback
from core.services.training.live_status import Speed


class TrainingBar(StepBar, Callback):
    """A bar with the newest figures beside it; arguments as of `StepBar`."""

    def __init__(self, console: Console | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(console, clock)
        self._speed = Speed()
        self.values: dict[str, float] = {}

    def make_callback(self, job: Job, run: Run) -> Callback:
        """Return this bar, which is one for all segments."""
        return self

    def on_train_begin(self, step: int, steps: int) -> None:
        """The trainer is ready."""
        self._start(self._words(), step, steps)

    def on_step_end(self, step: int) -> None:
        """A step is done."""
        self._speed.note(self._clock(), step)
        self._update(self._words(), step, self._left(step))

    def on_figures(self, point: CurvePoint) -> None:
        """There are new figures."""
        self.values |= point.values

    def _words(self) -> str:
        return figures(self.values) or "training"

    def _left(self, step: int) -> str:
        speed = self._speed.per_second()
        return f"{speed:.3g} steps/s, {duration((self._steps - step) / speed)} left" if speed else ""
