"""/dataset: everybody may list, moderators curate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.features.dataset.autocomplete import data_sets
from bot.features.dataset.lookup import find_dataset
from bot.features.dataset.texts import list_embed
from bot.ui.groups import guild_group
from bot.ui.i18n import localised
from bot.ui.language import private_words
from bot.ui.permissions import guild_id_of, moderators_only
from core.domain.jobs import JSON, JobKind

if TYPE_CHECKING:
    from bot.context import Interaction

dataset = guild_group("dataset-name", "dataset-description")


@dataset.command(name=localised("dataset-list-name"), description=localised("dataset-list-description"))
async def dataset_list(interaction: Interaction) -> None:
    """List the guild's data sets."""
    bot, words = interaction.client, await private_words(interaction)
    datasets = await bot.threads.quick(bot.services.datasets.list, guild_id_of(interaction))
    if not datasets:
        await interaction.response.send_message(words.say("dataset-list-none"), ephemeral=True)
        return
    await interaction.response.send_message(embed=list_embed(words, datasets), ephemeral=True)


@dataset.command(name=localised("dataset-curate-name"), description=localised("dataset-curate-description"))
@app_commands.rename(data=localised("dataset-data-name"))
@app_commands.describe(data=localised("dataset-data-description"))
@app_commands.autocomplete(data=data_sets)
@moderators_only
async def curate(interaction: Interaction, data: str | None = None) -> None:
    """Request a curation: a job, since a worker reads the pictures."""
    chosen = await find_dataset(interaction.client, guild_id_of(interaction), data)
    params: dict[str, JSON] = {"dataset_id": chosen.id, "title": chosen.title}
    await interaction.client.intake.request_job(interaction, JobKind.CURATE, params)
