"""Measure whether the bot, its database and its workers are well."""

from __future__ import annotations

import asyncio
import json
import math
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from bot.features.about.texts import Health
from core.domain.clock import now_utc
from core.domain.jobs import Backlog, QueueName
from core.services.jobs.service import JobService

if TYPE_CHECKING:
    from bot.context import BotClient

_AWAY_S = 5.0  # a worker takes a message at once
_PATIENCE_S = 2.0  # less than the three seconds in which /health must be answered


async def measure(bot: BotClient) -> Health:
    """Measure everything once."""
    began = time.perf_counter()
    try:
        async with asyncio.timeout(_PATIENCE_S):
            backlogs = await bot.threads.quick(_backlogs, bot.services.jobs)
        database_ms: int | None = round(1000 * (time.perf_counter() - began))
    except (SQLAlchemyError, TimeoutError):
        backlogs, database_ms = (), None
    running = bot.background.running()
    return Health(
        gateway_ms=None if math.isnan(bot.latency) or math.isinf(bot.latency) else round(1000 * bot.latency),
        database_ms=database_ms,
        backlogs=backlogs,
        worker_seen_s=await bot.threads.quick(worker_seen_s, bot.settings.data),
        worker_away=any(_is_away(backlog) for backlog in backlogs),
        memory_mb=round(memory_bytes() / 1e6),
        tasks=len(running),
        stopped=tuple(name for name, alive in running.items() if not alive),
    )


def memory_bytes() -> int:
    """Read this process's resident memory; its peak where the current figure cannot be read."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    if sys.platform == "win32":
        return 0
    import resource  # a module that Windows lacks

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def worker_seen_s(data: Path) -> int | None:
    """Seconds since a worker's last beat (see worker/heartbeat.py); None where the workers have another data folder."""
    beats = []
    for file in (data / "run").glob("worker-*.json"):
        try:
            beats.append(float(json.loads(file.read_text("utf-8"))["beat_at"]))
        except (OSError, ValueError, KeyError, TypeError):
            continue  # the worker is replacing the file, or has just ended
    return round(max(0.0, time.time() - max(beats))) if beats else None


def _backlogs(service: JobService) -> tuple[Backlog, ...]:
    by_queue = service.backlog()
    return tuple(by_queue[queue] for queue in QueueName)


def _is_away(backlog: Backlog) -> bool:
    oldest = backlog.oldest_dispatched_at
    return backlog.running == 0 and oldest is not None and (now_utc() - oldest).total_seconds() > _AWAY_S
