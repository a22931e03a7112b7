"""Callbacks of an optimisation: none, or a job's, which reports progress with pictures and decides when to stop."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, TypeAlias

from core.domain.jobs import JSON, JobCancelledError
from core.domain.optimisation import OptimizeStep
from core.render.optimised import render_progress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.storage.blobs import Blobs

Curve: TypeAlias = Sequence[tuple[int, float, float]]  # step, loss, the target's probability
PREVIEW_INTERVAL_S = 3.0  # the bot edits its message no more often, and drawing a picture takes a tenth of a second
# Two thousand steps take a minute or two. On a host so busy that they take longer, other jobs wait, too, and the member
# can continue from the picture of this one.
MAX_DURATION_S = 300.0
_KEPT_PREVIEWS = 2  # the bot may still be fetching the previous one
_MAX_CURVE_POINTS = 100  # more than a small chart shows
_STEPS_START, _STEPS_END = 0.1, 0.9  # the part of the whole job that the steps take


class StepResult(Protocol):
    """The outcome of a step."""

    @property
    def loss(self) -> float:
        """The loss that is minimised, in nats."""

    @property
    def probability(self) -> float:
        """The target's probability, [0, 1]."""


class Optimiser(Protocol):
    """The interface of core.models.attack.optimiser.InputOptimiser."""

    @property
    def step(self) -> int:
        """The number of steps taken."""

    @property
    def steps(self) -> int:
        """The number of steps to take."""

    @property
    def picture(self) -> NDArray[np.uint8]:
        """The best picture so far, (H, W, 3) RGB."""

    @property
    def settled(self) -> bool:
        """Whether the picture is good enough."""

    def advance(self) -> StepResult:
        """Take one step."""


class ReportProgress(Protocol):
    """Reports the progress of a job."""

    def __call__(self, stage: str, fraction: float, detail: Mapping[str, JSON] | None = None, /) -> None:
        """Report the stage, the fraction of the job that is done, and details."""


class OptimisationCallback:
    """A callback that does nothing; subclasses override what they need."""

    def on_stage(self, name: str, fraction: float) -> None:
        """Called when a stage begins, with the fraction of the job that is done."""

    def on_begin(self, optimiser: Optimiser, start: NDArray[np.uint8] | None) -> None:
        """Called before the first step; `start`: the photo that is changed, if there is one."""

    def on_step(self, curve: Curve) -> None:
        """Called after each step, with the curve so far."""

    def should_stop(self) -> bool:
        """Whether to end with the picture as it is; raises JobCancelledError to end without one."""
        return False


class JobCallback(OptimisationCallback):
    """Reports a job's progress, with a preview every few seconds; previews are deleted at the end.

    Args:
        blobs: stores previews.
        report_progress: to the job's message.
        cancelled: whether the job is to end.
        is_stop: asked when it is: whether a member wants the picture as it is.
        clock: seconds.
    """

    def __init__(
        self,
        blobs: Blobs,
        report_progress: ReportProgress,
        cancelled: Callable[[], bool],
        is_stop: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._blobs = blobs
        self._report_progress = report_progress
        self._cancelled = cancelled
        self._is_stop = is_stop
        self._clock = clock
        self._optimiser: Optimiser | None = None
        self._start: NDArray[np.uint8] | None = None
        self._next_preview = self._deadline = float("inf")
        self._previews: deque[str] = deque()

    def __enter__(self) -> JobCallback:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._delete_previews(0)

    def on_stage(self, name: str, fraction: float) -> None:
        """Report the stage, unless the job ends."""
        self.should_stop()
        self._report_progress(name, fraction)

    def on_begin(self, optimiser: Optimiser, start: NDArray[np.uint8] | None) -> None:
        """Report the start; the first preview comes early."""
        self._optimiser, self._start = optimiser, start
        now = self._clock()
        self._next_preview = now + PREVIEW_INTERVAL_S / 2  # a message without a picture says little
        self._deadline = now + MAX_DURATION_S
        self._report_progress("optimising", _STEPS_START, OptimizeStep(0, optimiser.steps, 0.0, 0.0).to_json())

    def on_step(self, curve: Curve) -> None:
        """Report a preview every few seconds."""
        if self._optimiser is None or self._clock() < self._next_preview:
            return
        self._next_preview = self._clock() + PREVIEW_INTERVAL_S
        preview = self._blobs.put(render_progress(self._optimiser.picture, self._start, curve, self._optimiser.steps))
        step, loss, probability = curve[-1]
        detail = OptimizeStep(step, self._optimiser.steps, loss, probability, preview)
        self._report_progress(
            "optimising", _STEPS_START + (_STEPS_END - _STEPS_START) * step / self._optimiser.steps, detail.to_json()
        )
        self._previews.append(preview)
        self._delete_previews(_KEPT_PREVIEWS)

    def should_stop(self) -> bool:
        """Whether a member stopped it, or it takes too long.

        Raises:
            JobCancelledError: the worker ends, or the job is lost.
        """
        if not self._cancelled():
            return self._clock() >= self._deadline
        if not self._is_stop():
            raise JobCancelledError
        return True

    def _delete_previews(self, kept: int) -> None:
        """Delete all previews but the last; two may be equal, and then they are one blob."""
        while len(self._previews) > kept:
            old = self._previews.popleft()
            if old not in self._previews:
                self._blobs.delete(old)


def thin_curve(curve: Curve, max_points: int = _MAX_CURVE_POINTS) -> tuple[tuple[int, float, float], ...]:
    """Thin a curve evenly to at most `max_points`, with its first and last point; rounded for the database."""
    count = len(curve)
    indices = (
        range(count) if count <= max_points else [round(k * (count - 1) / (max_points - 1)) for k in range(max_points)]
    )
    return tuple((curve[k][0], round(curve[k][1], 4), round(curve[k][2], 6)) for k in indices)
