"""The reply to contributed photos: what was kept, what was left out and why, and how it goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import discord
from discord.utils import escape_markdown

from bot.delivery.building import job_words
from bot.reply import Reply
from core.domain.errors import ErrorCode, OmokageError
from core.domain.teaching import LeftOut, TeachRequest, TeachResult

if TYPE_CHECKING:
    from bot.context import BotContext
    from bot.ui.i18n import Words
    from core.domain.jobs import Job

_COLOUR = 0x228833
_LEFT_OUT = {
    LeftOut.UNREADABLE: "teach-left-out-unreadable",
    LeftOut.NO_FACE: "teach-left-out-no-face",
    LeftOut.SMALL: "teach-left-out-small",
    LeftOut.BLURRED: "teach-left-out-blurred",
    LeftOut.PROFILE: "teach-left-out-profile",
    LeftOut.REPEATED: "teach-left-out-repeated",
}


class TeachAnswerer:
    """Builds the reply from the job's row, so that any process can post it, at any time."""

    async def answer(self, bot: BotContext, job: Job) -> Reply:
        """Build the whole message.

        Raises:
            OmokageError: PHOTO_GONE, the job has no result.
        """
        return await self.redraw(bot, job)

    async def redraw(self, bot: BotContext, job: Job) -> Reply:
        """Build the same message."""
        if job.result is None:
            raise OmokageError(ErrorCode.PHOTO_GONE)
        words = await job_words(bot, job)
        result, request = TeachResult.from_json(job.result), TeachRequest.from_json(job.params)
        embed = discord.Embed(colour=_COLOUR, title=words.say("teach-done-title", faces=len(result.crops)))
        objecting = await bot.threads.quick(bot.services.people.objecting, job.origin.guild_id)
        if request.name is not None and objecting.include(None, request.name):
            request = replace(request, name=None)
        embed.description = "\n".join(_lines(words, request, result))
        return Reply(embed=embed.set_footer(text=words.say("teach-footer", job=str(job.id))))


def _lines(words: Words, request: TeachRequest, result: TeachResult) -> list[str]:
    lines = [words.say("teach-kept", photos=result.photos)] if result.crops else []
    for reason, count in result.left_out.items():
        lines.append(words.say(_LEFT_OUT[reason], count=count))
    if request.name is not None and result.alone:
        name = escape_markdown(request.name)
        lines.append(words.say("teach-proposal", name=name, faces=len(result.alone)))
    if result.crops:
        lines.append(words.say("teach-next"))
    return lines
