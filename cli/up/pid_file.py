"""The file of the processes that `omokage up` started: the next `up` ends what a killed one left behind."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

TOKEN = "OMOKAGE_UP"  # noqa: S105 - a variable's name; its value is in the environment of every process of one `up`
_GRACE_S = 5.0


class PidFile:
    """Names, ids and start times of running processes; each leads a process group of its own."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._processes: dict[str, int] = {}
        self._saved = True
        self._began: dict[str, str] = {}
        self.token = secrets.token_hex(16)

    def add(self, name: str, pid: int) -> None:
        """Add a process that was started, perhaps again under the same name."""
        self._processes[name] = pid
        self._began[name] = _start_time(pid)
        self._saved = False
        self.save()

    def save(self) -> None:
        """Write the file if it is out of date; a full disk only delays that."""
        if self._saved:
            return
        part = self._file.with_suffix(".part")
        content = {"token": self.token, "processes": self._processes, "began": self._began}
        with contextlib.suppress(OSError):
            part.write_text(json.dumps(content), "utf-8")
            part.replace(self._file)
            self._saved = True

    def delete(self) -> None:
        """Delete the file: all processes have ended."""
        self._file.unlink(missing_ok=True)


def end_leftovers(file: Path, environment_of: Callable[[int], str | None] | None = None) -> list[str]:
    """End the processes of the last `up` that still run, and are really its own; return their names."""
    try:
        content = json.loads(file.read_text("utf-8"))
        token, processes = str(content["token"]), {str(name): int(pid) for name, pid in content["processes"].items()}
        began = {str(name): str(moment) for name, moment in content.get("began", {}).items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []
    read = environment_of or _environment_of
    left = {name: pid for name, pid in processes.items() if _is_own_process(read(pid), token, pid, began.get(name, ""))}
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in left.values():
            _signal_group(pid, number)
        end = time.monotonic() + _GRACE_S
        while any(_alive(pid) for pid in left.values()) and time.monotonic() < end:
            time.sleep(0.05)
    file.unlink(missing_ok=True)
    return sorted(left)


def _is_own_process(environment: str | None, token: str, pid: int, began: str) -> bool:
    """Whether process `pid` is the one of the file. A process id is used again after a while; the token is not.

    Processes that hold secrets hide their environment (cli.process_memory); then the start times are compared.
    """
    if environment is not None:
        return f"{TOKEN}={token}" in environment
    return bool(began) and _start_time(pid) == began


def _start_time(pid: int) -> str:
    """Return when a process began, and the machine's boot id; empty where the system does not say."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{boot} {Path(f'/proc/{pid}/stat').read_text('utf-8').rpartition(')')[2].split()[19]}"
    except (OSError, IndexError):
        return ""


def _signal_group(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):  # gone, or not ours any more
        os.killpg(pid, number)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _zombie(pid)


def _zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] == "Z"
    except (OSError, IndexError):
        return False


def _environment_of(pid: int) -> str | None:
    """Return a process's variables as one text; empty without a process, None if they are hidden."""
    proc = Path("/proc")
    if (proc / "self" / "environ").exists():
        try:
            return (proc / str(pid) / "environ").read_bytes().decode("utf-8", "replace")
        except PermissionError:
            return None
        except OSError:
            return ""
    ps = ["/bin/ps", "eww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(ps, capture_output=True, text=True, check=False).stdout
