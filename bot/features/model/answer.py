"""What is posted for an evaluate job."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import discord

from bot.delivery.reply import Attachment, Reply
from bot.features.model.texts import report_embed
from bot.features.model.views import version_view
from bot.ui.i18n import Words
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import Job
from core.domain.registry.evaluation import EvaluationReport

if TYPE_CHECKING:
    from bot.context import BotContext

_PICTURES = (("confusion.png", "report-confusion-alt"), ("reliability.png", "report-reliability-alt"))


class EvaluateAnswerer:
    """Builds the message from the job's row, so that it can be posted at any time, by any process."""

    async def answer(self, bot: BotContext, job: Job) -> Reply:
        """The whole message.

        Raises:
            OmokageError: UNKNOWN_VERSION, with a reason: the version has no report; PHOTO_GONE, a picture is gone.
        """
        bare, words = await self.redraw(bot, job), await self._words(bot, job)
        pictures = [await _attachment(bot, words, name, alt, blob) for name, alt, blob in _pictures(job)]
        return replace(bare, attachments=tuple(pictures))

    async def redraw(self, bot: BotContext, job: Job) -> Reply:
        """The same without the pictures, which stay."""
        words, report = await self._words(bot, job), _report(job)
        version_id, guild_id = int(str(job.params["version_id"])), job.origin.guild_id
        version = await bot.threads.quick(bot.services.registry.get, version_id, guild_id)
        embed = report_embed(words, version.label, report)
        embed.set_footer(text=words.say("report-footer", job=str(job.id)))
        frames = [embed, *(discord.Embed(colour=embed.colour) for _ in _pictures(job)[1:])]
        for frame, (name, _, _) in zip(frames, _pictures(job), strict=False):
            frame.set_image(url=f"attachment://{name}")
        return Reply(embed=embed, more=tuple(frames[1:]), view=version_view(words, version, promotable=True))

    async def _words(self, bot: BotContext, job: Job) -> Words:
        return await bot.guild_settings.public_words(job.origin.guild_id, job.origin.locale)


def _report(job: Job) -> EvaluationReport:
    report: Any = (job.result or {}).get("report")
    if not report:
        raise OmokageError(ErrorCode.UNKNOWN_VERSION, reason="no-report")
    return EvaluationReport.from_json(report)


def _pictures(job: Job) -> list[tuple[str, str, str]]:
    """Name, what to say of it to those who cannot see it, blob."""
    blobs: Any = (job.result or {}).get("pictures") or ()
    return [(name, alt, str(blob)) for (name, alt), blob in zip(_PICTURES, blobs, strict=False)]


async def _attachment(bot: BotContext, words: Words, name: str, alt: str, blob: str) -> Attachment:
    data = await bot.threads.slow(bot.services.blobs.get, blob)
    return Attachment(name, data, words.say(alt))
