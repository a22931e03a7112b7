"""What is offered while the name of a model that draws is being typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.errors import empty_on_error
from bot.ui.i18n import clip
from bot.ui.permissions import guild_id_of
from core.services.generation.generator_lookup import names_for

if TYPE_CHECKING:
    from bot.context import Interaction

_CHOICES = 25  # Discord's limit

_NAME = 100  # Discord's, for the name of a choice


@empty_on_error
async def models(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """What can draw here: what was promoted first, what comes with the product last."""
    bot = interaction.client
    known = await bot.threads.quick(names_for, bot.services.registry, guild_id_of(interaction))
    offers = [(f"✅ {one.label}" if one.is_serving else one.label, one.name) for one in known]
    fitting = [(label, name) for label, name in offers if typed.lower() in f"{label} {name}".lower()]
    return [app_commands.Choice(name=clip(label, _NAME), value=name) for label, name in fitting[:_CHOICES]]
