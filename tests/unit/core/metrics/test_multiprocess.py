"""Figures of a worker's pool processes, which may be killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core.metrics import multiprocess

PROGRAM = """
import os, signal, sys
from pathlib import Path
from core.metrics import multiprocess

multiprocess.prepare(Path(sys.argv[1]))
from prometheus_client import generate_latest
from core.metrics.definitions import JOB_SECONDS

for killed in (True, False):
    if os.fork() == 0:
        JOB_SECONDS.labels("classify", "done").observe(0.3)
        if killed:
            os.kill(os.getpid(), signal.SIGKILL)
        os._exit(0)
    os.wait()
JOB_SECONDS.labels("classify", "done").observe(0.3)
print(generate_latest(multiprocess.shared_registry()).decode())
"""


def test_figures_of_all_processes_are_added_up_also_of_killed_ones(tmp_path: Path) -> None:
    folder = tmp_path / "figures"
    folder.mkdir()
    (folder / "counter_1.db").write_bytes(b"of an earlier worker")
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(folder)], capture_output=True, text=True, check=True)
    assert 'omokage_job_seconds_count{kind="classify",outcome="done"} 3.0' in done.stdout


def test_it_is_too_late_once_figures_are_kept_by_one_process(tmp_path: Path) -> None:
    import prometheus_client  # noqa: F401 - importing it is what decides

    with pytest.raises(RuntimeError, match="imported before"):
        multiprocess.prepare(tmp_path)
