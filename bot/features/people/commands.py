"""/people"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot.errors import guarded
from bot.features.people.texts import pages_of, people_embed
from bot.ui.i18n import Words, localised
from bot.ui.language import private
from bot.ui.permissions import guild_of
from core.domain.people import Person

if TYPE_CHECKING:
    from bot.context import Interaction

people = app_commands.Group(
    name=localised("people-name"),
    description=localised("people-description"),
    guild_only=True,
    allowed_contexts=app_commands.AppCommandContext(guild=True),
)


class PageButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"people:(?P<page>\d{1,6})"):
    """Turns to a page."""

    def __init__(self, button: discord.ui.Button[Any], page: int) -> None:
        super().__init__(button)
        self.page = page

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> PageButton:
        """As it comes back from Discord, also after a restart."""
        return cls(item, int(match["page"]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Show it."""
        words, known = await _known(interaction)
        embed, view = people_embed(words, known, self.page), page_view(words, known, self.page)
        await interaction.response.edit_message(embed=embed, view=view)


@people.command(name=localised("people-list-name"), description=localised("people-list-description"))
async def people_list(interaction: Interaction) -> None:
    """Who is known here."""
    words, known = await _known(interaction)
    if not known:
        await interaction.response.send_message(words.say("people-none"), ephemeral=True)
        return
    embed, view = people_embed(words, known, 0), page_view(words, known, 0)
    await interaction.response.send_message(embed=embed, view=view, ephemeral=True)


def page_view(words: Words, known: list[Person], page: int) -> discord.ui.View:
    """The way to the pages before and after, where there are any."""
    view = discord.ui.View(timeout=None)
    for number, label in ((page - 1, words.say("people-previous-button")), (page + 1, words.say("people-next-button"))):
        if 0 <= number < pages_of(known):
            view.add_item(PageButton(discord.ui.Button(label=label, custom_id=f"people:{number}"), number))
    return view


async def _known(interaction: Interaction) -> tuple[Words, list[Person]]:
    bot = interaction.client
    return await private(interaction), await bot.threads.quick(bot.services.people.list, guild_of(interaction))
