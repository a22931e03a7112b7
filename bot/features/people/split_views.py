"""Splitting a person who was taken for two: a list of the pictures, and a form to choose those of somebody else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import discord
from discord.utils import escape_markdown, format_dt

from bot.errors import guarded
from bot.features.people.name_form import FORM_LIFE_S, MAX_TITLE
from bot.intake.lookup import ID, parse_id
from bot.ui.forms import selected_values, text_value
from bot.ui.i18n import Words, clip
from bot.ui.language import private_words
from bot.ui.menus import MAX_OPTIONS
from bot.ui.permissions import guild_id_of, require_moderator
from core.domain.errors import ErrorCode, OmokageError
from core.domain.people import MAX_NAME_LENGTH, Person

if TYPE_CHECKING:
    from bot.context import Interaction
    from core.domain.face_records import FaceRecord

FORM = re.compile(rf"people-split:(?P<person>{ID})")
_COLOUR = 0x4477AA
_FACES, _NAME = "faces", "name"
_MIN_PICTURES = 2  # one of each of the two


class SplitButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"people:split:(?P<person>{ID})"):
    """Opens the form in which pictures are chosen; which those are is looked up when it is pressed."""

    def __init__(self, button: discord.ui.Button[Any], person_id: int) -> None:
        super().__init__(button)
        self.person_id = person_id

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> SplitButton:
        """Rebuild the button from its custom id."""
        return cls(item, parse_id(match["person"]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Show the form."""
        require_moderator(interaction)
        person = await _find_person(interaction, self.person_id)
        words, (person, records) = await private_words(interaction), await _pictures(interaction, person.name)
        _require_two(person, records)
        await interaction.response.send_modal(SplitForm(words, person, records))


class SplitForm(discord.ui.Modal):
    """Ask which pictures show somebody else, and whom; `handle_split_form` takes it: discord.py forgets open forms."""

    def __init__(self, words: Words, person: Person, records: Sequence[FaceRecord]) -> None:
        title = clip(words.say("split-title", name=clip(person.name, 24)), MAX_TITLE)
        super().__init__(title=title, custom_id=f"people-split:{person.id}", timeout=FORM_LIFE_S)
        options = [
            discord.SelectOption(label=_option_label(words, number, record), value=str(record.id))
            for number, record in enumerate(records[:MAX_OPTIONS], 1)
        ]
        select = discord.ui.Select[Any](custom_id=_FACES, options=options, max_values=len(options), required=True)
        self.add_item(discord.ui.Label[Any](text=words.say("split-faces-label"), component=select))
        field = discord.ui.TextInput[Any](custom_id=_NAME, max_length=MAX_NAME_LENGTH, required=True)
        self.add_item(discord.ui.Label[Any](text=words.say("split-name-label"), component=field))

    async def on_submit(self, _interaction: discord.Interaction[Any], /) -> None:
        """Do nothing: see `handle_split_form`."""


async def list_pictures(interaction: Interaction, name: str) -> None:
    """List a person's newest pictures with their numbers, and a button to the form.

    Raises:
        OmokageError: UNKNOWN_PERSON; BAD_OPTION, there are fewer than two pictures.
    """
    words, (person, records) = await private_words(interaction), await _pictures(interaction, name)
    _require_two(person, records)
    button = discord.ui.Button[Any](label=words.say("split-button"), custom_id=f"people:split:{person.id}")
    view = discord.ui.View(timeout=None)
    view.add_item(SplitButton(button, person.id))
    await interaction.response.send_message(embed=pictures_embed(words, person, records), view=view, ephemeral=True)


def pictures_embed(words: Words, person: Person, records: Sequence[FaceRecord]) -> discord.Embed:
    """List the newest pictures: when, by whom and where each was named; a line has 156 letters at most."""
    shown = records[:MAX_OPTIONS]
    lines = [_line(words, person.guild_id, number, record) for number, record in enumerate(shown, 1)]
    if len(records) > len(shown):
        lines.append(words.say("split-older", pictures=len(records) - len(shown)))
    title = words.say("split-list-title", name=escape_markdown(person.name))
    return discord.Embed(colour=_COLOUR, title=title, description="\n".join(lines))


async def handle_split_form(interaction: Interaction, match: re.Match[str], components: list[dict[str, Any]]) -> None:
    """Give the chosen pictures to the person of the typed name, and say what follows from it."""
    require_moderator(interaction)
    bot, guild_id = interaction.client, guild_id_of(interaction)
    person = await _find_person(interaction, parse_id(match["person"]))
    face_ids, to = [parse_id(value) for value in selected_values(components, _FACES)], text_value(components, _NAME)
    split = bot.services.splitter.split
    done = await bot.threads.quick(split, guild_id, person.name, to, face_ids, by=interaction.user.id)
    words = await private_words(interaction)
    names = {"name": escape_markdown(done.person.name), "other": escape_markdown(done.other.name)}
    lines = [words.say("split-done", faces=done.faces, pictures=done.other.pictures, **names)]
    if done.versions:
        versions = escape_markdown(", ".join(done.versions))
        lines.append(words.say("split-versions", versions=versions, name=names["name"]))
    await interaction.response.send_message("\n".join(lines), ephemeral=True)


async def _find_person(interaction: Interaction, person_id: int) -> Person:
    bot = interaction.client
    people = await bot.threads.quick(bot.services.people.list, guild_id_of(interaction))
    person = next((person for person in people if person.id == person_id), None)
    if person is None:
        raise OmokageError(ErrorCode.UNKNOWN_PERSON)
    return person


async def _pictures(interaction: Interaction, name: str) -> tuple[Person, list[FaceRecord]]:
    bot = interaction.client
    return await bot.threads.quick(bot.services.splitter.pictures, guild_id_of(interaction), name)


def _require_two(person: Person, records: Sequence[FaceRecord]) -> None:
    if len(records) < _MIN_PICTURES:
        details = {"option": "name", "value": person.name, "allowed": "somebody with two pictures"}
        raise OmokageError(ErrorCode.BAD_OPTION, reason="split-all", name=person.name, **details)


def _line(words: Words, guild_id: int, number: int, record: FaceRecord) -> str:
    """Write a line of the list; the mention of a member in an embed pings nobody."""
    label = record.labelled
    member = f"<@{label.by}>" if label and label.by else words.say("people-history-operator")
    at = record.created_at if label is None else label.at
    parts = [f"**{number}**", format_dt(at, "d"), member]
    if label and label.message_id:
        url = f"https://discord.com/channels/{guild_id}/{label.channel_id}/{label.message_id}"
        parts.append(f"[{words.say('people-history-message')}]({url})")
    return " · ".join(parts)


def _option_label(words: Words, number: int, record: FaceRecord) -> str:
    at = record.created_at if record.labelled is None else record.labelled.at
    return words.say("split-option", number=str(number), date=f"{at:%Y-%m-%d}")
