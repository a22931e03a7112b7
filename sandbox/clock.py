"""Time that tests can move."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from typing import Protocol


class Clock(Protocol):
    """Where the sandbox takes its time from."""

    def now(self) -> float:
        """Seconds since 1970 in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return once `now()` has moved on by that much."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Seconds since 1970 in UTC."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Sleep for real."""
        await asyncio.sleep(seconds)


class ManualClock:
    """A clock that moves when `advance` is called; with `running=True` it also runs by itself.

    The running form suits tests with a live client, whose own timeouts are real: an hour passes in one call,
    and everything else goes on as usual.
    """

    def __init__(self, start: float | None = None, *, running: bool = False) -> None:
        self._base = time.time() if start is None else start
        self._started = time.monotonic()
        self._running = running
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> float:
        """Seconds since 1970 in UTC."""
        return self._base + (time.monotonic() - self._started if self._running else 0.0)

    def advance(self, seconds: float) -> None:
        """Move forward and wake whoever was waiting for a moment that has now passed."""
        if seconds < 0:
            raise ValueError("time does not run backwards")
        self._base += seconds
        self._wake()

    async def sleep(self, seconds: float) -> None:
        """Return once the clock has moved on by that much."""
        until = self.now() + seconds
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (until, next(self._order), waiter))
        while not waiter.done():
            # A frozen clock wakes its sleepers by `advance` alone.
            await asyncio.wait([waiter], timeout=max(0.0, until - self.now()) if self._running else None)
            self._wake()

    def _wake(self) -> None:
        while self._sleepers and self._sleepers[0][0] <= self.now():
            waiter = heapq.heappop(self._sleepers)[2]
            if not waiter.done():
                waiter.set_result(None)


class Deadlines:
    """Calls functions at given times, with one sleeping task however many wait."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._order = itertools.count()
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._task: asyncio.Task[None] | None = None

    def at(self, moment: float, call: Callable[[], None]) -> None:
        """Call at that moment, or as soon as possible where it has passed."""
        heapq.heappush(self._due, (moment, next(self._order), call))
        if self._due[0][2] is call:
            self._restart()

    async def stop(self) -> None:
        """Forget everything that is still due."""
        self._due.clear()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def _restart(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        while self._due:
            moment, _, call = self._due[0]
            wait = moment - self._clock.now()
            if wait > 0:
                await self._clock.sleep(wait)
                continue
            heapq.heappop(self._due)
            call()
