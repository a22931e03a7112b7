"""Discord's ids: milliseconds since 2015 in the upper bits, strictly increasing."""

from __future__ import annotations

from datetime import UTC, datetime

from sandbox.clock import Clock

EPOCH_MS = 1_420_070_400_000


class Snowflakes:
    """Hands out ids."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> str:
        """A new id, larger than each one before, whatever the clock does."""
        self._last = max(self._last + 1, snowflake_at(self._clock.now()))
        return str(self._last)

    def mark_used(self, used: str) -> None:
        """Take note of an id from an earlier run, so that it is not given again."""
        self._last = max(self._last, int(used))


def snowflake_at(moment: float) -> int:
    """The smallest id of that moment (seconds since 1970)."""
    return max(0, int(moment * 1000) - EPOCH_MS) << 22


def moment_of(snowflake: str) -> float:
    """When the id was made, in seconds since 1970."""
    return ((int(snowflake) >> 22) + EPOCH_MS) / 1000


def timestamp(moment: float) -> str:
    """ISO 8601 as Discord writes it, with microseconds and offset."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="microseconds")
