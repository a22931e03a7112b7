"""The reply to jobs that show faces at another age."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import discord

from bot.delivery.building import job_words, picture_embeds, read_attachment
from bot.reply import Reply
from core.domain.ageing import AgeResult
from core.domain.jobs import Job

if TYPE_CHECKING:
    from bot.context import BotContext

COLOUR = 0x4477AA


class AgeAnswerer:
    """Builds the reply from the job's row, so that any process can post it, at any time."""

    async def answer(self, bot: BotContext, job: Job) -> Reply:
        """Build the whole message.

        Raises:
            OmokageError: PHOTO_GONE, a picture is not there any more.
        """
        words = await job_words(bot, job)
        files = [await read_attachment(bot, name, blob, words.say("age-alt")) for name, blob in _files(job)]
        return replace(await self.redraw(bot, job), attachments=tuple(files))

    async def redraw(self, bot: BotContext, job: Job) -> Reply:
        """Build the message without the pictures, which stay."""
        words = await job_words(bot, job)
        embed = discord.Embed(colour=COLOUR).set_footer(text=words.say("age-footer"))
        first, *more = picture_embeds(embed, [name for name, _ in _files(job)])
        return Reply(embed=first, more=tuple(more))


def _files(job: Job) -> list[tuple[str, str]]:
    """List the pictures: file name, blob."""
    result = AgeResult.from_json(job.result or {})
    files = ((result.picture_name, result.picture), (result.film_name, result.film), ("photo.jpg", result.choice))
    return [(name, blob) for name, blob in files if name is not None and blob is not None]
