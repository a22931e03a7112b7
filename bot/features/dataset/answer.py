"""What is posted for a curate job: what was found, or the data set that was made of it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import discord

from bot.delivery.answers import Answer, Attachment
from bot.errors import guarded
from bot.features.dataset.texts import DROPPED, KEPT, curation_embed
from bot.features.train.texts import preflight_lines
from bot.intake.lookup import ID, id_in, job_of
from bot.ui.i18n import Words
from bot.ui.permissions import require_moderator
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import Job, JobKind
from core.domain.training.runs import RunKind

if TYPE_CHECKING:
    from bot.context import BotContext, Interaction

_COLOUR = 0x4477AA
_SHEETS = (("dropped_sheet", DROPPED, "dataset-dropped-alt"), ("kept_sheet", KEPT, "dataset-kept-alt"))


class KeptButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"dataset:kept:(?P<job>{ID})"):
    """Makes a data set of what a curation keeps."""

    def __init__(self, button: discord.ui.Button[Any], job_id: int) -> None:
        super().__init__(button)
        self.job_id = job_id

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> KeptButton:
        """As it comes back from Discord, also after a restart."""
        return cls(item, id_in(match["job"]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """A job of its own, since a worker copies the pictures."""
        require_moderator(interaction)
        job = await job_of(interaction, self.job_id, JobKind.CURATE)
        report = (job.result or {}).get("report")
        if report is None:
            raise OmokageError(ErrorCode.UNKNOWN_JOB)
        params = {"dataset_id": job.params["dataset_id"], "title": job.params["title"], "report": report}
        await interaction.client.intake.ask(interaction, JobKind.CURATE, params)


class CurateAnswerer:
    """Builds the message from the job's row, so that it can be posted at any time, by any process."""

    async def answer(self, bot: BotContext, job: Job) -> Answer:
        """The whole message.

        Raises:
            OmokageError: UNKNOWN_DATASET; PHOTO_GONE, a sheet is gone.
        """
        bare, words = await self.redraw(bot, job), await _words(bot, job)
        sheets = [await _attachment(bot, words, name, alt, blob) for blob, name, alt in _sheets(job)]
        return replace(bare, attachments=tuple(sheets))

    async def redraw(self, bot: BotContext, job: Job) -> Answer:
        """The same without the pictures, which stay."""
        words, said = await _words(bot, job), job.result or {}
        made: Any = said.get("made")
        if made is not None:
            return await _made(bot, words, job, int(made))
        embed = curation_embed(words, str(job.params.get("title", "")), said, job.id)
        frames = [embed, *(discord.Embed(colour=embed.colour) for _ in _sheets(job)[1:])]
        for frame, (_, name, _) in zip(frames, _sheets(job), strict=False):
            frame.set_image(url=f"attachment://{name}")
        return Answer(embed=embed, more=tuple(frames[1:]), view=_view(words, job) if said.get("kept") else None)


async def _made(bot: BotContext, words: Words, job: Job, dataset_id: int) -> Answer:
    dataset = await bot.threads.quick(bot.services.datasets.get, dataset_id, job.origin.guild_id)
    kind = RunKind.RECOGNISER if dataset.people else RunKind.DCGAN
    found = bot.services.datasets.preflight(dataset, kind=kind)
    title, text = words.say("dataset-made-title", data=dataset.title), preflight_lines(words, dataset, found)
    embed = discord.Embed(colour=_COLOUR, title=title, description=f"{text}\n{words.say('dataset-made-next')}")
    embed.set_footer(text=words.say("dataset-made-footer", job=str(job.id)))
    return Answer(embed=embed)


def _view(words: Words, job: Job) -> discord.ui.View:
    label, custom_id = words.say("dataset-kept-button"), f"dataset:kept:{job.id}"
    button = discord.ui.Button[Any](label=label, custom_id=custom_id, style=discord.ButtonStyle.success)
    view = discord.ui.View(timeout=None)
    view.add_item(KeptButton(button, job.id))
    return view


def _sheets(job: Job) -> list[tuple[str, str, str]]:
    """Blob, file name, and what to say of it to those who cannot see it."""
    said = job.result or {}
    return [(str(said[key]), name, alt) for key, name, alt in _SHEETS if key in said]


async def _attachment(bot: BotContext, words: Words, name: str, alt: str, blob: str) -> Attachment:
    data = await bot.threads.slow(bot.services.blobs.get, blob)
    return Attachment(name, data, words.say(alt))


async def _words(bot: BotContext, job: Job) -> Words:
    return await bot.guild_settings.public(job.origin.guild_id, job.origin.locale)
