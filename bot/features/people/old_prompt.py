"""The list of people in prompts that earlier versions of the bot posted; today the form has the list in it.

Such a prompt is seen by one member only, but stays on the screen until that member dismisses it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import discord

from bot.errors import guarded
from bot.features.people import labelling, name_form
from bot.features.people.custom_ids import LOCATION_PATTERN, FaceLocation
from bot.intake.lookup import parse_id
from bot.ui.menus import selected_value

if TYPE_CHECKING:
    from bot.context import Interaction

_NEW = "new"  # the value of the last option, "another or a new name"


class PersonSelect(discord.ui.DynamicItem[discord.ui.Select[Any]], template=rf"person:{LOCATION_PATTERN}"):
    """The likeliest people for a face, and an option for another or a new name."""

    def __init__(self, select: discord.ui.Select[Any], location: FaceLocation) -> None:
        super().__init__(select)
        self.location = location

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> PersonSelect:
        """Rebuild the select from its custom id."""
        return cls(item, FaceLocation.of(match))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Name the face, or open the form."""
        value = selected_value(self.item)
        if value == _NEW:
            await name_form.open_form(interaction, self.location)
        else:
            await labelling.confirm(interaction, self.location, parse_id(value), source="this-is")
