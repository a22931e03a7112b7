"""How long things may take in a worker."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain.jobs import LIMITS, Limits
from worker.queue import HARD_LIMIT_S, SOFT_LIMIT_S
from worker.watchdog import PATIENCE_S


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds; tests have less patience."""

    limits: Limits = LIMITS
    soft_limit_s: float = SOFT_LIMIT_S
    hard_limit_s: float = HARD_LIMIT_S
    # A photo is done in this time after SIGTERM; whatever is not is given back. `omokage up` kills a little later.
    stop_grace_s: float = 5.0
    patience_s: float = PATIENCE_S
    beat_s: float = 2.0
