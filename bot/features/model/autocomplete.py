"""What is offered while the number of a version is being typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.features.model.options import parse_kind
from bot.features.model.texts import version_label
from bot.ui.autocomplete import empty_on_error, matching_choices
from bot.ui.language import private_words
from bot.ui.permissions import guild_id_of

if TYPE_CHECKING:
    from bot.context import Interaction


@empty_on_error
async def versions(interaction: Interaction, typed: str) -> list[app_commands.Choice[int]]:
    """Offer the guild's versions of the kind that is chosen, newest first."""
    bot, words = interaction.client, await private_words(interaction)
    kind = parse_kind(getattr(interaction.namespace, "kind", None))
    listed = await bot.threads.quick(bot.services.registry.list, guild_id_of(interaction), kind)
    return matching_choices(((version_label(words, version), version.number) for version in listed), typed)
