"""A supervisor over parts that misbehave: `python -m tests.integration.cli.small_up FOLDER PART...`"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from cli.exits import Fault
from cli.up import backoff, parent_watch, supervisor
from cli.up.console import Stopwatch, print_line
from cli.up.pid_file import TOKEN, PidFile
from cli.up.process import ProcessSpec

backoff._FIRST_PAUSE_S = 0.02
backoff.SILENCE_S = 0.5
supervisor._HEARTBEAT_CHECK_S = 0.1
supervisor._DISK_CHECK_S = 0.1

_STEADY = "import time; print('here', flush=True); time.sleep(60)"
_QUIET = "import time; time.sleep(60)"  # what prints dies of a full disk
_DYING = "import sys; sys.exit('no weights')"
_STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here', flush=True); time.sleep(60)"
)
# Its child ignores SIGTERM, as a pool process may that hangs in C.
_PARENT = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {_STUBBORN!r}]); time.sleep(60)"
_ENDS_WITH_PARENT = (
    "from cli.up import parent_watch; parent_watch.end_with_parent(); print('here', flush=True); "
    "import time; time.sleep(60)"
)


def part(name: str, environment: dict[str, str]) -> ProcessSpec:
    program = {
        "quiet": _QUIET,
        "hanging": _QUIET,
        "dying": _DYING,
        "stubborn": _STUBBORN,
        "parent": _PARENT,
        "leashed": _ENDS_WITH_PARENT,
    }.get(name, _STEADY)
    return ProcessSpec(
        name,
        [sys.executable, "-c", program, name],  # the name only tells the processes apart
        environment,
        is_ready=lambda _pid: name != "dying",
        heartbeat=(lambda: 1.0) if name == "hanging" else None,
        needs=("base",) if name == "late" else (),
        stop_order={"base": 2, "steady": 1}.get(name, 0),
        once=name == "once",
        stop_timeout_s=0.5,
    )


async def main(folder: Path, names: list[str]) -> None:
    read_end, _ = os.pipe()
    pid_file = PidFile(folder / "processes.json")
    environment = {TOKEN: pid_file.token, parent_watch.VARIABLE: str(read_end)}
    made = supervisor.Supervisor(
        [part(name, environment) for name in names], pid_file, folder, parent_pipe=read_end, everything=True
    )

    def ready(_watch: Stopwatch) -> None:
        print_line("all ready")

    await made.run(ready)


if __name__ == "__main__":
    try:
        asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
    except Fault as error:
        print_line(error.message)
        sys.exit(1)
