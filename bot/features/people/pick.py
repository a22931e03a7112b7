"""Whom a face shows: a list of the likeliest people, and a form for any other name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import discord

from bot.errors import guarded
from bot.features.people import labelling
from bot.features.people.places import PATTERN, FacePlace
from bot.forms import typed_in
from bot.i18n import Words, clip
from bot.lookup import id_in
from bot.menus import value_of
from bot.permissions import require_labeller
from bot.speech import private
from core.domain.faces import Candidate
from core.domain.people import LONGEST_NAME

if TYPE_CHECKING:
    from bot.types import Interaction

_NEW = "new"
_CHOICES = 24  # Discord allows 25 options; the last one is for another name
FORM = re.compile(rf"name:{PATTERN}")
_FIELD = "name"
_FORM_LIFE_S = 900.0  # the token with which the form could be answered lives no longer


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
            await open_form(interaction, self.place)
        else:
            await labelling.confirm(interaction, self.place, id_in(value), source="this-is")


class NameForm(discord.ui.Modal):
    """Asks for a name. `take_name` answers it, because discord.py forgets open forms with a restart."""

    def __init__(self, words: Words, place: FacePlace) -> None:
        title = clip(words.say("name-title", number=str(place.number)), 45)
        super().__init__(title=title, custom_id=f"name:{place}", timeout=_FORM_LIFE_S)
        hint = words.say("name-placeholder")
        field = discord.ui.TextInput[Any](custom_id=_FIELD, placeholder=hint, max_length=LONGEST_NAME)
        self.add_item(discord.ui.Label[Any](text=words.say("name-label"), component=field))

    async def on_submit(self, _interaction: discord.Interaction[Any], /) -> None:
        """Nothing: see `take_name`."""


async def ask(interaction: Interaction, place: FacePlace) -> None:
    """Offer the people who are known, or, where nobody is, the form at once."""
    guild_id = await require_labeller(interaction)
    bot, place = interaction.client, place.seen_from(interaction)
    likely = await bot.threads.quick(bot.services.people.candidates, place.ref, guild_id, limit=_CHOICES)
    if not likely:
        await open_form(interaction, place)
        return
    words = await private(interaction)
    view = discord.ui.View(timeout=None)
    view.add_item(person_select(words, place, likely))
    prompt = words.say("person-prompt", number=str(place.number))
    await interaction.response.send_message(prompt, view=view, ephemeral=True)


def person_select(words: Words, place: FacePlace, likely: Sequence[Candidate]) -> PersonSelect:
    """At most 24 people and the way to another name."""
    options = [_option(words, one) for one in likely[:_CHOICES]]
    options.append(discord.SelectOption(label=words.say("person-new-option"), value=_NEW))
    hint = words.say("person-placeholder")
    return PersonSelect(discord.ui.Select(custom_id=f"person:{place}", placeholder=hint, options=options), place)


async def open_form(interaction: Interaction, place: FacePlace) -> None:
    """Show the form for a name."""
    await require_labeller(interaction)
    await interaction.response.send_modal(NameForm(await private(interaction), place))


async def take_name(interaction: Interaction, match: re.Match[str], components: list[dict[str, Any]]) -> None:
    """The form has come back: name the face as typed."""
    await labelling.name(interaction, FacePlace.of(match), typed_in(components, _FIELD))


def _option(words: Words, one: Candidate) -> discord.SelectOption:
    hint = words.say("person-share-option", share=one.probability) if one.probability >= 0.005 else None
    return discord.SelectOption(label=one.name, value=str(one.person_id), description=hint)
