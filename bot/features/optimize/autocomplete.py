"""What is offered while the name of a target is being typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.ui.autocomplete import empty_on_error, person_choices
from bot.ui.permissions import guild_id_of
from core.services.attack.targets import list_targets

if TYPE_CHECKING:
    from bot.context import Interaction


@empty_on_error
async def target_names(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Offer the people whom the recogniser that serves here knows."""
    bot = interaction.client
    known_targets = await bot.threads.quick(
        list_targets, bot.services.registry, bot.services.people, guild_id_of(interaction)
    )
    ids = {target.person_id for target in known_targets}
    people = await bot.threads.quick(bot.services.people.list, guild_id_of(interaction))
    return person_choices([person for person in people if person.id in ids], typed)
