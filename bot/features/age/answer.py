"""The reply to a job that shows faces at another age."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.delivery.building import job_words, read_attachment
from bot.features.age.requests import has_picture, is_question, picture_count, request_of, result_of
from bot.features.age.texts import FILM, PICTURE, aged_embed, alt_text
from bot.features.age.views import aged_view, question_view
from bot.intake.face_choice import PHOTO, face_question, numbered_photo
from bot.reply import Reply
from core.domain.ageing import AgeResult
from core.domain.jobs import Job

if TYPE_CHECKING:
    from bot.context import BotContext


class AgeAnswerer:
    """Builds the reply from the job's row, so that any process can post it, at any time."""

    async def answer(self, bot: BotContext, job: Job) -> Reply:
        """Build the whole message: the photo in full size, what is known of its faces below it.

        Raises:
            OmokageError: PHOTO_GONE, a picture is not there any more.
        """
        words, request, result = await job_words(bot, job), request_of(job), result_of(job)
        alt = alt_text(words, request.output)
        files = [await read_attachment(bot, name, blob, alt) for name, blob in _files(result)]
        if result.choice is not None and (files or is_question(result)):
            files.append(await numbered_photo(bot, words, result.choice, len(result.faces)))
        return replace(await self.redraw(bot, job), attachments=tuple(files))

    async def redraw(self, bot: BotContext, job: Job) -> Reply:
        """Build the message without the pictures, which stay."""
        words, request, result = await job_words(bot, job), request_of(job), result_of(job)
        if is_question(result):
            return face_question(words, job, len(result.faces), question_view(words, job, request, result))
        embed = aged_embed(words, job, request, result)
        if result.choice is not None and has_picture(result):
            embed.set_thumbnail(url=f"attachment://{PHOTO}")
        pictures = picture_count(job)
        first_of = words.say("answer-first-of", pictures=pictures) if pictures > 1 else ""
        return Reply(first_of, embed=embed, view=aged_view(words, job, request, result))


def _files(result: AgeResult) -> list[tuple[str, str]]:
    """List file names and blobs of what was made; that is what "Who is this?" in the message's menu is about."""
    files = ((result.picture_name or PICTURE, result.picture), (result.film_name or FILM, result.film))
    return [(name, blob) for name, blob in files if blob is not None]
