"""What is offered while the name of a target is being typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.ui.autocomplete import MAX_LABEL, empty_on_error
from bot.ui.i18n import clip
from bot.ui.permissions import guild_id_of
from core.services.attack.targets import complete_target, list_targets

if TYPE_CHECKING:
    from bot.context import Interaction


@empty_on_error
async def target_names(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Offer the people whom the recogniser that serves here knows."""
    bot = interaction.client
    known_targets = await bot.threads.quick(
        list_targets, bot.services.registry, bot.services.people, guild_id_of(interaction)
    )
    names = [target.name for target in complete_target(known_targets, typed)]
    return [app_commands.Choice(name=clip(name, MAX_LABEL), value=name[:MAX_LABEL]) for name in names]
