"""What is posted for a snapshot job: the named faces are a data set now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord

from bot.delivery.reply import Reply
from bot.features.dataset.texts import preflight_lines
from bot.features.train.views import _view
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import Job

if TYPE_CHECKING:
    from bot.context import BotContext

_COLOUR = 0x4477AA


class SnapshotAnswerer:
    """Builds the message from the job's row, so that it can be posted at any time, by any process."""

    async def answer(self, bot: BotContext, job: Job) -> Reply:
        """What is in the data set, and the way on, if there is one.

        Raises:
            OmokageError: UNKNOWN_DATASET.
        """
        dataset_id: Any = (job.result or {}).get("dataset_id")
        if dataset_id is None:
            raise OmokageError(ErrorCode.UNKNOWN_DATASET)
        dataset = await bot.threads.quick(bot.services.datasets.get, int(dataset_id), job.origin.guild_id)
        words = await bot.guild_settings.public_words(job.origin.guild_id, job.origin.locale)
        found = bot.services.datasets.preflight(dataset)
        title, text = words.say("snapshot-title", data=dataset.title), preflight_lines(words, dataset, found)
        embed = discord.Embed(colour=_COLOUR, title=title, description=text)
        embed.set_footer(text=words.say("snapshot-footer", job=str(job.id)))
        return Reply(embed=embed, view=_view(words, dataset) if found.is_fit else None)

    async def redraw(self, bot: BotContext, job: Job) -> Reply:
        """The same: there is no picture."""
        return await self.answer(bot, job)
