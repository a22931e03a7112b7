"""What is offered while the name of a model that draws is being typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.ui.autocomplete import empty_on_error, model_choices
from bot.ui.permissions import guild_id_of
from core.services.generation.generator_lookup import list_models

if TYPE_CHECKING:
    from bot.context import Interaction


@empty_on_error
async def generators(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Offer the models that can draw here: those that were promoted first, those that come with the product last."""
    bot = interaction.client
    models = await bot.threads.quick(list_models, bot.services.registry, guild_id_of(interaction))
    return model_choices(models, typed)
