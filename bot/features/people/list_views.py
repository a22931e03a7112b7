"""The list of people, page by page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import discord

from bot.errors import guarded
from bot.features.people.texts import page_count, people_embed
from bot.ui.i18n import Words
from bot.ui.language import private_words
from bot.ui.permissions import guild_id_of
from core.domain.people import Person

if TYPE_CHECKING:
    from bot.context import Interaction


class PageButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"people:(?P<page>\d{1,6})"):
    """Turns to a page."""

    def __init__(self, button: discord.ui.Button[Any], page: int) -> None:
        super().__init__(button)
        self.page = page

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> PageButton:
        """Rebuild the button from its custom id."""
        return cls(item, int(match["page"]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Show that page."""
        words, listed = await list_people(interaction)
        embed, view = people_embed(words, listed, self.page), page_view(words, listed, self.page)
        await interaction.response.edit_message(embed=embed, view=view)


def page_view(words: Words, listed: list[Person], page: int) -> discord.ui.View:
    """Build the buttons to the pages before and after, where there are any."""
    view = discord.ui.View(timeout=None)
    for number, label in ((page - 1, words.say("people-previous-button")), (page + 1, words.say("people-next-button"))):
        if 0 <= number < page_count(listed):
            view.add_item(PageButton(discord.ui.Button(label=label, custom_id=f"people:{number}"), number))
    return view


async def list_people(interaction: Interaction) -> tuple[Words, list[Person]]:
    """Read the guild's people, and the words to list them in."""
    bot = interaction.client
    return await private_words(interaction), await bot.threads.quick(bot.services.people.list, guild_id_of(interaction))
