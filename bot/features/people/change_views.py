"""Merging and removing people: a question first, and a button that does it. All state is in the custom ids."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

import discord
from discord.utils import escape_markdown

from bot.errors import guarded
from bot.intake.lookup import ID, parse_id
from bot.ui.i18n import Words, clip
from bot.ui.language import private_words
from bot.ui.permissions import guild_id_of, require_moderator
from core.domain.errors import ErrorCode, OmokageError

if TYPE_CHECKING:
    from bot.context import Interaction
    from core.domain.people import Person
    from core.domain.removal import RemovedPerson

_MAX_LABEL = 80  # Discord's, for a button
_MAX_NAME = 48  # of it


class PersonChangeButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=rf"people:(?P<action>merge|remove):(?P<person>{ID}):(?P<into>{ID})",
):
    """Merges a person into another, or removes a person (`into` is 0), as the question above it says."""

    def __init__(self, button: discord.ui.Button[Any], action: str, person_id: int, into_id: int) -> None:
        super().__init__(button)
        self.action, self.person_id, self.into_id = action, person_id, into_id

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> PersonChangeButton:
        """Rebuild the button from its custom id."""
        return cls(item, match["action"], parse_id(match["person"]), parse_id(match["into"]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Do it, and say what was done in the question's place."""
        require_moderator(interaction)
        bot, guild_id = interaction.client, guild_id_of(interaction)
        people = {person.id: person for person in await bot.threads.quick(bot.services.people.list, guild_id)}
        person, into = people.get(self.person_id), people.get(self.into_id)
        if person is None or (self.action == "merge" and into is None):
            raise OmokageError(ErrorCode.UNKNOWN_PERSON)
        await interaction.response.defer()  # files are deleted, too
        words = await private_words(interaction)
        if into is not None and self.action == "merge":
            merge, by = bot.services.people_editor.merge, interaction.user.id
            merged = await bot.threads.slow(merge, guild_id, person.name, into.name, by=by)
            names = {"merged": escape_markdown(merged.merged_name), "name": escape_markdown(merged.person.name)}
            text = words.say("people-merged", pictures=merged.person.pictures, **names)
        else:
            removed = await bot.threads.slow(bot.services.people_editor.remove, guild_id, person.name)
            text = _removed_text(words, removed)
        await interaction.edit_original_response(content=text, view=None)


async def ask_to_merge(interaction: Interaction, name: str, into: str) -> None:
    """Ask whether two people are to become one.

    Raises:
        OmokageError: UNKNOWN_PERSON; BAD_OPTION, both names are one person's; PEOPLE_CONFLICT.
    """
    bot, guild_id = interaction.client, guild_id_of(interaction)
    source, target = await bot.threads.quick(bot.services.people_editor.check_merge, guild_id, name, into)
    words = await private_words(interaction)
    names = {"name": escape_markdown(source.name), "into": escape_markdown(target.name)}
    text = words.say("people-merge-question", pictures=source.pictures, others=target.pictures, **names)
    view = _question_view(words.say("people-merge-button"), "merge", source, target)
    await interaction.response.send_message(text, view=view, ephemeral=True)


async def ask_to_remove(interaction: Interaction, name: str) -> None:
    """Ask whether a person is to be deleted.

    Raises:
        OmokageError: UNKNOWN_PERSON.
    """
    bot = interaction.client
    person = await bot.threads.quick(bot.services.people_editor.get_by_name, guild_id_of(interaction), name)
    words = await private_words(interaction)
    text = words.say("people-remove-question", name=escape_markdown(person.name), pictures=person.pictures)
    label = words.say("people-remove-button", name=clip(person.name, _MAX_NAME))
    await interaction.response.send_message(text, view=_question_view(label, "remove", person), ephemeral=True)


def _question_view(
    label: str, action: Literal["merge", "remove"], person: Person, into: Person | None = None
) -> discord.ui.View:
    into_id = 0 if into is None else into.id
    custom_id = f"people:{action}:{person.id}:{into_id}"
    style = discord.ButtonStyle.danger
    button = discord.ui.Button[Any](label=clip(label, _MAX_LABEL), custom_id=custom_id, style=style)
    view = discord.ui.View(timeout=None)
    view.add_item(PersonChangeButton(button, action, person.id, into_id))
    return view


def _removed_text(words: Words, removed: RemovedPerson) -> str:
    name = escape_markdown(removed.name)
    lines = [words.say("people-removed", name=name, faces=removed.faces, photos=removed.photos)]
    if removed.datasets:
        lines.append(words.say("people-removed-datasets", datasets=escape_markdown(", ".join(removed.datasets))))
    if removed.versions:
        lines.append(words.say("people-removed-versions", versions=escape_markdown(", ".join(removed.versions))))
    return "\n".join(lines)
