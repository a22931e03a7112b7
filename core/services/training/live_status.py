"""Writes a run's newest figures and curves, for its message in the chat."""

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
from core.services.training.callbacks import Watcher

if TYPE_CHECKING:
    from core.services.runs.service import RunService
    from core.storage.blobs import Blobs

_log = logging.getLogger(__name__)
Draw: TypeAlias = Callable[[Sequence[CurvePoint], int, str], bytes]  # points, steps of the run, title -> PNG

_NOTE_S = 1.5  # the message is edited every five seconds, and a row is a millisecond
_DRAW_S = 5.0
_SHARE = 0.05  # of the time at most is spent on drawing
_WINDOW_S = 30.0  # the speed is that of so long: evaluations are in it, and it follows the machine


class Speed:
    """Steps a second over the last half minute."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def note(self, at: float, step: int) -> None:
        """So many steps were done at this time."""
        self._seen.append((at, step))
        while len(self._seen) > 2 and self._seen[1][0] <= at - _WINDOW_S:
            self._seen.popleft()

    def per_second(self) -> float | None:
        """None: nothing was measured yet."""
        if len(self._seen) < 2:
            return None
        (began, first), (ended, last) = self._seen[0], self._seen[-1]
        return (last - first) / (ended - began) if ended > began and last > first else None


class Pictures:
    """Blobs of one kind of picture; of the older ones only the last is kept, which somebody may be loading now.

    Args:
        blobs: where they are.
        newest: the one that the run shows now.
        discard: deletes one, unless another run shows the same.
    """

    def __init__(self, blobs: Blobs, newest: str | None, discard: Callable[[str], None]) -> None:
        self._blobs = blobs
        self._discard = discard
        self._names = [newest] if newest else []

    @property
    def newest(self) -> str | None:
        """Its name."""
        return self._names[-1] if self._names else None

    def put(self, png: bytes) -> None:
        """Store the next one."""
        name = self._blobs.put(png)
        self._names = [*(one for one in self._names if one != name), name]
        while len(self._names) > 2:
            self._discard(self._names.pop(0))


class LiveWatcher(Watcher):
    """Of one segment.

    Args:
        runs: takes the figures.
        blobs: takes the pictures.
        draw: the curves; None: nobody looks at them.
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
        self._ending: Mapping[str, JSON] | None = live.ending if live else None
        self._step, self._steps = run.step, run.steps
        self._next_note = self._next_drawing = clock()
        self._is_drawn = True

    def begin(self, step: int, steps: int) -> None:
        """The speed is measured from the first step on, in which the network is compiled."""
        self._step, self._steps = step, steps

    def point(self, point: CurvePoint) -> None:
        """To be drawn soon."""
        self._points[point.step] = point
        self._values |= point.values
        self._is_drawn = False

    def sample(self, make: Callable[[], bytes | None]) -> None:
        """Shown beside the curves."""
        png = make()
        if png is not None:
            self._samples.put(png)

    def ending(self, ending: EarlyStop) -> None:
        """Said in the message."""
        self._ending, self._steps = asdict(ending), self._step

    def step(self, step: int) -> None:
        """Write, if the last time is long enough ago."""
        self._step = step
        now = self._clock()
        self._speed.note(now, step)
        if now < self._next_note:
            return
        if now >= self._next_drawing:
            self._redraw()
        self._next_note = now + _NOTE_S
        self._runs.segments.note_live(self._job, self._live())

    def live(self) -> LiveStatus:
        """With all points in the picture."""
        self._redraw()
        return self._live()

    def _live(self) -> LiveStatus:
        speed = self._speed.per_second() or self._speed_before
        left = (self._steps - self._step) / speed if speed else None
        pictures = (self._curves.newest, self._samples.newest)
        return LiveStatus(self._step, dict(self._values), speed, left, *pictures, self._ending)

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
        self._next_drawing = ended + max(_DRAW_S, (ended - began) / _SHARE)


def _title(run: Run) -> str:
    return f"Run {run.number}: {run.kind.value}, {run.preset}"
