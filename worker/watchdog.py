"""Notices a worker that takes no job although its queue is not empty."""

from __future__ import annotations

from dataclasses import dataclass

# Messages are taken within milliseconds. Twenty seconds without any while some are waiting and nothing runs is no
# hiccup of the broker (it is noticed and connected to again sooner), and members wait.
PATIENCE_S = 20.0
# With jobs running: longer than the hard time limit, which ends every cpu job. A gpu worker has more: see Timing.
BUSY_PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True)
class QueueSample:
    """A worker and its queue at one moment; `at` in seconds of a monotonic clock.

    `queued` messages that nobody has taken, None where the broker cannot be asked; `taken` messages since the worker
    began; `active` jobs that it runs now.
    """

    at: float
    queued: int | None
    taken: int
    active: int


@dataclass(frozen=True, slots=True)
class WatchdogState:
    """What is remembered between two looks.

    `still_since`: nothing was taken although there was work; `idle_since`: and nothing ran either.
    """

    last: QueueSample
    still_since: float | None = None
    idle_since: float | None = None

    @property
    def idle_s(self) -> float:
        """Seconds for which the worker has been idle before a queue with work in it."""
        return 0.0 if self.idle_since is None else self.last.at - self.idle_since

    @property
    def still_s(self) -> float:
        """Seconds for which it has taken nothing from a queue with work in it."""
        return 0.0 if self.still_since is None else self.last.at - self.still_since


def observe(before: WatchdogState | None, now: QueueSample) -> WatchdogState:
    """The next memory. A broker that cannot be asked is an excuse, and so is anything that was taken."""
    still = bool(now.queued) and (before is None or before.last.taken == now.taken)
    return WatchdogState(
        now,
        _since(before.still_since if before else None, now.at, holds=still),
        _since(before.idle_since if before else None, now.at, holds=still and now.active == 0),
    )


def is_stuck(watch: WatchdogState, patience_s: float = PATIENCE_S, busy_patience_s: float = BUSY_PATIENCE_S) -> bool:
    """Whether the worker is to be started anew."""
    return watch.idle_s >= patience_s or watch.still_s >= busy_patience_s


def _since(before: float | None, now: float, *, holds: bool) -> float | None:
    if not holds:
        return None
    return now if before is None else before
