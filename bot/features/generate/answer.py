"""What is posted for jobs that draw faces."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import discord

from bot.delivery.reply import Answer, Attachment
from bot.features.generate.requests import drawn_by
from bot.features.generate.texts import PICTURE, alt_of, drawn_embed
from bot.features.generate.views import drawn_view
from bot.intake.face_choice import bare_choice, choice_answer
from core.domain.generation import Drawn
from core.domain.jobs import Job

if TYPE_CHECKING:
    from bot.context import BotContext
    from bot.ui.i18n import Words


class DrawnAnswerer:
    """Builds the message from the job's row, so that it can be posted at any time, by any process."""

    async def answer(self, bot: BotContext, job: Job) -> Answer:
        """The whole message: the film above the strip that it was made from.

        Raises:
            OmokageError: PHOTO_GONE, a picture is not there any more.
        """
        words, drawn = await _words(bot, job), drawn_by(job)
        if drawn.choice is not None:
            return await choice_answer(bot, words, job, drawn.choice)
        bare = await self.redraw(bot, job)
        files = [await _attachment(bot, words, job, name, blob) for name, blob in _files(drawn)]
        return replace(bare, attachments=tuple(files))

    async def redraw(self, bot: BotContext, job: Job) -> Answer:
        """The same without the pictures, which stay."""
        words, drawn = await _words(bot, job), drawn_by(job)
        if drawn.choice is not None:
            return bare_choice(words, job, drawn.choice)
        embed = drawn_embed(words, job, drawn)
        frames = [embed, *(discord.Embed(colour=embed.colour) for _ in _files(drawn)[1:])]
        for frame, (name, _) in zip(frames, _files(drawn), strict=False):
            frame.set_image(url=f"attachment://{name}")
        return Answer(embed=embed, more=tuple(frames[1:]), view=drawn_view(words, job, drawn))


def _files(drawn: Drawn) -> list[tuple[str, str]]:
    """Names and blobs."""
    named = ((drawn.film_name or "film.webp", drawn.film), (PICTURE, drawn.picture))
    return [(name, blob) for name, blob in named if blob is not None]


async def _attachment(bot: BotContext, words: Words, job: Job, name: str, blob: str) -> Attachment:
    data = await bot.threads.slow(bot.services.blobs.get, blob)
    alt = alt_of(words, job, drawn_by(job)) if name == PICTURE else words.say("draw-film-alt")
    return Attachment(name, data, alt)


async def _words(bot: BotContext, job: Job) -> Words:
    return await bot.guild_settings.public(job.origin.guild_id, job.origin.locale)
