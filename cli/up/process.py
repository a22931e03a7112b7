"""A process that `omokage up` runs: how it is started, when it is ready, how it is stopped with all its children."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from cli.process_memory import without_variables
from cli.up.console import LogFile
from cli.up.pid_file import PidFile

_LOOK_S = 0.05
_AFTER_KILL_S = 2.0


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """How to run a process, and how to tell whether it is well.

    Args:
        name: of its log and its messages.
        command: program and arguments.
        environment: variables besides this process's own.
        withheld: prefixes of the names of this process's variables that it does not get.
        is_ready: called with the process's id, in a thread, until it returns True.
        heartbeat: returns the time of its last heartbeat, by its wall clock; None where it gives none.
        needs: names of processes that must be ready before it starts.
        stop_order: processes with 0 are stopped first.
        once: it ends by itself; its failure is reported and stops nothing else.
        ready_timeout_s: after that it is killed and counts as dead. TensorFlow on a busy machine takes a minute.
        stop_timeout_s: after SIGTERM; then it is killed.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    withheld: tuple[str, ...] = ()
    is_ready: Callable[[int], bool] = lambda _pid: True
    heartbeat: Callable[[], float | None] | None = None
    needs: tuple[str, ...] = ()
    stop_order: int = 0
    once: bool = False
    ready_timeout_s: float = 120.0
    stop_timeout_s: float = 5.0


def _open_log(file: Path) -> BinaryIO:
    try:
        return file.open("ab")
    except OSError:
        return Path(os.devnull).open("ab")


class ManagedProcess:
    """A running process, with its group."""

    def __init__(self, spec: ProcessSpec, process: asyncio.subprocess.Process) -> None:
        self.spec = spec
        self.process = process
        self.began = time.monotonic()
        self.hung = False

    @classmethod
    async def start(cls, spec: ProcessSpec, log: LogFile, pid_file: PidFile, parent_pipe: int) -> ManagedProcess:
        """Start the process; its output goes to the log, or nowhere while a full disk takes no new file."""
        log.mark_start()
        with _open_log(log.file) as output:
            process = await asyncio.create_subprocess_exec(
                *spec.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**without_variables(dict(os.environ), *spec.withheld), **spec.environment},
                start_new_session=True,  # the terminal's Ctrl-C is for `up` alone
                pass_fds=(parent_pipe,),
            )
        pid_file.add(spec.name, process.pid)
        return cls(spec, process)

    @property
    def uptime_s(self) -> float:
        """Seconds since its start."""
        return time.monotonic() - self.began

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended."""
        return self.process.returncode is None

    async def wait_until_ready(self, has_disk_space: Callable[[], bool]) -> bool:
        """Wait until the process is ready; return False if it died, or took too long and was killed.

        A process is not killed while a full disk keeps it from writing that it is ready.
        """
        while self.is_alive:
            if await asyncio.to_thread(self.spec.is_ready, self.process.pid):
                return True
            if self.uptime_s > self.spec.ready_timeout_s and has_disk_space():
                self.hung = True
                await self.kill()
                return False
            await asyncio.sleep(_LOOK_S)
        return False

    async def stop(self) -> bool:
        """Send SIGTERM and wait; kill what is left of the group. Return False if it had to be killed."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.process.wait(), self.spec.stop_timeout_s)
        except TimeoutError:
            await self.kill()
            return False
        self._kill_group()  # what it may have left
        return True

    async def kill(self) -> None:
        """Kill the process and its group."""
        self._kill_group()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.process.wait(), _AFTER_KILL_S)

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
