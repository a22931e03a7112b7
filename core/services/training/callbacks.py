"""Who shows a run while it trains."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from core.domain.jobs import Job
from core.domain.training.runs import CurvePoint, EarlyStop, LiveStatus, Run


class Watcher:
    """Hears of one segment; this one shows nothing."""

    def begin(self, step: int, steps: int) -> None:
        """The trainer is ready."""

    def step(self, step: int) -> None:
        """A step is done; called after each, so it must be quick."""

    def point(self, point: CurvePoint) -> None:
        """There are new figures; the same step again means more of them."""

    def sample(self, make: Callable[[], bytes | None]) -> None:
        """The model may make a picture, a PNG."""

    def ending(self, ending: EarlyStop) -> None:
        """The run ends before its last step."""

    def committed(self, points: Sequence[CurvePoint]) -> None:
        """The segment's figures are in the database."""

    def live(self) -> LiveStatus | None:
        """The newest figures; None: as before."""
        return None

    def close(self) -> None:
        """The segment is over."""


MakeWatcher: TypeAlias = Callable[[Job, Run], Watcher]


def NO_WATCHER(job: Job, run: Run) -> Watcher:  # noqa: N802 - a default
    """For runs that nobody looks at."""
    return Watcher()


def both(one: MakeWatcher, other: MakeWatcher) -> MakeWatcher:
    """Two of them; `live` is the first one's."""
    return lambda job, run: _Both(one(job, run), other(job, run))


class _Both(Watcher):
    def __init__(self, one: Watcher, other: Watcher) -> None:
        self._two = (one, other)

    def begin(self, step: int, steps: int) -> None:
        for watcher in self._two:
            watcher.begin(step, steps)

    def step(self, step: int) -> None:
        for watcher in self._two:
            watcher.step(step)

    def point(self, point: CurvePoint) -> None:
        for watcher in self._two:
            watcher.point(point)

    def sample(self, make: Callable[[], bytes | None]) -> None:
        for watcher in self._two:
            watcher.sample(make)

    def ending(self, ending: EarlyStop) -> None:
        for watcher in self._two:
            watcher.ending(ending)

    def committed(self, points: Sequence[CurvePoint]) -> None:
        for watcher in self._two:
            watcher.committed(points)

    def live(self) -> LiveStatus | None:
        return self._two[0].live()

    def close(self) -> None:
        for watcher in self._two:
            watcher.close()
