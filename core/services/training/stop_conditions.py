"""Conditions under which a training segment stops before its run does; checked before each step."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum, auto
from typing import TYPE_CHECKING

from core.domain.jobs import Job
from core.domain.training.runs import DesiredState

if TYPE_CHECKING:
    from core.services.runs.segments import Segments

# A SIGKILL loses a minute at most, and saving a checkpoint (a tenth of a second) costs little of it.
SLICE_S = 60.0
_POLL_S = 1.0  # a member's job is noticed so soon, and then waits for one step


class StopReason(Enum):
    """Why a segment stops before its run does."""

    JOB_LOST = auto()  # another worker holds the job
    REQUESTED = auto()  # pause or stop
    SHUTDOWN = auto()  # this process ends
    PREEMPTED = auto()  # a more urgent job waits for this worker
    SLICE_OVER = auto()  # other runs get their turn


class PreemptionPoll:
    """Asks the database once a second whether a more urgent job waits for this worker.

    Args:
        segments: knows which jobs wait.
        job: the background job of this worker.
    """

    def __init__(self, segments: Segments, job: Job) -> None:
        self._segments = segments
        self._job = job
        # Not at once: where a message was lost, each turn would end before its first step.
        self._next_poll = time.monotonic() + _POLL_S

    def requested(self) -> bool:
        """Poll if that is due; return whether a job was found."""
        if time.monotonic() < self._next_poll:
            return False
        self._next_poll = time.monotonic() + _POLL_S
        return self._segments.preemption_requested(self._job)


class StopConditions:
    """All conditions of one segment.

    Args:
        segments: reads the database, once a step and once a second more.
        job: the segment's.
        shutting_down: whether this process is to end.
        slice_s: how long the segment lasts.
        yields: whether the segment gives way to more urgent jobs; not in a process that has no others.
    """

    def __init__(
        self, segments: Segments, job: Job, shutting_down: Callable[[], bool], slice_s: float, *, yields: bool = True
    ) -> None:
        self._segments = segments
        self._job = job
        self._shutting_down = shutting_down
        self._slice_s = slice_s
        self._until: float | None = None  # what comes before the first step is not of the slice
        self._preemption = PreemptionPoll(segments, job) if yields else None

    def check(self) -> StopReason | None:
        """Return why to stop now, None to go on."""
        desired_state = self._segments.desired_state(self._job)
        if desired_state is None:
            return StopReason.JOB_LOST
        if desired_state is not DesiredState.RUN:
            return StopReason.REQUESTED
        if self._shutting_down():
            return StopReason.SHUTDOWN
        if self._preemption is not None and self._preemption.requested():
            return StopReason.PREEMPTED
        return StopReason.SLICE_OVER if self._slice_is_over() else None

    def _slice_is_over(self) -> bool:
        if self._until is None:
            self._until = time.monotonic() + self._slice_s
            return False
        return time.monotonic() >= self._until
