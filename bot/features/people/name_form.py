"""The form that asks whom a face shows: a list of the likeliest people, and a field for any other name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import discord
from discord.utils import escape_markdown

from bot.features.people import labelling
from bot.features.people.custom_ids import LOCATION_PATTERN, FaceLocation
from bot.intake.lookup import parse_id
from bot.ui.forms import selected_values, text_value
from bot.ui.i18n import Words, clip
from bot.ui.language import private_words
from bot.ui.menus import MAX_OPTIONS
from bot.ui.permissions import require_labeller
from core.domain.faces import Candidate
from core.domain.people import MAX_NAME_LENGTH, Person

if TYPE_CHECKING:
    from bot.context import Interaction

FORM = re.compile(rf"name:{LOCATION_PATTERN}")
MAX_TITLE = 45  # Discord's limit for the title of a form
# As long as the interaction's token, with which the form is answered, in seconds.
FORM_LIFE_S = 900.0
MIN_PROBABILITY = 0.005  # "0% alike" says nothing
_TYPED, _CHOSEN = "name", "who"


class NameForm(discord.ui.Modal):
    """Ask whom one face shows; `handle_name_form` takes it, because discord.py forgets open forms with a restart.

    Where people are known there are two fields, and neither is required: a choice of the likeliest, and a name. A name
    that is typed counts more than a choice: a list is easily touched by accident, a name is not typed by accident. The
    form says so, and who filled in both is told which was taken.
    """

    def __init__(self, words: Words, location: FaceLocation, likely: Sequence[Candidate]) -> None:
        title = clip(words.say("name-title", number=str(location.number)), MAX_TITLE)
        super().__init__(title=title, custom_id=f"name:{location}", timeout=FORM_LIFE_S)
        if likely:
            select = _person_select(words, likely)
            self.add_item(discord.ui.Label[Any](text=words.say("name-who-label"), component=select))
        self.add_item(_name_label(words, alone=not likely))

    async def on_submit(self, _interaction: discord.Interaction[Any], /) -> None:
        """Do nothing: see `handle_name_form`."""


async def open_form(interaction: Interaction, location: FaceLocation) -> None:
    """Open the form, from a button or a select of the answer, or of a prompt about one of its faces."""
    guild_id = await require_labeller(interaction)
    bot, location = interaction.client, location.seen_from(interaction)
    likely = await bot.threads.quick(bot.services.people.candidates, location.ref, guild_id, limit=MAX_OPTIONS)
    await interaction.response.send_modal(NameForm(await private_words(interaction), location, likely))


async def handle_name_form(interaction: Interaction, match: re.Match[str], components: list[dict[str, Any]]) -> None:
    """Name the face as the submitted form says; a typed name counts more than a choice."""
    location, typed, chosen = (
        FaceLocation.of(match),
        text_value(components, _TYPED),
        selected_values(components, _CHOSEN),
    )
    if typed.strip():
        person = await labelling.name_face(interaction, location, typed)
        if chosen:
            await _tell_what_counts(interaction, location, person, parse_id(chosen[0]))
    elif chosen:
        await labelling.confirm(interaction, location, parse_id(chosen[0]), source="this-is")
    else:
        await require_labeller(interaction)
        text = (await private_words(interaction)).say("name-nothing", number=str(location.number))
        await interaction.response.send_message(text, ephemeral=True)


async def _tell_what_counts(interaction: Interaction, location: FaceLocation, named: Person, chosen_id: int) -> None:
    """Say that the typed name was taken, where somebody else was chosen beside it."""
    bot = interaction.client
    names = await bot.threads.quick(bot.services.people.names, named.guild_id)
    if named.id == chosen_id or chosen_id not in names:
        return
    chosen, typed = escape_markdown(names[chosen_id]), escape_markdown(named.name)
    text = (await private_words(interaction)).say(
        "name-typed-counts", number=str(location.number), typed=typed, chosen=chosen
    )
    await interaction.followup.send(text, ephemeral=True)


def _person_select(words: Words, likely: Sequence[Candidate]) -> discord.ui.Select[Any]:
    options = [_option(words, candidate) for candidate in likely[:MAX_OPTIONS]]
    hint = words.say("person-placeholder")
    # At least none: what is chosen can be taken back.
    return discord.ui.Select(custom_id=_CHOSEN, placeholder=hint, options=options, required=False, min_values=0)


def _option(words: Words, candidate: Candidate) -> discord.SelectOption:
    probability = candidate.probability
    hint = words.say("person-share-option", share=probability) if probability >= MIN_PROBABILITY else None
    return discord.SelectOption(label=candidate.name, value=str(candidate.person_id), description=hint)


def _name_label(words: Words, *, alone: bool) -> discord.ui.Label[Any]:
    """Make the field for a name; where nobody is known yet, it must be filled in."""
    hint = words.say("name-placeholder")
    field = discord.ui.TextInput[Any](custom_id=_TYPED, placeholder=hint, max_length=MAX_NAME_LENGTH, required=alone)
    if alone:
        return discord.ui.Label(text=words.say("name-label"), component=field)
    rule = words.say("name-other-description")
    return discord.ui.Label(text=words.say("name-other-label"), description=rule, component=field)
