"""What is offered while a person's name is being typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.ui.autocomplete import empty_on_error, matching_choices
from bot.ui.permissions import guild_id_of, moderators_only

if TYPE_CHECKING:
    from bot.context import Interaction
    from core.domain.people import Person


@empty_on_error
@moderators_only
async def all_people(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Offer everybody whom the guild has named."""
    return matching_choices(((person.name, person.name) for person in await _people(interaction)), typed)


@empty_on_error
@moderators_only
async def people_without_objection(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Offer the guild's people who have not objected to changes of their face."""
    return await _choices(interaction, typed, objecting=False)


@empty_on_error
@moderators_only
async def objecting_people(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Offer the guild's people who objected to changes of their face."""
    return await _choices(interaction, typed, objecting=True)


async def _choices(interaction: Interaction, typed: str, *, objecting: bool) -> list[app_commands.Choice[str]]:
    names = [person.name for person in await _people(interaction) if (person.objected_at is not None) is objecting]
    return matching_choices(((name, name) for name in names), typed)


async def _people(interaction: Interaction) -> list[Person]:
    bot = interaction.client
    return await bot.threads.quick(bot.services.people.list, guild_id_of(interaction))
