"""Starts the parts, keeps them running, stops them in order."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path

from cli.exits import Fault
from cli.up.backoff import Deaths, Heard
from cli.up.console import Log, Stopwatch, say
from cli.up.disk_space import DiskRoom
from cli.up.pid_file import Record
from cli.up.process import Child, Part

_SHOW_S = 0.25
_LISTEN_S = 5.0
_ROOM_S = 5.0  # between two looks whether a full disk has room again


class Supervisor:
    """Of one `omokage up`; `run` is called once. `leash`: a pipe that ends with it, see cli.up.parent_watch."""

    def __init__(
        self, parts: Sequence[Part], record: Record, logs: Path, *, leash: int, everything: bool = False
    ) -> None:
        self._parts = parts
        self._record = record
        self._room = DiskRoom(logs)
        self._logs = {part.name: Log(logs, part.name, everything) for part in parts}
        self._ready = {part.name: asyncio.Event() for part in parts}
        self._children: dict[str, Child] = {}
        self._starts: set[asyncio.Task[Child]] = set()
        self._leash = leash

    async def run(self, on_ready: Callable[[Stopwatch], None]) -> None:
        """Return after SIGTERM, SIGINT or SIGHUP, when all parts have ended.

        Raises:
            Fault: a part died again and again; all parts have ended.
        """
        stopped, watch = asyncio.Event(), Stopwatch()
        _on_signals(stopped.set)
        keeping = [asyncio.create_task(self._keep(part), name=part.name) for part in self._parts]
        showing = asyncio.create_task(self._show())
        announcing = asyncio.create_task(self._announce(on_ready, watch))
        stopping = asyncio.create_task(stopped.wait())
        try:
            await self._until_over(stopping, keeping)
        finally:
            for task in (*keeping, announcing):
                task.cancel()
            stopped.clear()
            await self._stop_all(stopped)
            await asyncio.gather(*keeping, announcing, return_exceptions=True)
            showing.cancel()
            stopping.cancel()
            self._show_new()

    async def _until_over(self, stopping: asyncio.Task[bool], keeping: Sequence[asyncio.Task[None]]) -> None:
        waiting: set[asyncio.Task[None] | asyncio.Task[bool]] = {stopping, *keeping}
        while stopping in waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # raises a part's Fault; parts that run once end here without one

    async def _announce(self, on_ready: Callable[[Stopwatch], None], watch: Stopwatch) -> None:
        for part in self._parts:
            if not part.once:
                await self._ready[part.name].wait()
        on_ready(watch)

    async def _keep(self, part: Part) -> None:
        """Start the part, and again whenever it dies."""
        for name in part.needs:
            await self._ready[name].wait()
        deaths = Deaths()
        while True:
            starting = asyncio.create_task(self._start(part))
            self._starts.add(starting)
            child = await asyncio.shield(starting)  # a stop at this moment must still know of the process
            why = await self._live(child)
            if part.once:
                if child.process.returncode:
                    say(f"{part.name} failed; see {self._logs[part.name].file}")
                return
            if not self._room.check():
                await asyncio.sleep(_ROOM_S)  # of a full disk parts die fast, and that counts for nothing
                continue
            deaths = deaths.after(child.lived_s)
            if deaths.too_many:
                raise Fault(self._obituary(part, deaths))
            say(f"{part.name} {why}; it is started again in {deaths.pause_s:.1f} s.")
            await asyncio.sleep(deaths.pause_s)

    async def _start(self, part: Part) -> Child:
        child = await Child.start(part, self._logs[part.name], self._record, self._leash)
        self._children[part.name] = child
        return child

    async def _live(self, child: Child) -> str:
        """One life; returns how it ended."""
        part, watch = child.part, Stopwatch()
        if not await child.becomes_ready(self._room.check):
            late = f"was not ready after {part.ready_within_s:.0f} s and was killed"
            return late if child.hung else _ended(child.process.returncode)
        if not part.once:
            say(f"  {part.name:<12} ready after {watch}")
        self._ready[part.name].set()
        listening = asyncio.create_task(self._listen(child))
        code = await child.process.wait()
        listening.cancel()
        return "gave no sign of life and was killed" if child.hung else _ended(code)

    async def _listen(self, child: Child) -> None:
        """Kill a part that hangs."""
        beat, heard = child.part.beat, Heard(None, time.monotonic())
        while beat is not None and not heard.silent(time.monotonic()):
            await asyncio.sleep(_LISTEN_S)
            heard = heard.again(await asyncio.to_thread(beat), time.monotonic())
            if heard.at < time.monotonic() - _LISTEN_S and not self._room.check():
                heard = Heard(heard.beat, time.monotonic())  # where nothing can be written, silence says nothing
        if beat is not None:
            child.hung = True
            await child.kill()

    async def _stop_all(self, hurry: asyncio.Event) -> None:
        """Turn by turn; a second Ctrl-C kills all that is left."""
        await asyncio.gather(*self._starts, return_exceptions=True)
        alive = sorted((c for c in self._children.values() if c.is_alive), key=lambda c: c.part.turn)
        for _, turn in groupby(alive, key=lambda child: child.part.turn):
            await asyncio.gather(*(self._stop(child, hurry) for child in turn))
        self._record.forget()

    async def _stop(self, child: Child, hurry: asyncio.Event) -> None:
        stopping, hurried = asyncio.create_task(child.stop()), asyncio.create_task(hurry.wait())
        await asyncio.wait({stopping, hurried}, return_when=asyncio.FIRST_COMPLETED)
        if hurried.done():
            await child.kill()
        hurried.cancel()
        if not await stopping and not hurry.is_set():
            say(f"{child.part.name} did not stop within {child.part.stop_within_s:g} s and was killed.")

    async def _show(self) -> None:
        while True:
            self._show_new()
            self._record.save()
            await asyncio.sleep(_SHOW_S)

    def _show_new(self) -> None:
        for log in self._logs.values():
            log.show_new()

    def _obituary(self, part: Part, deaths: Deaths) -> str:
        log = self._logs[part.name]
        return f"{part.name} died {deaths.fast} times in a row. The end of {log.file}:\n{log.last_words()}"


def _ended(code: int | None) -> str:
    if code is not None and code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with status {code}"


def _on_signals(call: Callable[[], None]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            asyncio.get_running_loop().add_signal_handler(number, call)
