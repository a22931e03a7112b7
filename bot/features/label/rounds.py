"""Rounds of labelling: the faces that there are to ask about, and what a round has done for the guild's recogniser."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from core.domain.errors import OmokageError

if TYPE_CHECKING:
    from bot.context import BotContext

_log = logging.getLogger(__name__)
GOAL_FACES = 20  # of a round: three minutes
_POLL_S = 0.05
_EVERY_S = 20.0  # between two looks for faces in a guild: one reads up to a thousand
_running: set[asyncio.Task[None]] = set()  # what nobody waits for must be kept by somebody
_last: dict[int, float] = {}


async def collect(bot: BotContext, guild_id: int, patience_s: float) -> None:
    """Let a worker look for faces to ask about; wait for it only where there are none so far."""
    _last[guild_id] = time.monotonic()
    job_id = await bot.threads.slow(bot.services.labelling_jobs.collect, guild_id)
    if (await bot.threads.quick(bot.services.labelling.state, guild_id)).open:
        return
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        if await bot.threads.quick(bot.services.labelling_jobs.has_ended, job_id):
            return
        await asyncio.sleep(_POLL_S)


def collect_soon(bot: BotContext, guild_id: int) -> None:
    """Let a worker look again, since the recogniser knows more by now, and judge the voters; nobody waits for that."""
    if time.monotonic() - _last.get(guild_id, -_EVERY_S) < _EVERY_S:
        return
    _last[guild_id] = time.monotonic()
    task = asyncio.create_task(_collect(bot, guild_id), name=f"collect-{guild_id}")
    _running.add(task)
    task.add_done_callback(_running.discard)


async def _collect(bot: BotContext, guild_id: int) -> None:
    try:
        await bot.threads.slow(bot.services.voters.judge, guild_id)
        await bot.threads.slow(bot.services.labelling_jobs.collect, guild_id)
    except (OmokageError, SQLAlchemyError, OSError) as error:  # the next answer tries it again
        _log.warning("guild %s: no faces were looked for (%s)", guild_id, type(error).__name__)
