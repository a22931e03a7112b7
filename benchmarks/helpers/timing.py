"""Median wall-clock times of repeated calls."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def median_ms(work: Callable[[], object], rounds: int, warm_up: int = 1) -> float:
    """Return the median time of a call in milliseconds; the first `warm_up` calls, which compile, do not count."""
    for _ in range(warm_up):
        work()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return 1000 * statistics.median(times)
