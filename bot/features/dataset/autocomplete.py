"""What is offered while the name of a data set is being typed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from discord import app_commands

from bot.errors import empty_on_error
from bot.ui.i18n import Words, clip
from bot.ui.language import private_words
from bot.ui.permissions import guild_id_of
from core.domain.data.datasets import Dataset

if TYPE_CHECKING:
    from bot.context import Interaction

_CHOICES = 25  # Discord's limit

_NAME = 100  # Discord's, for the name of a choice


@empty_on_error
async def data_sets(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """The guild's data sets, newest first."""
    bot, words = interaction.client, await private_words(interaction)
    known = await bot.threads.quick(bot.services.datasets.list, guild_id_of(interaction))
    return _fitting(((_data_choice(words, one), one.title) for one in known), typed)


def _fitting(offers: Iterable[tuple[str, str]], typed: str) -> list[app_commands.Choice[str]]:
    fitting = [(name, value) for name, value in offers if typed.lower() in name.lower()]
    return [app_commands.Choice(name=clip(name, _NAME), value=clip(value, _NAME)) for name, value in fitting[:_CHOICES]]


def _data_choice(words: Words, dataset: Dataset) -> str:
    if not dataset.people:
        return words.say("data-unnamed-choice", data=dataset.title, pictures=dataset.pictures)
    return words.say("data-choice", data=dataset.title, people=dataset.people, pictures=dataset.pictures)
