"""/people: list the people whom this guild has named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.features.people.list_views import list_people, page_view
from bot.features.people.texts import people_embed
from bot.ui.groups import guild_group
from bot.ui.i18n import localised

if TYPE_CHECKING:
    from bot.context import Interaction

people = guild_group("people-name", "people-description")


@people.command(name=localised("people-list-name"), description=localised("people-list-description"))
async def people_list(interaction: Interaction) -> None:
    """List the guild's people."""
    words, listed = await list_people(interaction)
    if not listed:
        await interaction.response.send_message(words.say("people-none"), ephemeral=True)
        return
    embed, view = people_embed(words, listed, 0), page_view(words, listed, 0)
    await interaction.response.send_message(embed=embed, view=view, ephemeral=True)
