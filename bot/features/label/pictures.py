"""The pictures of cards: waited for, and drawn ahead while the member looks at another card."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from core.domain.errors import OmokageError

if TYPE_CHECKING:
    from bot.context import BotContext
    from core.domain.labelling.cards import ShownCard

_log = logging.getLogger(__name__)
_POLL_S = 0.02  # a worker draws a card in 30 ms, and asking the database takes one
_ahead: set[asyncio.Task[None]] = set()  # what nobody waits for must be kept by somebody


async def picture_of(bot: BotContext, guild_id: int, shown: ShownCard, patience_s: float) -> bytes | None:
    """Return a card's picture, drawn now if it is not yet; None: no worker has drawn it in this time.

    Raises:
        OmokageError: PHOTO_GONE, CARD_CLOSED.
    """
    name = shown.picture
    if name is None:
        await bot.threads.slow(bot.services.labelling_jobs.draw, guild_id, shown.id)
    end = time.monotonic() + patience_s
    while name is None:
        name = await bot.threads.quick(bot.services.labelling.picture, guild_id, shown.id)
        if name is None:
            if time.monotonic() > end:
                return None
            await asyncio.sleep(_POLL_S)
    return await bot.threads.slow(bot.services.blobs.get, name)


def draw_ahead(bot: BotContext, guild_id: int, member_id: int) -> None:
    """Choose the card after the one that the member looks at, and let a worker draw it; nobody waits for that."""
    task = asyncio.create_task(_draw_ahead(bot, guild_id, member_id), name=f"card-ahead-{member_id}")
    _ahead.add(task)
    task.add_done_callback(_ahead.discard)


async def _draw_ahead(bot: BotContext, guild_id: int, member_id: int) -> None:
    try:
        card_id = await bot.threads.quick(bot.services.labelling.prepare_card, guild_id, member_id)
        if card_id is not None:
            await bot.threads.slow(bot.services.labelling_jobs.draw, guild_id, card_id)
    except (OmokageError, SQLAlchemyError, OSError) as error:  # the next click draws it instead
        _log.warning("the next card of member %s was not drawn ahead (%s)", member_id, type(error).__name__)
