"""Splitting a person who was taken for two: a numbered sheet of the pictures, and a form to choose from it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import discord
from discord.utils import escape_markdown, format_dt

from bot.delivery.building import member_words, read_attachment
from bot.errors import guarded
from bot.features.people.name_form import FORM_LIFE_S, MAX_TITLE
from bot.intake.lookup import ID, find_job, parse_id
from bot.reply import Reply
from bot.ui.forms import selected_values, text_value
from bot.ui.i18n import Words, clip
from bot.ui.language import private_words
from bot.ui.permissions import guild_id_of, require_moderator
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import Job, JobKind
from core.domain.people import MAX_NAME_LENGTH, Person
from core.domain.picture_sheets import SheetRequest, SheetResult

if TYPE_CHECKING:
    from bot.context import BotContext, Interaction
    from core.domain.face_records import FaceRecord

FORM = re.compile(rf"people-split:(?P<person>{ID})")
_COLOUR = 0x4477AA
_PICTURE = "pictures.jpg"
_FACES, _NAME = "faces", "name"
_MIN_PICTURES = 2  # one of each of the two
Numbered: TypeAlias = "list[tuple[int, FaceRecord]]"  # with the numbers that are drawn into the picture


class SplitButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"people:split-sheet:(?P<job>{ID})"):
    """Opens the form in which pictures of a sheet are chosen, by the numbers that are drawn into it."""

    def __init__(self, button: discord.ui.Button[Any], job_id: int) -> None:
        super().__init__(button)
        self.job_id = job_id

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> SplitButton:
        """Rebuild the button from its custom id."""
        return cls(item, parse_id(match["job"]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Show the form."""
        require_moderator(interaction)
        job = await find_job(interaction, self.job_id, JobKind.SHEET)
        words, (person, numbered) = await private_words(interaction), await _numbered(interaction.client, job)
        if not numbered:
            raise OmokageError(ErrorCode.FACE_GONE)
        await interaction.response.send_modal(SplitForm(words, person, numbered))


class SheetButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"people:sheet:(?P<person>{ID}):(?P<page>\d{{1,6}})"
):
    """Asks for another sheet of a person's pictures."""

    def __init__(self, button: discord.ui.Button[Any], person_id: int, page: int) -> None:
        super().__init__(button)
        self.person_id, self.page = person_id, page

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> SheetButton:
        """Rebuild the button from its custom id."""
        return cls(item, parse_id(match["person"]), int(match["page"]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Request that page, in a message of its own."""
        require_moderator(interaction)
        bot = interaction.client
        pictures = bot.services.splitter.pictures_of
        person, records = await bot.threads.quick(pictures, guild_id_of(interaction), self.person_id)
        await _request_sheet(interaction, person, records, self.page)


class SplitForm(discord.ui.Modal):
    """Ask which pictures show somebody else, and whom; `handle_split_form` takes it: discord.py forgets open forms."""

    def __init__(self, words: Words, person: Person, numbered: Numbered) -> None:
        title = clip(words.say("split-title", name=clip(person.name, 24)), MAX_TITLE)
        super().__init__(title=title, custom_id=f"people-split:{person.id}", timeout=FORM_LIFE_S)
        options = [
            discord.SelectOption(label=_option_label(words, number, record), value=str(record.id))
            for number, record in numbered
        ]
        select = discord.ui.Select[Any](custom_id=_FACES, options=options, max_values=len(options), required=True)
        self.add_item(discord.ui.Label[Any](text=words.say("split-faces-label"), component=select))
        field = discord.ui.TextInput[Any](custom_id=_NAME, max_length=MAX_NAME_LENGTH, required=True)
        self.add_item(discord.ui.Label[Any](text=words.say("split-name-label"), component=field))

    async def on_submit(self, _interaction: discord.Interaction[Any], /) -> None:
        """Do nothing: see `handle_split_form`."""


class SheetAnswerer:
    """Builds the reply to a sheet job from its row: the numbered pictures, a line for each, and the buttons."""

    async def answer(self, bot: BotContext, job: Job) -> Reply:
        """Build the whole message.

        Raises:
            OmokageError: UNKNOWN_PERSON; PHOTO_GONE, the picture is not there any more.
        """
        words, result = await member_words(bot, job), _result(job)
        alt = words.say("split-picture-alt", pictures=len(result.face_ids))
        picture = await read_attachment(bot, _PICTURE, result.picture, alt)
        return replace(await self.redraw(bot, job), attachments=(picture,))

    async def redraw(self, bot: BotContext, job: Job) -> Reply:
        """Build the message without the picture, which stays."""
        words, result = await member_words(bot, job), _result(job)
        person, numbered = await _numbered(bot, job)
        embed = pictures_embed(words, person, numbered, result).set_image(url=f"attachment://{_PICTURE}")
        return Reply(embed=embed, view=_sheet_view(words, job.id, result))


async def request_sheet(interaction: Interaction, name: str) -> None:
    """Let a worker draw a person's newest pictures with numbers.

    Raises:
        OmokageError: UNKNOWN_PERSON; BAD_OPTION, there are fewer than two pictures.
    """
    bot = interaction.client
    person, records = await bot.threads.quick(bot.services.splitter.pictures, guild_id_of(interaction), name)
    await _request_sheet(interaction, person, records, 0)


def pictures_embed(words: Words, person: Person, numbered: Numbered, result: SheetResult) -> discord.Embed:
    """List the pictures of a sheet: when, by whom and where each was named; a line has 160 letters at most."""
    lines = [_line(words, person.guild_id, number, record) for number, record in numbered]
    if result.blurred:
        lines.append(words.say("split-blurred"))
    title = words.say("split-list-title", name=escape_markdown(person.name))
    embed = discord.Embed(colour=_COLOUR, title=title, description="\n".join(lines))
    if result.pages > 1:
        embed.set_footer(text=words.say("people-footer", page=result.page + 1, pages=result.pages))
    return embed


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


async def _request_sheet(interaction: Interaction, person: Person, records: Sequence[FaceRecord], page: int) -> None:
    if len(records) < _MIN_PICTURES:
        details = {"option": "name", "value": person.name, "allowed": "somebody with two pictures"}
        raise OmokageError(ErrorCode.BAD_OPTION, reason="split-all", name=person.name, **details)
    params = {**SheetRequest(person.id, page).to_json(), "title": "/people split"}
    await interaction.client.intake.request_job(interaction, JobKind.SHEET, params)


async def _numbered(bot: BotContext, job: Job) -> tuple[Person, Numbered]:
    """Return the person of a sheet, and its pictures that are still the person's."""
    result = _result(job)
    pictures = bot.services.splitter.pictures_of
    person, records = await bot.threads.quick(pictures, job.origin.guild_id, result.person_id)
    by_id = {record.id: record for record in records}
    return person, [
        (number, by_id[face_id])
        for number, face_id in enumerate(result.face_ids, result.first_number)
        if face_id in by_id
    ]


def _sheet_view(words: Words, job_id: int, result: SheetResult) -> discord.ui.View:
    """Build the button that opens the form, and those to the pages before and after, where there are any."""
    view = discord.ui.View(timeout=None)
    button = discord.ui.Button[Any](label=words.say("split-button"), custom_id=f"people:split-sheet:{job_id}")
    view.add_item(SplitButton(button, job_id))
    neighbours = (result.page - 1, "people-previous-button"), (result.page + 1, "people-next-button")
    for page, label in neighbours:
        if 0 <= page < result.pages:
            custom_id = f"people:sheet:{result.person_id}:{page}"
            turn = discord.ui.Button[Any](label=words.say(label), custom_id=custom_id)
            view.add_item(SheetButton(turn, result.person_id, page))
    return view


def _result(job: Job) -> SheetResult:
    if job.result is None:
        raise OmokageError(ErrorCode.PHOTO_GONE)
    return SheetResult.from_json(job.result)


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
