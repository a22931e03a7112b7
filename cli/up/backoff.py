"""Rules for when a process that died is started again, and when it counts as hung."""

from __future__ import annotations

from dataclasses import dataclass

FAST_CRASH_S = 30.0  # a process that lived for longer was well; its death is the first of a new series
MAX_FAST_CRASHES = 5
_FIRST_PAUSE_S = 0.5
_MAX_PAUSE_S = 8.0
# Heartbeats come every two seconds; a process that gives none for so long hangs.
SILENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Backoff:
    """How often a process crashed soon after its start, in a row."""

    fast: int = 0

    def after(self, uptime_s: float) -> Backoff:
        """Return the state after a death at the age of `uptime_s` seconds."""
        return Backoff(self.fast + 1 if uptime_s < FAST_CRASH_S else 1)

    @property
    def is_exhausted(self) -> bool:
        """Whether another start would only fail again."""
        return self.fast >= MAX_FAST_CRASHES

    @property
    def pause_s(self) -> float:
        """Seconds before the next start: 0.5, 1, 2, 4."""
        return float(min(_FIRST_PAUSE_S * 2 ** max(0, self.fast - 1), _MAX_PAUSE_S))


@dataclass(frozen=True, slots=True)
class LastHeartbeat:
    """A part's last beat, and when it came by our own clock: theirs may jump, and both stand still in sleep."""

    heartbeat: float | None
    at: float

    def updated(self, heartbeat: float | None, now: float) -> LastHeartbeat:
        """Return the state after `heartbeat` was read at the monotonic time `now`."""
        return self if heartbeat == self.heartbeat else LastHeartbeat(heartbeat, now)

    def is_silent(self, now: float) -> bool:
        """Whether the process hangs."""
        return now - self.at > SILENCE_S
