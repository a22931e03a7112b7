"""The list of people in prompts that earlier versions of the bot posted; today the form has the list in it.

Such a prompt is seen by one member only, but stays on the screen until that member dismisses it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import discord

from bot.errors import guarded
from bot.features.people import labelling, name_form
from bot.features.people.custom_ids import PATTERN, FacePlace
from bot.intake.lookup import id_in
from bot.ui.menus import value_of

if TYPE_CHECKING:
    from bot.context import Interaction

_NEW = "new"  # the value of the last option, "another or a new name"


class PersonSelect(discord.ui.DynamicItem[discord.ui.Select[Any]], template=rf"person:{PATTERN}"):
    """The likeliest people for a face, and "another or a new name"."""

    def __init__(self, select: discord.ui.Select[Any], place: FacePlace) -> None:
        super().__init__(select)
        self.place = place

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> PersonSelect:
        """As it comes back from Discord, also after a restart."""
        return cls(item, FacePlace.of(match))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Name the face, or ask for the name."""
        value = value_of(self.item)
        if value == _NEW:
            await name_form.ask(interaction, self.place)
        else:
            await labelling.confirm(interaction, self.place, id_in(value), source="this-is")
