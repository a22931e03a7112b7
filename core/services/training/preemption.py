"""Whether somebody waits for this worker, while it does what nobody waits for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.domain.jobs import Job
    from core.services.runs.segments import Segments

_EVERY_S = 1.0  # somebody who waits is noticed so soon, and then waits for one step of the work


class Wanted:
    """Asked before each step; looks into the database once a second.

    Args:
        segments: knows who waits.
        job: what this worker does meanwhile.
    """

    def __init__(self, segments: Segments, job: Job) -> None:
        self._segments = segments
        self._job = job
        # Not at once: where a message was lost, each turn would end before its first step.
        self._next_look = time.monotonic() + _EVERY_S

    def now(self) -> bool:
        """Whether the last look found somebody, if one was due."""
        if time.monotonic() < self._next_look:
            return False
        self._next_look = time.monotonic() + _EVERY_S
        return self._segments.preemption_requested(self._job)
