"""The form that asks for the name of the face on a name card, of somebody who is not among the buttons."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import discord

from bot.features.label.custom_ids import CARD_PATTERN, CardState
from bot.ui.i18n import Words, clip
from core.domain.people import MAX_NAME_LENGTH

if TYPE_CHECKING:
    from bot.context import Interaction

FORM = re.compile(rf"label-name:{CARD_PATTERN}")
FIELD = "name"
_MAX_TITLE = 45  # Discord's
_FORM_LIFE_S = 900.0  # as long as the interaction's token, with which the form is answered


class NewNameForm(discord.ui.Modal):
    """Asks for a name; the form's handler takes it, because discord.py forgets open forms with a restart."""

    def __init__(self, words: Words, state: CardState) -> None:
        title = clip(words.say("label-new-title"), _MAX_TITLE)
        super().__init__(title=title, custom_id=f"label-name:{state}", timeout=_FORM_LIFE_S)
        hint = words.say("name-placeholder")
        field = discord.ui.TextInput[Any](custom_id=FIELD, placeholder=hint, max_length=MAX_NAME_LENGTH)
        self.add_item(discord.ui.Label[Any](text=words.say("name-label"), component=field))

    async def on_submit(self, _interaction: Interaction, /) -> None:  # type: ignore[override]
        """Do nothing: see `bot.features.label.card`."""
