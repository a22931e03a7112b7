"""Threads for blocking calls, so that the event loop goes on."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

# A transaction takes about a millisecond and SQLite has one writer, so four already keep it busy; with the slow lane's
# four there are eight connections at most, below the fifteen of SQLAlchemy's pool.
_QUICK = 4
# What may hang for seconds: a broker that is away, an object store. Four photos of 10 MiB are also all the memory
# that may go into uploads at a time.
_SLOW = 4


class Threads:
    """Two thread pools, so that a broker that hangs does not keep the next command from being acknowledged."""

    def __init__(self) -> None:
        self._quick = ThreadPoolExecutor(_QUICK, "quick")
        self._slow = ThreadPoolExecutor(_SLOW, "slow")

    async def quick(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run one short transaction."""
        return await _run(self._quick, functools.partial(call, *args, **kwargs))

    async def slow(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run anything that talks to the broker or the blob store."""
        return await _run(self._slow, functools.partial(call, *args, **kwargs))

    def close(self) -> None:
        """Wait for running calls; accept no new ones."""
        for lane in (self._quick, self._slow):
            lane.shutdown(wait=True, cancel_futures=True)


async def _run(lane: ThreadPoolExecutor, call: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(lane, call)
