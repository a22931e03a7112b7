"""The reply to a snapshot job: the data set that was made of the named faces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord

from bot.delivery.building import job_words
from bot.features.dataset.texts import preflight_lines
from bot.features.train.views import start_view
from bot.reply import Reply
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import Job

if TYPE_CHECKING:
    from bot.context import BotContext

_COLOUR = 0x4477AA


class SnapshotAnswerer:
    """Builds the reply from the job's row, so that any process can post it, at any time."""

    async def answer(self, bot: BotContext, job: Job) -> Reply:
        """Say what is in the data set, with a button that trains on it where that is possible.

        Raises:
            OmokageError: UNKNOWN_DATASET.
        """
        dataset_id: Any = (job.result or {}).get("dataset_id")
        if dataset_id is None:
            raise OmokageError(ErrorCode.UNKNOWN_DATASET)
        dataset = await bot.threads.quick(bot.services.datasets.get, int(dataset_id), job.origin.guild_id)
        words = await job_words(bot, job)
        preflight = bot.services.datasets.preflight(dataset)
        objecting = await bot.threads.quick(bot.services.people.objecting, job.origin.guild_id)
        title = words.say("snapshot-title", data=dataset.title)
        text = preflight_lines(words, dataset, preflight, objecting)
        embed = discord.Embed(colour=_COLOUR, title=title, description=text)
        embed.set_footer(text=words.say("snapshot-footer", job=str(job.id)))
        return Reply(embed=embed, view=start_view(words, dataset) if preflight.is_fit else None)

    async def redraw(self, bot: BotContext, job: Job) -> Reply:
        """Build the whole message: there is no picture."""
        return await self.answer(bot, job)
