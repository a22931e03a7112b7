"""The reply to a curate job: what is worth learning from, or the data set that was made of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import discord

from bot.delivery.building import job_words, picture_embeds, read_attachment
from bot.features.dataset.texts import DROPPED, KEPT, curation_embed, preflight_lines
from bot.features.dataset.views import keep_view
from bot.reply import Reply
from bot.ui.i18n import Words
from core.domain.jobs import Job
from core.domain.training.runs import RunKind

if TYPE_CHECKING:
    from bot.context import BotContext

_COLOUR = 0x4477AA
_SHEETS = (("dropped_sheet", DROPPED, "dataset-dropped-alt"), ("kept_sheet", KEPT, "dataset-kept-alt"))


class CurateAnswerer:
    """Builds the reply from the job's row, so that any process can post it, at any time."""

    async def answer(self, bot: BotContext, job: Job) -> Reply:
        """Build the whole message.

        Raises:
            OmokageError: UNKNOWN_DATASET; PHOTO_GONE, a sheet is gone.
        """
        bare, words = await self.redraw(bot, job), await job_words(bot, job)
        sheets = [await read_attachment(bot, name, blob, words.say(alt)) for blob, name, alt in _sheets(job)]
        return replace(bare, attachments=tuple(sheets))

    async def redraw(self, bot: BotContext, job: Job) -> Reply:
        """Build the message without the pictures, which stay."""
        words, result = await job_words(bot, job), job.result or {}
        new_dataset: Any = result.get("made")
        if new_dataset is not None:
            return await _new_dataset_reply(bot, words, job, int(new_dataset))
        embed = curation_embed(words, str(job.params.get("title", "")), result, job.id)
        first, *more = picture_embeds(embed, [name for _, name, _ in _sheets(job)])
        return Reply(embed=first, more=tuple(more), view=keep_view(words, job) if result.get("kept") else None)


async def _new_dataset_reply(bot: BotContext, words: Words, job: Job, dataset_id: int) -> Reply:
    dataset = await bot.threads.quick(bot.services.datasets.get, dataset_id, job.origin.guild_id)
    kind = RunKind.RECOGNISER if dataset.people else RunKind.DCGAN
    preflight = bot.services.datasets.preflight(dataset, kind=kind)
    objecting = await bot.threads.quick(bot.services.people.objecting, job.origin.guild_id)
    title = words.say("dataset-made-title", data=dataset.title)
    text = preflight_lines(words, dataset, preflight, objecting)
    embed = discord.Embed(colour=_COLOUR, title=title, description=f"{text}\n{words.say('dataset-made-next')}")
    embed.set_footer(text=words.say("dataset-made-footer", job=str(job.id)))
    return Reply(embed=embed)


def _sheets(job: Job) -> list[tuple[str, str, str]]:
    """List the pictures of a report: blob, file name, and the key of the description."""
    result = job.result or {}
    return [(str(result[key]), name, alt) for key, name, alt in _SHEETS if key in result]
