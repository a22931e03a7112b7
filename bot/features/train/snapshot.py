"""What is posted for a snapshot job: the named faces are a data set now."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import discord

from bot.delivery.answers import Answer
from bot.errors import guarded
from bot.features.train.begin import Wanted, begin
from bot.features.train.texts import preflight_lines
from bot.intake.lookup import ID, id_in
from bot.ui.i18n import Words
from bot.ui.permissions import guild_of, require_moderator
from core.domain.data.datasets import Dataset
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import Job
from core.domain.training.runs import RunKind

if TYPE_CHECKING:
    from bot.context import BotContext, Interaction

_COLOUR = 0x4477AA


class BeginButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"train:begin:(?P<data>{ID})"):
    """Starts a training on a data set, with the recipe that is ready in seconds."""

    def __init__(self, button: discord.ui.Button[Any], dataset_id: int) -> None:
        super().__init__(button)
        self.dataset_id = dataset_id

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> BeginButton:
        """As it comes back from Discord, also after a restart."""
        return cls(item, id_in(match["data"]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Start."""
        require_moderator(interaction)
        bot = interaction.client
        dataset = await bot.threads.quick(bot.services.datasets.get, self.dataset_id, guild_of(interaction))
        await begin(interaction, Wanted(RunKind.RECOGNISER, None, dataset.title, 0, {}, 0))


class SnapshotAnswerer:
    """Builds the message from the job's row, so that it can be posted at any time, by any process."""

    async def answer(self, bot: BotContext, job: Job) -> Answer:
        """What is in the data set, and the way on, if there is one.

        Raises:
            OmokageError: UNKNOWN_DATASET.
        """
        dataset_id: Any = (job.result or {}).get("dataset_id")
        if dataset_id is None:
            raise OmokageError(ErrorCode.UNKNOWN_DATASET)
        dataset = await bot.threads.quick(bot.services.datasets.get, int(dataset_id), job.origin.guild_id)
        words = await bot.guild_settings.public(job.origin.guild_id, job.origin.locale)
        found = bot.services.datasets.preflight(dataset)
        title, text = words.say("snapshot-title", data=dataset.title), preflight_lines(words, dataset, found)
        embed = discord.Embed(colour=_COLOUR, title=title, description=text)
        embed.set_footer(text=words.say("snapshot-footer", job=str(job.id)))
        return Answer(embed=embed, view=_view(words, dataset) if found.is_fit else None)

    async def redraw(self, bot: BotContext, job: Job) -> Answer:
        """The same: there is no picture."""
        return await self.answer(bot, job)


def _view(words: Words, dataset: Dataset) -> discord.ui.View:
    label, custom_id = words.say("snapshot-button"), f"train:begin:{dataset.id}"
    button = discord.ui.Button[Any](label=label, custom_id=custom_id, style=discord.ButtonStyle.success)
    view = discord.ui.View(timeout=None)
    view.add_item(BeginButton(button, dataset.id))
    return view
