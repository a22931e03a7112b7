"""The reply to an evaluate job: a version's report."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.delivery.building import job_words, picture_embeds, read_attachment
from bot.features.model.texts import embedder_text, report_embed
from bot.features.model.views import version_view
from bot.reply import Reply
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import Job
from core.domain.registry.evaluation import EvaluationReport

if TYPE_CHECKING:
    from bot.context import BotContext

_PICTURES = (("confusion.png", "report-confusion-alt"), ("reliability.png", "report-reliability-alt"))


class EvaluateAnswerer:
    """Builds the reply from the job's row, so that any process can post it, at any time."""

    async def answer(self, bot: BotContext, job: Job) -> Reply:
        """Build the whole message.

        Raises:
            OmokageError: UNKNOWN_VERSION, with a reason: the version has no report; PHOTO_GONE, a picture is gone;
                NOT_ALLOWED, somebody whom the report names has objected since.
        """
        bare, words = await self.redraw(bot, job), await job_words(bot, job)
        pictures = [await read_attachment(bot, name, blob, words.say(alt)) for name, alt, blob in _pictures(job)]
        return replace(bare, attachments=tuple(pictures))

    async def redraw(self, bot: BotContext, job: Job) -> Reply:
        """Build the message without the pictures, which stay."""
        words, report = await job_words(bot, job), _report(job)
        version_id, guild_id = int(str(job.params["version_id"])), job.origin.guild_id
        version = await bot.threads.quick(bot.services.registry.get, version_id, guild_id)
        objecting = await bot.threads.quick(bot.services.people.objecting, guild_id)
        ids = dict(version.classes)
        if any(objecting.include(ids.get(name), name) for name in report.names):  # and so in the pictures
            raise OmokageError(ErrorCode.NOT_ALLOWED, reason="named-objector")
        embed = report_embed(words, version.label, report)
        embed.add_field(name=words.say("model-embedder"), value=embedder_text(words, version))
        embed.set_footer(text=words.say("report-footer", job=str(job.id)))
        first, *more = picture_embeds(embed, [name for name, _, _ in _pictures(job)])
        return Reply(embed=first, more=tuple(more), view=version_view(words, version, promotable=True))


def _report(job: Job) -> EvaluationReport:
    report: Any = (job.result or {}).get("report")
    if not report:
        raise OmokageError(ErrorCode.UNKNOWN_VERSION, reason="no-report")
    return EvaluationReport.from_json(report)


def _pictures(job: Job) -> list[tuple[str, str, str]]:
    """List the pictures of a report: file name, the key of the description, blob."""
    blobs: Any = (job.result or {}).get("pictures") or ()
    return [(name, alt, str(blob)) for (name, alt), blob in zip(_PICTURES, blobs, strict=False)]
