"""Find what was lost: jobs of dead workers, messages of a restarted broker, photos of a dead bot."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.context import BotClient

_log = logging.getLogger(__name__)
_EVERY_S = 2.0  # a fifth of a lease: a dead worker's job goes on within twelve seconds
_RESUME_EVERY = 15  # rounds; a photo that nobody stores is rare, and looked for every half minute


async def sweep(bot: BotClient) -> None:
    """Go on until the bot ends; several bots may do so at once."""
    rounds = 0
    while True:
        recovery = await bot.threads.slow(bot.services.jobs.recovery.recover)
        if recovery.failed or recovery.cancelled:
            bot.relay.wake()
        for word, ids in (("given back", recovery.requeued), ("given up", recovery.failed)):
            if ids:
                _log.warning("jobs of workers that died were %s: %s", word, ", ".join(map(str, ids)))
        rounds += 1
        if rounds % _RESUME_EVERY == 0:
            await bot.intake.resume()
        await asyncio.sleep(_EVERY_S)
