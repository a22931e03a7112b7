"""Timeouts and intervals of a worker."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain.jobs import BACKGROUND_KINDS, JOB_LIMITS, JobKind, JobLimits, QueueName
from core.domain.workers import UPDATE_S
from worker.queue import HARD_LIMIT_S, SEGMENT_LIMIT_S, SOFT_LIMIT_S
from worker.watchdog import BUSY_PATIENCE_S, PATIENCE_S

# A thousand faces take three quarters of a minute; two thousand steps towards a face two minutes, and as many more on a
# busy host.
_SHORT = frozenset({JobKind.REEMBED, JobKind.COLLECT, JobKind.CARD})
_LONG = (BACKGROUND_KINDS - _SHORT) | {JobKind.SNAPSHOT, JobKind.OPTIMIZE, JobKind.LEARN}


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds; tests have less patience."""

    limits: JobLimits = JOB_LIMITS
    soft_limit_s: float = SOFT_LIMIT_S
    hard_limit_s: float = HARD_LIMIT_S
    segment_limit_s: float = SEGMENT_LIMIT_S
    # A photo is done in this time after SIGTERM; whatever is not is given back. `omokage up` kills a little later.
    stop_grace_s: float = 5.0
    patience_s: float = PATIENCE_S
    heartbeat_s: float = 2.0
    row_s: float = UPDATE_S  # between two updates of the worker's row in the database
    # TensorFlow is imported for its list of GPUs when `omokage up` has started, as in worker.warm_up.
    ask_tensorflow_after_s: float = 10.0

    def max_duration_s(self, kind: JobKind) -> float:
        """After this a job is stuck, and its lease is left to others."""
        return self.segment_limit_s if kind in _LONG else self.hard_limit_s

    def drain_s(self, queue: QueueName) -> float:
        """How long present jobs may go on in a worker that ends by itself: as long as any of its queue may last."""
        return self.hard_limit_s if queue is QueueName.CPU else self.segment_limit_s

    def busy_patience_s(self, queue: QueueName) -> float:
        """How long a busy worker may take nothing from a queue with work in it: longer than any of its jobs lasts."""
        return BUSY_PATIENCE_S if queue is QueueName.CPU else self.segment_limit_s + BUSY_PATIENCE_S
