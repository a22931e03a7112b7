"""The terminal's progress bar of an optimisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.output.progress_bar import StepBar
from core.services.attack.callbacks import OptimisationCallback
from core.services.attack.images import encode_png

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from rich.console import Console

    from cli.training.local_runner import Interrupt
    from core.services.attack.callbacks import Curve, Optimiser


class AttackBar(StepBar, OptimisationCallback):
    """A bar with the target's probability.

    Args:
        interrupt: of somebody who has seen enough.
        console: to write to.
    """

    def __init__(self, interrupt: Interrupt, console: Console | None = None) -> None:
        super().__init__(console)
        self._interrupt = interrupt
        self.before = b""  # where it began, PNG

    def on_stage(self, name: str, fraction: float) -> None:
        """What happens now."""
        self._describe(name)

    def on_begin(self, optimiser: Optimiser, start: NDArray[np.uint8] | None) -> None:
        """The networks are loaded."""
        self.before = encode_png(optimiser.picture if start is None else start)
        self._start("optimising", 0, optimiser.steps)

    def on_step(self, curve: Curve) -> None:
        """A step is done."""
        step, loss, probability = curve[-1]
        self._update(f"probability {probability:.4f}, loss {loss:.3g}", step)

    def should_stop(self) -> bool:
        """Ctrl-C: what there is is enough."""
        return self._interrupt.requested
