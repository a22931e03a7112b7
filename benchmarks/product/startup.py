"""Start-up time of `omokage up` until everything is ready: the first time in a data folder, and again.

`python -m benchmarks startup`; target for the warm start <= 15 s.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.helpers.report import Figures
from benchmarks.helpers.running_product import running

WARM_STARTS = 3


def run() -> Figures:
    """Seconds until the address is printed."""
    with tempfile.TemporaryDirectory(prefix="omokage-bench-", ignore_cleanup_errors=True) as folder:
        seconds = []
        for _ in range(1 + WARM_STARTS):
            with running(Path(folder)) as product:
                seconds.append(product.start_s)
    return {"first start, s": seconds[0], "warm start, median, s": sorted(seconds[1:])[WARM_STARTS // 2]}
