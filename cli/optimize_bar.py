"""Shows in the terminal how a picture comes about."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from core.services.optimise_watch import Watch
from core.services.posted import png

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cli.train_here import Interrupt
    from core.services.optimise_watch import Attack, Curve

_LINE_S = 10.0  # where there is no terminal, a line so often


class Bar(Watch):
    """A bar on standard error with the target's probability; a line now and then where that is a file.

    Args:
        interrupt: of somebody who has seen enough.
        console: to write to.
    """

    def __init__(self, interrupt: Interrupt, console: Console | None = None) -> None:
        self._interrupt = interrupt
        self._console = console or Console(stderr=True, highlight=False)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, console=self._console, transient=True)
        self._task = self._progress.add_task("loading", total=None)
        self._steps = 0
        self._next_line = time.monotonic() + _LINE_S
        self.before = b""  # where it began, PNG

    def __enter__(self) -> Bar:
        if self._console.is_terminal:
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._console.is_terminal:
            self._progress.stop()

    def stage(self, name: str, fraction: float) -> None:
        """What happens now."""
        self._progress.update(self._task, description=name)

    def begin(self, attack: Attack, start: NDArray[np.uint8] | None) -> None:
        """The networks are loaded."""
        self._steps, self.before = attack.steps, png(attack.picture if start is None else start)
        self._progress.update(self._task, description="optimising", completed=0, total=attack.steps)

    def step(self, curve: Curve) -> None:
        """A step is done."""
        step, loss, chance = curve[-1]
        words = f"probability {chance:.4f}, loss {loss:.3g}"
        self._progress.update(self._task, description=words, completed=step)
        if not self._console.is_terminal and time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + _LINE_S
            self._console.print(f"step {step} of {self._steps}: {words}", soft_wrap=True)

    def stops(self) -> bool:
        """Ctrl-C: what there is is enough."""
        return self._interrupt.asked
