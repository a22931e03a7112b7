"""A progress bar in the terminal for work in steps."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

_LINE_S = 10.0  # where there is no terminal, a line so often


class StepBar:
    """On standard error, with words before it and behind it; a line now and then where that is a file.

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
        self._next_line = clock() + _LINE_S
        self._steps = 0

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._console.is_terminal:
            self._progress.stop()

    def _describe(self, words: str) -> None:
        self._progress.update(self._task, description=words)

    def _start(self, words: str, step: int, steps: int) -> None:
        """From here on it is known how long the way is."""
        self._steps = steps
        self._progress.update(self._task, description=words, completed=step, total=steps)

    def _update(self, words: str, step: int, left: str = "") -> None:
        """A step is done; `left`: what is said of the rest."""
        self._progress.update(self._task, description=words, completed=step, left=left)
        if not self._console.is_terminal and self._clock() >= self._next_line:
            self._next_line = self._clock() + _LINE_S
            self._console.print(
                f"step {step} of {self._steps}: {', '.join(filter(None, (words, left)))}", soft_wrap=True
            )
