"""Tasks that run as long as the bot does, and are started again when they fail."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

_log = logging.getLogger(__name__)
_FIRST_PAUSE_S = 1.0
_MAX_PAUSE_S = 30.0  # between two starts, for instance while the database is away


class Background:
    """Restarts its tasks after a failure, with growing pauses."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run `work` until `stop` is called; `work` is called anew whenever it raises."""
        self._tasks[name] = asyncio.create_task(_restart_forever(name, work), name=name)

    def running(self) -> dict[str, bool]:
        """Say of each task, by name, whether it is alive."""
        return {name: not task.done() for name, task in self._tasks.items()}

    async def stop(self) -> None:
        """End all tasks."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)


async def _restart_forever(name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    pause, loop = _FIRST_PAUSE_S, asyncio.get_running_loop()
    while True:
        began = loop.time()
        try:
            await work()
        except Exception:  # noqa: BLE001 - whatever it is, this work must go on
            _log.exception("%s failed; it is tried again until it works", name)
        if loop.time() - began > _MAX_PAUSE_S:
            pause = _FIRST_PAUSE_S
        await asyncio.sleep(pause)
        pause = min(2 * pause, _MAX_PAUSE_S)
