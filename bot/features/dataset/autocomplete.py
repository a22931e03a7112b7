"""What is offered while the name of a data set is being typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.ui.autocomplete import MAX_LABEL, empty_on_error, matching_choices
from bot.ui.i18n import Words, clip
from bot.ui.language import private_words
from bot.ui.permissions import guild_id_of
from core.domain.data.datasets import Dataset

if TYPE_CHECKING:
    from bot.context import Interaction


@empty_on_error
async def data_sets(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Offer the guild's data sets, newest first."""
    bot, words = interaction.client, await private_words(interaction)
    datasets = await bot.threads.quick(bot.services.datasets.list, guild_id_of(interaction))
    options = [(_dataset_label(words, dataset), clip(dataset.title, MAX_LABEL)) for dataset in datasets]
    return matching_choices(options, typed)


def _dataset_label(words: Words, dataset: Dataset) -> str:
    if not dataset.people:
        return words.say("data-unnamed-choice", data=dataset.title, pictures=dataset.pictures)
    return words.say("data-choice", data=dataset.title, people=dataset.people, pictures=dataset.pictures)
