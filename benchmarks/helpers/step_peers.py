"""Training steps of several programs, measured in turns: each is a process of its own that prints milliseconds."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_THREADS = {"OMP_NUM_THREADS": "2", "TF_NUM_INTRAOP_THREADS": "2", "TF_ENABLE_ONEDNN_OPTS": "1"}
OURS = "ours"


def compare_steps(
    commands: Mapping[str, Sequence[str]], turns: int, environment: Mapping[str, Mapping[str, str]] | None = None
) -> dict[str, float]:
    """Return the medians of the turns in milliseconds, and the ratio of `OURS` to the fastest of the others.

    The programs take turns, so that whatever else the machine does hits all alike.

    Args:
        commands: the arguments of `python -m` by name; `OURS` is one of them.
        turns: how often each is run.
        environment: variables of those programs that need some, by name.
    """
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(turns):
        for name, command in commands.items():
            variables = os.environ | _THREADS | (environment or {}).get(name, {})
            done = subprocess.run(
                [sys.executable, "-m", *command], env=variables, check=True, capture_output=True, text=True
            )
            times[name].append(float(done.stdout.split()[-1]))
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    figures = {f"{name}, ms a step": taken for name, taken in medians.items()}
    peers = [taken for name, taken in medians.items() if name != OURS]
    return figures | ({"step, times the faster peer": medians[OURS] / min(peers)} if peers else {})
