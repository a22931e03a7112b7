"""Says once what would be logged again and again, such as that the disk is full or the broker away."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

FORGET_S = 60.0  # twice the longest pause between two tries (bot.background, discord.py): then it is news again


class RepeatFilter(logging.Filter):
    """Drops a warning or error that was logged less than a minute ago, or dropped so lately."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._last: dict[tuple[str, str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is news."""
        if record.levelno < logging.WARNING:
            return True
        now, error = self._clock(), record.exc_info[1] if record.exc_info else None
        key = record.name, record.getMessage(), repr(error)
        self._last = {known: at for known, at in self._last.items() if now - at < FORGET_S}
        repeated = key in self._last
        self._last[key] = now
        return not repeated
