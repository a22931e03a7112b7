"""What is offered while the name of a target is being typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.errors import empty_on_error
from bot.ui.i18n import clip
from bot.ui.permissions import guild_id_of
from core.services.attack.targets import fitting, targets

if TYPE_CHECKING:
    from bot.context import Interaction

_NAME = 100  # Discord's, for the name and the value of a choice


@empty_on_error
async def people(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Whom the recogniser that serves here knows; nobody, where none does."""
    bot = interaction.client
    known = await bot.threads.quick(targets, bot.services.registry, bot.services.people, guild_id_of(interaction))
    return [app_commands.Choice(name=clip(one.name, _NAME), value=one.name[:_NAME]) for one in fitting(known, typed)]
