"""What is posted for jobs that draw faces."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import discord

from bot.delivery.reply import Attachment, Reply
from bot.features.generate.requests import result_of
from bot.features.generate.texts import PICTURE, alt_text, drawn_embed
from bot.features.generate.views import drawn_view
from bot.intake.face_choice import choice_reply, choice_reply_without_photo
from core.domain.generation import Drawn
from core.domain.jobs import Job

if TYPE_CHECKING:
    from bot.context import BotContext
    from bot.ui.i18n import Words


class DrawnAnswerer:
    """Builds the message from the job's row, so that it can be posted at any time, by any process."""

    async def answer(self, bot: BotContext, job: Job) -> Reply:
        """The whole message: the film above the strip that it was made from.

        Raises:
            OmokageError: PHOTO_GONE, a picture is not there any more.
        """
        words, drawn = await _words(bot, job), result_of(job)
        if drawn.choice is not None:
            return await choice_reply(bot, words, job, drawn.choice)
        bare = await self.redraw(bot, job)
        files = [await _attachment(bot, words, job, name, blob) for name, blob in _files(drawn)]
        return replace(bare, attachments=tuple(files))

    async def redraw(self, bot: BotContext, job: Job) -> Reply:
        """The same without the pictures, which stay."""
        words, drawn = await _words(bot, job), result_of(job)
        if drawn.choice is not None:
            return choice_reply_without_photo(words, job, drawn.choice)
        embed = drawn_embed(words, job, drawn)
        frames = [embed, *(discord.Embed(colour=embed.colour) for _ in _files(drawn)[1:])]
        for frame, (name, _) in zip(frames, _files(drawn), strict=False):
            frame.set_image(url=f"attachment://{name}")
        return Reply(embed=embed, more=tuple(frames[1:]), view=drawn_view(words, job, drawn))


def _files(drawn: Drawn) -> list[tuple[str, str]]:
    """Names and blobs."""
    named = ((drawn.film_name or "film.webp", drawn.film), (PICTURE, drawn.picture))
    return [(name, blob) for name, blob in named if blob is not None]


async def _attachment(bot: BotContext, words: Words, job: Job, name: str, blob: str) -> Attachment:
    data = await bot.threads.slow(bot.services.blobs.get, blob)
    alt = alt_text(words, job, result_of(job)) if name == PICTURE else words.say("draw-film-alt")
    return Attachment(name, data, alt)


async def _words(bot: BotContext, job: Job) -> Words:
    return await bot.guild_settings.public_words(job.origin.guild_id, job.origin.locale)
