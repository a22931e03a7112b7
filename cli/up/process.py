"""One part of `omokage up`, as a process that leads a group of its own."""

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

from cli.process_memory import without
from cli.up.console import Log
from cli.up.pid_file import Record

_LOOK_S = 0.05
_AFTER_KILL_S = 2.0


@dataclass(frozen=True, slots=True)
class Part:
    """How to run a part, and how to tell whether it is well.

    Args:
        name: of its log and its messages.
        command: program and arguments.
        environment: what it has beside this process's own.
        withheld: beginnings of the names of those variables of this process that it does not get.
        is_ready: asked with the process's id, in a thread, until it says yes.
        beat: the time of its last sign of life, None where it gives none.
        needs: parts that must be ready before it starts.
        turn: parts of turn 0 are stopped first.
        once: it ends by itself; its failure is said and is no reason to stop.
        ready_within_s: after that it is killed and counts as dead. TensorFlow on a busy machine takes a minute.
        stop_within_s: after SIGTERM; then it is killed.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    withheld: tuple[str, ...] = ()
    is_ready: Callable[[int], bool] = lambda _pid: True
    beat: Callable[[], float | None] | None = None
    needs: tuple[str, ...] = ()
    turn: int = 0
    once: bool = False
    ready_within_s: float = 120.0
    stop_within_s: float = 5.0


def _opened(file: Path) -> BinaryIO:
    try:
        return file.open("ab")
    except OSError:
        return Path(os.devnull).open("ab")


class Child:
    """One run of a part."""

    def __init__(self, part: Part, process: asyncio.subprocess.Process) -> None:
        self.part = part
        self.process = process
        self.began = time.monotonic()
        self.hung = False

    @classmethod
    async def start(cls, part: Part, log: Log, record: Record, leash: int) -> Child:
        """Run it; what it says goes to the log, or nowhere while a full disk takes no new file."""
        log.begin()
        with _opened(log.file) as output:
            process = await asyncio.create_subprocess_exec(
                *part.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**without(dict(os.environ), *part.withheld), **part.environment},
                start_new_session=True,  # the terminal's Ctrl-C is for `up` alone
                pass_fds=(leash,),
            )
        record.note(part.name, process.pid)
        return cls(part, process)

    @property
    def lived_s(self) -> float:
        """Seconds since its start."""
        return time.monotonic() - self.began

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended."""
        return self.process.returncode is None

    async def becomes_ready(self, has_room: Callable[[], bool]) -> bool:
        """Wait until it is; False: it has died, or takes too long and is killed, unless it cannot write that it is."""
        while self.is_alive:
            if await asyncio.to_thread(self.part.is_ready, self.process.pid):
                return True
            if self.lived_s > self.part.ready_within_s and has_room():
                self.hung = True
                await self.kill()
                return False
            await asyncio.sleep(_LOOK_S)
        return False

    async def stop(self) -> bool:
        """Ask it to end, and make sure that it and all that it started do; False: it had to be killed."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.process.wait(), self.part.stop_within_s)
        except TimeoutError:
            await self.kill()
            return False
        self._kill_group()  # what it may have left
        return True

    async def kill(self) -> None:
        """End it and all that it started, now."""
        self._kill_group()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.process.wait(), _AFTER_KILL_S)

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
