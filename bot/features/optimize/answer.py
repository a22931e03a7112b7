"""The reply to an optimize job."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.delivery.building import job_words, read_attachment
from bot.features.optimize.requests import request_of, result_of
from bot.features.optimize.texts import PICTURE, SHEET, alt_text, optimized_embed
from bot.features.optimize.views import optimized_view
from bot.intake.face_choice import choice_reply, choice_reply_without_photo
from bot.reply import Reply
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import Job
from core.domain.objections import optimised_without
from core.domain.optimisation import OptimizeResult

if TYPE_CHECKING:
    from bot.context import BotContext


class OptimizedAnswerer:
    """Builds the reply from the job's row, so that any process can post it, at any time."""

    async def answer(self, bot: BotContext, job: Job) -> Reply:
        """Build the whole message: the very file that was judged, to download, and the sheet in the frame.

        Raises:
            OmokageError: PHOTO_GONE, a picture is not there any more; NOT_ALLOWED, the target has objected since.
        """
        words, optimized = await job_words(bot, job), await _result_to_show(bot, job)
        if optimized.choice is not None:
            return await choice_reply(bot, words, job, optimized.choice)
        files = [
            await read_attachment(bot, name, blob, alt_text(words, optimized, name)) for name, blob in _files(optimized)
        ]
        return replace(await self.redraw(bot, job), attachments=tuple(files))

    async def redraw(self, bot: BotContext, job: Job) -> Reply:
        """Build the message without the pictures, which stay."""
        words, optimized = await job_words(bot, job), await _result_to_show(bot, job)
        if optimized.choice is not None:
            return choice_reply_without_photo(words, job, optimized.choice)
        request = request_of(job)
        embed = optimized_embed(words, job, request, optimized).set_image(url=f"attachment://{SHEET}")
        return Reply(embed=embed, view=optimized_view(words, job, request, optimized))


async def _result_to_show(bot: BotContext, job: Job) -> OptimizeResult:
    """Return the result, naming nobody who has objected since; refuse one whose target has."""
    optimized, request = result_of(job), request_of(job)
    objecting = await bot.threads.quick(bot.services.people.objecting, job.origin.guild_id)
    if objecting.include(request.person_id, optimized.target):
        raise OmokageError(ErrorCode.NOT_ALLOWED, reason="named-objector")
    return optimised_without(optimized, objecting)


def _files(optimized: OptimizeResult) -> list[tuple[str, str]]:
    """List file names and blobs; the picture first, so that "Who is this?" in the message's menu is about it."""
    if optimized.picture is None or optimized.sheet is None:
        raise OmokageError(ErrorCode.PHOTO_GONE)
    return [(PICTURE, optimized.picture), (SHEET, optimized.sheet)]
