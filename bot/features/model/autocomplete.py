"""What is offered while the number of a version is being typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.errors import offering
from bot.features.model.options import parse_kind
from bot.features.model.texts import choice_of
from bot.ui.language import private
from bot.ui.permissions import guild_of

if TYPE_CHECKING:
    from bot.context import Interaction

_CHOICES = 25  # Discord's limit


@offering
async def versions(interaction: Interaction, typed: str) -> list[app_commands.Choice[int]]:
    """The guild's versions of the kind that is chosen, newest first."""
    bot, words = interaction.client, await private(interaction)
    kind = parse_kind(getattr(interaction.namespace, "kind", None))
    known = await bot.threads.quick(bot.services.registry.list, guild_of(interaction), kind)
    offers = [(choice_of(words, one), one.number) for one in known]
    fitting = [app_commands.Choice(name=name, value=value) for name, value in offers if typed.lower() in name.lower()]
    return fitting[:_CHOICES]
