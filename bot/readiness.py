"""The file that tells `omokage health bot` and the supervisor that the bot is alive and connected."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.context import BotClient

_log = logging.getLogger(__name__)
_EVERY_S = 2.0  # `omokage up` waits for the first one, so often


def readiness_file(data: Path) -> Path:
    """Locate the file, {"pid", "ready_at", "beat_at"} in seconds since 1970; absent while the bot is not connected."""
    return data / "run" / "bot.json"


async def beat(bot: BotClient, file: Path) -> None:
    """Write the file as long as the bot is connected to Discord."""
    file.parent.mkdir(parents=True, exist_ok=True)
    ready_at: float | None = None
    while True:
        if bot.connected:
            ready_at = ready_at or time.time()
            try:
                write(file, ready_at)
            except OSError as error:  # a full disk is no reason to end the work of this task
                _log.warning("cannot write %s: %s", file, error.strerror)
        await asyncio.sleep(_EVERY_S if ready_at else 0.1)


def write(file: Path, ready_at: float) -> None:
    """Write the file as a whole or not at all: it is read at any time."""
    part = file.with_suffix(".part")
    part.write_text(json.dumps({"pid": os.getpid(), "ready_at": ready_at, "beat_at": time.time()}), "utf-8")
    part.replace(file)
