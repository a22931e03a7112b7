"""The callback that writes a run's newest figures and curves, for its message in the chat."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, TypeAlias

from core.domain.jobs import JSON, Job
from core.domain.training.kept_checkpoints import newest_figures
from core.domain.training.runs import CurvePoint, EarlyStop, LiveStatus, Run
from core.services.training.callbacks import Callback

if TYPE_CHECKING:
    from core.services.runs.service import RunService
    from core.storage.blobs import Blobs

_log = logging.getLogger(__name__)
Draw: TypeAlias = Callable[[Sequence[CurvePoint], int, str], bytes]  # points, steps of the run, title -> PNG

_WRITE_S = 1.5  # the message is edited every five seconds, and a row is a millisecond
_DRAW_S = 5.0
_DRAWING_FRACTION = 0.05  # of the time at most is spent on drawing
_WINDOW_S = 30.0  # the speed is that of so long: evaluations are in it, and it follows the machine


class Speed:
    """Measures steps a second over the last half minute."""

    def __init__(self) -> None:
        self._steps_at: deque[tuple[float, int]] = deque()

    def note(self, at: float, step: int) -> None:
        """Note that `step` was done at the time `at`, in seconds."""
        self._steps_at.append((at, step))
        while len(self._steps_at) > 2 and self._steps_at[1][0] <= at - _WINDOW_S:
            self._steps_at.popleft()

    def per_second(self) -> float | None:
        """Return steps a second, None before two steps were noted."""
        if len(self._steps_at) < 2:
            return None
        (began, first), (ended, last) = self._steps_at[0], self._steps_at[-1]
        return (last - first) / (ended - began) if ended > began and last > first else None


class Pictures:
    """The blobs of one kind of picture; of the older ones only the last is kept, which a client may be loading now.

    Args:
        blobs: where they are.
        newest: name of the picture that the run shows now.
        discard: deletes one, unless another run shows the same.
    """

    def __init__(self, blobs: Blobs, newest: str | None, discard: Callable[[str], None]) -> None:
        self._blobs = blobs
        self._discard = discard
        self._names = [newest] if newest else []

    @property
    def newest(self) -> str | None:
        """Name of the newest blob, None before the first."""
        return self._names[-1] if self._names else None

    def put(self, png: bytes) -> None:
        """Store the next picture."""
        name = self._blobs.put(png)
        self._names = [*(older for older in self._names if older != name), name]
        while len(self._names) > 2:
            self._discard(self._names.pop(0))


class LiveStatusCallback(Callback):
    """Writes the live status of one segment.

    Args:
        runs: takes the figures.
        blobs: takes the pictures.
        draw: the curves; None: they are not drawn.
        job: of the segment.
        run: as the segment began.
        clock: seconds.
    """

    def __init__(
        self,
        runs: RunService,
        blobs: Blobs,
        draw: Draw | None,
        *,
        job: Job,
        run: Run,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._runs = runs
        self._draw = draw
        self._job = job
        self._run = run
        self._clock = clock
        live = run.live
        self._curves = Pictures(blobs, live.picture if live else None, runs.segments.discard_picture)
        self._samples = Pictures(blobs, live.samples if live else None, runs.segments.discard_picture)
        self._points = {point.step: point for point in runs.points(run.id)}
        self._values = newest_figures(point.values for point in self._points.values())
        self._speed = Speed()
        self._speed_before = live.steps_per_second if live else None
        self._early_stop: Mapping[str, JSON] | None = live.ending if live else None
        self._step, self._steps = run.step, run.steps
        self._next_write = self._next_drawing = clock()
        self._is_drawn = True

    def on_train_begin(self, step: int, steps: int) -> None:
        """Note where the segment begins. The speed is measured after its first step, which compiles the network."""
        self._step, self._steps = step, steps

    def on_figures(self, point: CurvePoint) -> None:
        """Add a point, which the next drawing of the curves shows."""
        self._points[point.step] = point
        self._values |= point.values
        self._is_drawn = False

    def on_sample(self, make: Callable[[], bytes | None]) -> None:
        """Store the samples, which are shown beside the curves."""
        png = make()
        if png is not None:
            self._samples.put(png)

    def on_early_stop(self, early_stop: EarlyStop) -> None:
        """Note why the run ends, for the message."""
        self._early_stop, self._steps = asdict(early_stop), self._step

    def on_step_end(self, step: int) -> None:
        """Write the status, if the last time is long enough ago."""
        self._step = step
        now = self._clock()
        self._speed.note(now, step)
        if now < self._next_write:
            return
        if now >= self._next_drawing:
            self._redraw()
        self._next_write = now + _WRITE_S
        self._runs.segments.note_live(self._job, self._status())

    def live_status(self) -> LiveStatus:
        """Return the status, with all points in the drawing."""
        self._redraw()
        return self._status()

    def _status(self) -> LiveStatus:
        speed = self._speed.per_second() or self._speed_before
        left = (self._steps - self._step) / speed if speed else None
        pictures = (self._curves.newest, self._samples.newest)
        return LiveStatus(self._step, dict(self._values), speed, left, *pictures, self._early_stop)

    def _redraw(self) -> None:
        if self._is_drawn or self._draw is None:
            return
        began = self._clock()
        try:
            png = self._draw([self._points[step] for step in sorted(self._points)], self._steps, _title(self._run))
        except Exception:  # noqa: BLE001 - a run must not end because its picture cannot be drawn
            _log.exception("run %s: the curves cannot be drawn", self._run.id)
            self._draw = None
            return
        self._curves.put(png)
        self._is_drawn = True
        ended = self._clock()
        self._next_drawing = ended + max(_DRAW_S, (ended - began) / _DRAWING_FRACTION)


def _title(run: Run) -> str:
    return f"Run {run.number}: {run.kind.value}, {run.preset}"
