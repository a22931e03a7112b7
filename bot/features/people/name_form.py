"""The form that asks whom a face shows: a list of the likeliest people, and a field for any other name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import discord
from discord.utils import escape_markdown

from bot.features.people import labelling
from bot.features.people.custom_ids import PATTERN, FacePlace
from bot.intake.lookup import id_in
from bot.ui.forms import chosen_in, typed_in
from bot.ui.i18n import Words, clip
from bot.ui.language import private
from bot.ui.menus import OPTIONS
from bot.ui.permissions import require_labeller
from core.domain.faces import Candidate
from core.domain.people import LONGEST_NAME, Person

if TYPE_CHECKING:
    from bot.context import Interaction

FORM = re.compile(rf"name:{PATTERN}")
TITLE = 45  # Discord's limit for the title of a form
# The token with which a form could be answered lives no longer, in seconds.
FORM_LIFE_S = 900.0
MIN_SHARE = 0.005  # "0% alike" says nothing
_TYPED, _CHOSEN = "name", "who"


class NameForm(discord.ui.Modal):
    """Ask whom one face shows; `take_name` answers it, because discord.py forgets open forms with a restart.

    Where people are known there are two fields, and neither is required: a choice of the likeliest, and a name. A name
    that is typed counts more than a choice: a list is easily touched by accident, a name is not typed by accident. The
    form says so, and who filled in both is told which was taken.
    """

    def __init__(self, words: Words, place: FacePlace, likely: Sequence[Candidate]) -> None:
        title = clip(words.say("name-title", number=str(place.number)), TITLE)
        super().__init__(title=title, custom_id=f"name:{place}", timeout=FORM_LIFE_S)
        if likely:
            select = _person_select(words, likely)
            self.add_item(discord.ui.Label[Any](text=words.say("name-who-label"), component=select))
        self.add_item(_name_label(words, alone=not likely))

    async def on_submit(self, _interaction: discord.Interaction[Any], /) -> None:
        """Nothing: see `take_name`."""


async def ask(interaction: Interaction, place: FacePlace) -> None:
    """Show the form; the interaction is a button or a select of the answer, or of a prompt about one of its faces."""
    guild_id = await require_labeller(interaction)
    bot, place = interaction.client, place.seen_from(interaction)
    likely = await bot.threads.quick(bot.services.people.candidates, place.ref, guild_id, limit=OPTIONS)
    await interaction.response.send_modal(NameForm(await private(interaction), place, likely))


async def take_name(interaction: Interaction, match: re.Match[str], components: list[dict[str, Any]]) -> None:
    """Name the face as the submitted form says; a typed name counts more than a choice."""
    place, typed, chosen = FacePlace.of(match), typed_in(components, _TYPED), chosen_in(components, _CHOSEN)
    if typed.strip():
        person = await labelling.name(interaction, place, typed)
        if chosen:
            await _tell_what_counts(interaction, place, person, id_in(chosen[0]))
    elif chosen:
        await labelling.confirm(interaction, place, id_in(chosen[0]), source="this-is")
    else:
        await require_labeller(interaction)
        text = (await private(interaction)).say("name-nothing", number=str(place.number))
        await interaction.response.send_message(text, ephemeral=True)


async def _tell_what_counts(interaction: Interaction, place: FacePlace, named: Person, chosen_id: int) -> None:
    """Say that the typed name was taken, where somebody else was chosen beside it."""
    bot = interaction.client
    names = await bot.threads.quick(bot.services.people.names, named.guild_id)
    if named.id == chosen_id or chosen_id not in names:
        return
    chosen, typed = escape_markdown(names[chosen_id]), escape_markdown(named.name)
    text = (await private(interaction)).say("name-typed-counts", number=str(place.number), typed=typed, chosen=chosen)
    await interaction.followup.send(text, ephemeral=True)


def _person_select(words: Words, likely: Sequence[Candidate]) -> discord.ui.Select[Any]:
    options = [_option(words, candidate) for candidate in likely[:OPTIONS]]
    hint = words.say("person-placeholder")
    # At least none: what is chosen can be taken back.
    return discord.ui.Select(custom_id=_CHOSEN, placeholder=hint, options=options, required=False, min_values=0)


def _option(words: Words, candidate: Candidate) -> discord.SelectOption:
    share = candidate.probability
    hint = words.say("person-share-option", share=share) if share >= MIN_SHARE else None
    return discord.SelectOption(label=candidate.name, value=str(candidate.person_id), description=hint)


def _name_label(words: Words, *, alone: bool) -> discord.ui.Label[Any]:
    """The field for a name; alone, where nobody is known yet, it must be filled in."""
    hint = words.say("name-placeholder")
    field = discord.ui.TextInput[Any](custom_id=_TYPED, placeholder=hint, max_length=LONGEST_NAME, required=alone)
    if alone:
        return discord.ui.Label(text=words.say("name-label"), component=field)
    rule = words.say("name-other-description")
    return discord.ui.Label(text=words.say("name-other-label"), description=rule, component=field)
