"""The reply to jobs that draw faces."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.delivery.building import job_words, picture_embeds, read_attachment
from bot.features.generate.requests import result_of
from bot.features.generate.texts import PICTURE, alt_text, drawn_embed
from bot.features.generate.views import drawn_view
from bot.intake.face_choice import choice_reply, choice_reply_without_photo
from bot.reply import Reply
from core.domain.generation import GenerationResult
from core.domain.jobs import Job

if TYPE_CHECKING:
    from bot.context import BotContext
    from bot.ui.i18n import Words


class DrawnAnswerer:
    """Builds the reply from the job's row, so that any process can post it, at any time."""

    async def answer(self, bot: BotContext, job: Job) -> Reply:
        """Build the whole message: the film above the strip that it was made from.

        Raises:
            OmokageError: PHOTO_GONE, a picture is not there any more.
        """
        words, drawn = await job_words(bot, job), result_of(job)
        if drawn.choice is not None:
            return await choice_reply(bot, words, job, drawn.choice)
        bare = await self.redraw(bot, job)
        files = [await read_attachment(bot, name, blob, alt) for name, blob, alt in _files(words, job, drawn)]
        return replace(bare, attachments=tuple(files))

    async def redraw(self, bot: BotContext, job: Job) -> Reply:
        """Build the message without the pictures, which stay."""
        words, drawn = await job_words(bot, job), result_of(job)
        if drawn.choice is not None:
            return choice_reply_without_photo(words, job, drawn.choice)
        embed = drawn_embed(words, job, drawn)
        first, *more = picture_embeds(embed, [name for name, _, _ in _files(words, job, drawn)])
        return Reply(embed=first, more=tuple(more), view=drawn_view(words, job, drawn))


def _files(words: Words, job: Job, drawn: GenerationResult) -> list[tuple[str, str, str]]:
    """List the pictures: file name, blob, description."""
    film = (drawn.film_name or "film.webp", drawn.film, words.say("draw-film-alt"))
    picture = (PICTURE, drawn.picture, alt_text(words, job, drawn))
    return [(name, blob, alt) for name, blob, alt in (film, picture) if blob is not None]
