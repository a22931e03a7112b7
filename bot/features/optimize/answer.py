"""What is posted for an optimize job."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.delivery.reply import Attachment, Reply
from bot.features.optimize.requests import request_of, result_of
from bot.features.optimize.texts import PICTURE, SHEET, alt_text, optimized_embed
from bot.features.optimize.views import optimized_view
from bot.intake.face_choice import choice_reply, choice_reply_without_photo
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import Job
from core.domain.optimisation import Optimized

if TYPE_CHECKING:
    from bot.context import BotContext
    from bot.ui.i18n import Words


class OptimizedAnswerer:
    """Builds the message from the job's row, so that it can be posted at any time, by any process."""

    async def answer(self, bot: BotContext, job: Job) -> Reply:
        """The whole message: the very file that was judged, to download, and the sheet in the frame.

        Raises:
            OmokageError: PHOTO_GONE, a picture is not there any more.
        """
        words, made = await _words(bot, job), result_of(job)
        if made.choice is not None:
            return await choice_reply(bot, words, job, made.choice)
        files = [await _attachment(bot, words, made, name, blob) for name, blob in _files(made)]
        return replace(await self.redraw(bot, job), attachments=tuple(files))

    async def redraw(self, bot: BotContext, job: Job) -> Reply:
        """The same without the pictures, which stay."""
        words, made = await _words(bot, job), result_of(job)
        if made.choice is not None:
            return choice_reply_without_photo(words, job, made.choice)
        asked = request_of(job)
        embed = optimized_embed(words, job, asked, made).set_image(url=f"attachment://{SHEET}")
        return Reply(embed=embed, view=optimized_view(words, job, asked, made))


def _files(made: Optimized) -> list[tuple[str, str]]:
    """Names and blobs; the picture first, so that "Who is this?" in the message's menu is about it."""
    if made.picture is None or made.sheet is None:
        raise OmokageError(ErrorCode.PHOTO_GONE)
    return [(PICTURE, made.picture), (SHEET, made.sheet)]


async def _attachment(bot: BotContext, words: Words, made: Optimized, name: str, blob: str) -> Attachment:
    data = await bot.threads.slow(bot.services.blobs.get, blob)
    return Attachment(name, data, alt_text(words, made, name))


async def _words(bot: BotContext, job: Job) -> Words:
    return await bot.guild_settings.public_words(job.origin.guild_id, job.origin.locale)
