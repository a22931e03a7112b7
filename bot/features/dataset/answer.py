"""What is posted for a curate job: what was found, or the data set that was made of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import discord

from bot.delivery.reply import Attachment, Reply
from bot.features.dataset.texts import DROPPED, KEPT, curation_embed, preflight_lines
from bot.features.dataset.views import _view
from bot.ui.i18n import Words
from core.domain.jobs import Job
from core.domain.training.runs import RunKind

if TYPE_CHECKING:
    from bot.context import BotContext

_COLOUR = 0x4477AA
_SHEETS = (("dropped_sheet", DROPPED, "dataset-dropped-alt"), ("kept_sheet", KEPT, "dataset-kept-alt"))


class CurateAnswerer:
    """Builds the message from the job's row, so that it can be posted at any time, by any process."""

    async def answer(self, bot: BotContext, job: Job) -> Reply:
        """The whole message.

        Raises:
            OmokageError: UNKNOWN_DATASET; PHOTO_GONE, a sheet is gone.
        """
        bare, words = await self.redraw(bot, job), await _words(bot, job)
        sheets = [await _attachment(bot, words, name, alt, blob) for blob, name, alt in _sheets(job)]
        return replace(bare, attachments=tuple(sheets))

    async def redraw(self, bot: BotContext, job: Job) -> Reply:
        """The same without the pictures, which stay."""
        words, said = await _words(bot, job), job.result or {}
        made: Any = said.get("made")
        if made is not None:
            return await _made(bot, words, job, int(made))
        embed = curation_embed(words, str(job.params.get("title", "")), said, job.id)
        frames = [embed, *(discord.Embed(colour=embed.colour) for _ in _sheets(job)[1:])]
        for frame, (_, name, _) in zip(frames, _sheets(job), strict=False):
            frame.set_image(url=f"attachment://{name}")
        return Reply(embed=embed, more=tuple(frames[1:]), view=_view(words, job) if said.get("kept") else None)


async def _made(bot: BotContext, words: Words, job: Job, dataset_id: int) -> Reply:
    dataset = await bot.threads.quick(bot.services.datasets.get, dataset_id, job.origin.guild_id)
    kind = RunKind.RECOGNISER if dataset.people else RunKind.DCGAN
    found = bot.services.datasets.preflight(dataset, kind=kind)
    title, text = words.say("dataset-made-title", data=dataset.title), preflight_lines(words, dataset, found)
    embed = discord.Embed(colour=_COLOUR, title=title, description=f"{text}\n{words.say('dataset-made-next')}")
    embed.set_footer(text=words.say("dataset-made-footer", job=str(job.id)))
    return Reply(embed=embed)


def _sheets(job: Job) -> list[tuple[str, str, str]]:
    """Blob, file name, and what to say of it to those who cannot see it."""
    said = job.result or {}
    return [(str(said[key]), name, alt) for key, name, alt in _SHEETS if key in said]


async def _attachment(bot: BotContext, words: Words, name: str, alt: str, blob: str) -> Attachment:
    data = await bot.threads.slow(bot.services.blobs.get, blob)
    return Attachment(name, data, words.say(alt))


async def _words(bot: BotContext, job: Job) -> Words:
    return await bot.guild_settings.public_words(job.origin.guild_id, job.origin.locale)
