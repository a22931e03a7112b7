"""Whether a segment may go on."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum, auto
from typing import TYPE_CHECKING

from core.domain.jobs import Job
from core.domain.training.runs import DesiredState
from core.services.training.preemption import Wanted

if TYPE_CHECKING:
    from core.services.runs.segments import Segments

# A SIGKILL loses a minute at most, and saving a checkpoint (a tenth of a second) costs little of it.
SLICE_S = 60.0


class Break(Enum):
    """Why a segment ends before the run does."""

    LOST = auto()  # the job is somebody else's
    ASKED = auto()  # pause or stop
    ENDING = auto()  # this process ends
    WANTED = auto()  # somebody waits for this worker
    SLICE = auto()  # others may want to train, too


class Gate:
    """Asked before each step.

    Args:
        segments: reads the database, once a step and once a second more.
        job: the segment's.
        ending: whether this process is to end.
        slice_s: how long the segment lasts.
        yields: whether others wait for this worker; not in a process of one's own.
    """

    def __init__(
        self, segments: Segments, job: Job, ending: Callable[[], bool], slice_s: float, *, yields: bool = True
    ) -> None:
        self._segments = segments
        self._job = job
        self._ending = ending
        self._slice_s = slice_s
        self._until: float | None = None  # what comes before the first step is not of the slice
        self._wanted = Wanted(segments, job) if yields else None

    def look(self) -> Break | None:
        """Why to end now, if there is a reason."""
        desired_state = self._segments.desired_state(self._job)
        if desired_state is None:
            return Break.LOST
        if desired_state is not DesiredState.RUN:
            return Break.ASKED
        if self._ending():
            return Break.ENDING
        if self._wanted is not None and self._wanted.now():
            return Break.WANTED
        return Break.SLICE if self._is_over() else None

    def _is_over(self) -> bool:
        if self._until is None:
            self._until = time.monotonic() + self._slice_s
            return False
        return time.monotonic() >= self._until
