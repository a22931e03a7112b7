"""What is offered while a person's name is being typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.ui.autocomplete import empty_on_error, matching_choices, person_choices
from bot.ui.permissions import guild_id_of, moderators_only

if TYPE_CHECKING:
    from bot.context import Interaction
    from core.domain.people import Person


@empty_on_error
@moderators_only
async def all_people(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Offer everybody whom the guild has named."""
    return person_choices(await _people(interaction), typed)


@empty_on_error
@moderators_only
async def people_without_objection(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Offer the guild's people who have not objected to changes of their face."""
    return person_choices([person for person in await _people(interaction) if person.objected_at is None], typed)


@empty_on_error
@moderators_only
async def objecting_people(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Offer the guild's people who objected to changes of their face."""
    return person_choices([person for person in await _people(interaction) if person.objected_at is not None], typed)


@empty_on_error
@moderators_only
async def aliases(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Offer the aliases of the person whose name is already in the command."""
    name = getattr(interaction.namespace, "name", None) or ""
    bot = interaction.client
    person = await bot.threads.quick(bot.services.people_editor.get_by_name, guild_id_of(interaction), name)
    return matching_choices(((alias, alias) for alias in person.aliases), typed)


async def _people(interaction: Interaction) -> list[Person]:
    bot = interaction.client
    return await bot.threads.quick(bot.services.people.list, guild_id_of(interaction))
