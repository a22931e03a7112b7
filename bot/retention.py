"""Delete what is no longer kept, in a thread and in small steps, as long as the bot runs; see docs/privacy.md.

Here and not in a worker, because an installation has one bot and any number of workers.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import TYPE_CHECKING

from core.domain.storage_limits import size_text
from core.services.retention import PAUSE_S

if TYPE_CHECKING:
    from bot.context import BotContext
    from core.services.retention import RetentionService

_log = logging.getLogger(__name__)
_EVERY_S = 60.0  # tokens are of no use after fifteen minutes, so none is kept for more than sixteen; nor is an export


class StoppingError(Exception):
    """The bot ends; what is left is deleted at the next start."""


async def run_retention(bot: BotContext) -> None:
    """Go on until the bot ends; several bots may do so at once."""
    stopping = threading.Event()

    def pause() -> None:
        if stopping.wait(PAUSE_S):
            raise StoppingError

    retention = bot.services.retention.paused_by(pause)
    try:
        while True:
            await asyncio.sleep(_EVERY_S)
            await bot.threads.quick(retention.drop_tokens)
            await bot.threads.slow(retention.forget_exports)
            if await bot.threads.quick(retention.is_due):
                await _prune(bot, retention)
                await bot.threads.slow(bot.services.reembedding.request_all)  # faces of before an update
    finally:
        stopping.set()


async def _prune(bot: BotContext, retention: RetentionService) -> None:
    pruned = await bot.threads.slow(retention.prune)
    if pruned.is_foreign:
        _log.warning("the stored files belong to another database, so none was deleted; omokage prune says more")
    if pruned.jobs or pruned.faces or pruned.orphans:
        _log.info(
            "deleted what is no longer kept: %d jobs, %d faces, %d files with %s",
            pruned.jobs,
            pruned.faces,
            pruned.orphans,
            size_text(pruned.bytes),
        )
