"""The supervisor of `omokage up`: it starts the processes, restarts those that die, and stops them in order."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path

from cli.exits import Fault
from cli.up.backoff import Backoff, LastHeartbeat
from cli.up.console import LogFile, Stopwatch, print_line
from cli.up.disk_space import DiskSpace
from cli.up.pid_file import PidFile
from cli.up.process import ManagedProcess, ProcessSpec

_SHOW_S = 0.25
_HEARTBEAT_CHECK_S = 5.0
_DISK_CHECK_S = 5.0  # between two looks whether a full disk has room again


class Supervisor:
    """Runs all processes of one `omokage up`; call `run` once.

    `parent_pipe` is the read end of a pipe that closes when `up` dies: see cli.up.parent_watch.
    """

    def __init__(
        self, specs: Sequence[ProcessSpec], pid_file: PidFile, logs: Path, *, parent_pipe: int, everything: bool = False
    ) -> None:
        self._specs = specs
        self._pid_file = pid_file
        self._disk = DiskSpace(logs)
        self._logs = {spec.name: LogFile(logs, spec.name, everything) for spec in specs}
        self._ready = {spec.name: asyncio.Event() for spec in specs}
        self._children: dict[str, ManagedProcess] = {}
        self._starts: set[asyncio.Task[ManagedProcess]] = set()
        self._parent_pipe = parent_pipe

    async def run(self, on_ready: Callable[[Stopwatch], None]) -> None:
        """Return after SIGTERM, SIGINT or SIGHUP, when all parts have ended.

        Raises:
            Fault: a part died again and again; all parts have ended.
        """
        stopped, stopwatch = asyncio.Event(), Stopwatch()
        _install_signal_handlers(stopped.set)
        keeping = [asyncio.create_task(self._keep_running(spec), name=spec.name) for spec in self._specs]
        showing = asyncio.create_task(self._show())
        announcing = asyncio.create_task(self._announce(on_ready, stopwatch))
        stopping = asyncio.create_task(stopped.wait())
        try:
            await self._wait_for_end(stopping, keeping)
        finally:
            for task in (*keeping, announcing):
                task.cancel()
            stopped.clear()
            await self._stop_processes(stopped)
            await asyncio.gather(*keeping, announcing, return_exceptions=True)
            showing.cancel()
            stopping.cancel()
            self._print_new()

    async def _wait_for_end(self, stopping: asyncio.Task[bool], keeping: Sequence[asyncio.Task[None]]) -> None:
        waiting: set[asyncio.Task[None] | asyncio.Task[bool]] = {stopping, *keeping}
        while stopping in waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # raises a part's Fault; parts that run once end here without one

    async def _announce(self, on_ready: Callable[[Stopwatch], None], stopwatch: Stopwatch) -> None:
        for spec in self._specs:
            if not spec.once:
                await self._ready[spec.name].wait()
        on_ready(stopwatch)

    async def _keep_running(self, spec: ProcessSpec) -> None:
        """Start the process, and again whenever it dies."""
        for name in spec.needs:
            await self._ready[name].wait()
        backoff = Backoff()
        while True:
            starting = asyncio.create_task(self._start(spec))
            self._starts.add(starting)
            child = await asyncio.shield(starting)  # a stop at this moment must still know of the process
            why = await self._run_once(child)
            if spec.once:
                if child.process.returncode:
                    print_line(f"{spec.name} failed; see {self._logs[spec.name].file}")
                return
            if not self._disk.check():
                await asyncio.sleep(_DISK_CHECK_S)  # on a full disk processes die fast, and that is no fault of theirs
                continue
            backoff = backoff.after(child.uptime_s)
            if backoff.is_exhausted:
                raise Fault(self._crash_message(spec, backoff))
            print_line(f"{spec.name} {why}; it is started again in {backoff.pause_s:.1f} s.")
            await asyncio.sleep(backoff.pause_s)

    async def _start(self, spec: ProcessSpec) -> ManagedProcess:
        child = await ManagedProcess.start(spec, self._logs[spec.name], self._pid_file, self._parent_pipe)
        self._children[spec.name] = child
        return child

    async def _run_once(self, child: ManagedProcess) -> str:
        """Run the process until it ends; return how it ended."""
        spec, stopwatch = child.spec, Stopwatch()
        if not await child.wait_until_ready(self._disk.check):
            late = f"was not ready after {spec.ready_timeout_s:.0f} s and was killed"
            return late if child.hung else _exit_text(child.process.returncode)
        if not spec.once:
            print_line(f"  {spec.name:<12} ready after {stopwatch}")
        self._ready[spec.name].set()
        listening = asyncio.create_task(self._watch_heartbeat(child))
        code = await child.process.wait()
        listening.cancel()
        return "gave no sign of life and was killed" if child.hung else _exit_text(code)

    async def _watch_heartbeat(self, child: ManagedProcess) -> None:
        """Kill the process when it gives no heartbeat any more."""
        heartbeat, last_heartbeat = child.spec.heartbeat, LastHeartbeat(None, time.monotonic())
        while heartbeat is not None and not last_heartbeat.is_silent(time.monotonic()):
            await asyncio.sleep(_HEARTBEAT_CHECK_S)
            last_heartbeat = last_heartbeat.updated(await asyncio.to_thread(heartbeat), time.monotonic())
            if last_heartbeat.at < time.monotonic() - _HEARTBEAT_CHECK_S and not self._disk.check():
                # A process that cannot write cannot give a heartbeat.
                last_heartbeat = LastHeartbeat(last_heartbeat.heartbeat, time.monotonic())
        if heartbeat is not None:
            child.hung = True
            await child.kill()

    async def _stop_processes(self, hurry: asyncio.Event) -> None:
        """Stop the processes in the order of `stop_order`; a second Ctrl-C kills all that are left."""
        await asyncio.gather(*self._starts, return_exceptions=True)
        alive = sorted((c for c in self._children.values() if c.is_alive), key=lambda c: c.spec.stop_order)
        for _, turn in groupby(alive, key=lambda child: child.spec.stop_order):
            await asyncio.gather(*(self._stop(child, hurry) for child in turn))
        self._pid_file.delete()

    async def _stop(self, child: ManagedProcess, hurry: asyncio.Event) -> None:
        stopping, hurried = asyncio.create_task(child.stop()), asyncio.create_task(hurry.wait())
        await asyncio.wait({stopping, hurried}, return_when=asyncio.FIRST_COMPLETED)
        if hurried.done():
            await child.kill()
        hurried.cancel()
        if not await stopping and not hurry.is_set():
            print_line(f"{child.spec.name} did not stop within {child.spec.stop_timeout_s:g} s and was killed.")

    async def _show(self) -> None:
        while True:
            self._print_new()
            self._pid_file.save()
            await asyncio.sleep(_SHOW_S)

    def _print_new(self) -> None:
        for log in self._logs.values():
            log.print_new()

    def _crash_message(self, spec: ProcessSpec, backoff: Backoff) -> str:
        log = self._logs[spec.name]
        return f"{spec.name} died {backoff.fast} times in a row. The end of {log.file}:\n{log.tail()}"


def _exit_text(code: int | None) -> str:
    if code is not None and code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with status {code}"


def _install_signal_handlers(call: Callable[[], None]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            asyncio.get_running_loop().add_signal_handler(number, call)
