"""Flags in a page of memory that a worker and its pool processes share since the fork."""

from __future__ import annotations

import mmap
import struct
import time

# Offsets: three bytes and a double, each written whole by one writer at a time.
_LOADED, _BROKEN, _DRAINING, _STOP_AT = 0, 1, 2, 8
_NEVER = 0.0


class SharedFlags:
    """Made before the pool; in the solo pool it is one process that talks to itself."""

    def __init__(self) -> None:
        self._page = mmap.mmap(-1, mmap.PAGESIZE)

    @property
    def loaded(self) -> bool:
        """A pool process has its models."""
        return self._page[_LOADED] == 1

    def note_loaded(self) -> None:
        """Say so."""
        self._page[_LOADED] = 1

    @property
    def broken(self) -> bool:
        """A pool process could not load its models."""
        return self._page[_BROKEN] == 1

    def note_broken(self) -> None:
        """Say so."""
        self._page[_BROKEN] = 1

    @property
    def draining(self) -> bool:
        """The worker ends by itself once its present jobs are done."""
        return self._page[_DRAINING] == 1

    def note_draining(self) -> None:
        """Say so; to be called before the worker is asked to end."""
        self._page[_DRAINING] = 1

    def stop_after(self, seconds: float) -> None:
        """Present jobs may go on for so long, then they are given back."""
        # The monotonic clock is one for all processes of a machine.
        struct.pack_into("d", self._page, _STOP_AT, time.monotonic() + seconds)

    def stopping(self) -> bool:
        """Whether the present job is to be given back now."""
        return self.ending() and time.monotonic() >= self._stop_at()

    def ending(self) -> bool:
        """Whether this worker was asked to end: what can be saved is better given back at once."""
        return self._stop_at() != _NEVER

    def _stop_at(self) -> float:
        (at,) = struct.unpack_from("d", self._page, _STOP_AT)
        return float(at)
