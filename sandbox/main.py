"""Runs a sandbox until it is told to stop."""

from __future__ import annotations

import asyncio
import signal

from sandbox.config import SandboxConfig
from sandbox.server import Sandbox


def run(config: SandboxConfig) -> None:
    """Serve until SIGTERM or SIGINT; prints the address once it listens."""
    asyncio.run(_serve(config))


async def _serve(config: SandboxConfig) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows: Ctrl-C raises KeyboardInterrupt instead
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    async with Sandbox(config) as sandbox:
        print(f"Sandbox: {sandbox.url}", flush=True)  # noqa: T201  # whoever started it waits for this line
        await stop.wait()
