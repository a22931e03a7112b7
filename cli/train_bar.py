"""Shows a training in the terminal."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.run_text import duration, figures
from core.domain.jobs import Job
from core.domain.runs import Point, Run
from core.services.train_live import Speed
from core.services.train_watch import Watcher

_LINE_S = 10.0  # where there is no terminal, a line so often


class Bar:
    """A bar on standard error, with the newest figures beside it; a line now and then where that is a file.

    Args:
        console: to write to.
        clock: seconds.
    """

    def __init__(self, console: Console | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console or Console(stderr=True, highlight=False)
        self._clock = clock
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, TextColumn("{task.fields[left]}"), console=self._console, transient=True)
        self._task = self._progress.add_task("loading", total=None, left="")
        self._speed = Speed()
        self._next_line = clock() + _LINE_S
        self._steps = 0
        self.values: dict[str, float] = {}

    def __enter__(self) -> Bar:
        if self._console.is_terminal:
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._console.is_terminal:
            self._progress.stop()

    def watch(self, job: Job, run: Run) -> Watcher:
        """For one segment; the bar is one for all of them."""
        return _BarWatcher(self)

    def begin(self, step: int, steps: int) -> None:
        """The trainer is ready."""
        self._steps = steps
        self._progress.update(self._task, completed=step, total=steps, description=self._words())

    def step(self, step: int) -> None:
        """A step is done."""
        now = self._clock()
        self._speed.note(now, step)
        self._progress.update(self._task, completed=step, description=self._words(), left=self._left(step))
        if not self._console.is_terminal and now >= self._next_line:
            self._next_line = now + _LINE_S
            self._console.print(f"step {step} of {self._steps}: {self._words()}, {self._left(step)}", soft_wrap=True)

    def point(self, point: Point) -> None:
        """There are new figures."""
        self.values |= point.values

    def _words(self) -> str:
        return figures(self.values) or "training"

    def _left(self, step: int) -> str:
        speed = self._speed.per_second()
        return f"{speed:.3g} steps/s, {duration((self._steps - step) / speed)} left" if speed else ""


class _BarWatcher(Watcher):
    def __init__(self, bar: Bar) -> None:
        self._bar = bar

    def begin(self, step: int, steps: int) -> None:
        self._bar.begin(step, steps)

    def step(self, step: int) -> None:
        self._bar.step(step)

    def point(self, point: Point) -> None:
        self._bar.point(point)
