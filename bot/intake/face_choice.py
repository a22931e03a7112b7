"""Ask which of several faces in a photo is meant, for every kind of job that takes photos.

The answer to such a job is the question; the choice is the same job again, with the face's place in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import discord

from bot.delivery.building import read_attachment
from bot.errors import guarded
from bot.intake.face_fields import with_changed_fields
from bot.intake.lookup import ID, find_job, parse_id, parse_number
from bot.reply import Attachment, Reply
from bot.ui.i18n import Words
from bot.ui.menus import rows_view, select_pages, selected_value
from bot.ui.permissions import require_requester
from core.domain.errors import ErrorCode, OmokageError
from core.domain.generation import FaceChoice
from core.domain.jobs import JSON, Job

if TYPE_CHECKING:
    from bot.context import BotContext, Interaction

COLOUR = 0x4477AA
PHOTO = "photo.jpg"


class FaceChoiceSelect(
    discord.ui.DynamicItem[discord.ui.Select[Any]], template=rf"drawn:meant:(?P<job>{ID}):(?P<first>\d{{1,3}})s"
):
    """Chooses the face; `first` is the index of its first option."""

    def __init__(self, select: discord.ui.Select[Any], job_id: int) -> None:
        super().__init__(select)
        self.job_id = job_id

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> FaceChoiceSelect:
        """Rebuild the select from its custom id."""
        return cls(item, parse_id(match["job"]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Request the same again, for that face; only the member whose photo it is may, and moderators."""
        job = await find_job(interaction, self.job_id)
        require_requester(interaction, job)
        params = params_with_choice(job, parse_number(selected_value(self.item)))
        await interaction.client.intake.request_job(interaction, job.kind, params)


def face_choice_of(job: Job) -> FaceChoice | None:
    """Read the choice that must be made before there can be an answer; None: there is none."""
    result: Mapping[str, Any] = job.result or {}
    choice = result.get("choice")
    return FaceChoice(**choice) if isinstance(choice, Mapping) else None  # of /age it is a blob: see its views


def params_with_choice(job: Job, index: int | None) -> dict[str, JSON]:
    """Build the job's parameters with the chosen face.

    Raises:
        OmokageError: PHOTO_GONE, nothing is to be chosen; FACE_GONE, the photo has no such face.
    """
    choice = face_choice_of(job)
    if choice is None:
        raise OmokageError(ErrorCode.PHOTO_GONE)
    if index is None or index >= choice.faces:
        raise OmokageError(ErrorCode.FACE_GONE)
    params = {key: value for key, value in job.params.items() if key != "photos"}  # they are blobs by now
    return with_changed_fields(params, choice.which, index=index)


async def choice_reply(bot: BotContext, words: Words, job: Job, choice: FaceChoice) -> Reply:
    """Build the question, with the numbered photo.

    Raises:
        OmokageError: PHOTO_GONE, the photo is not there any more.
    """
    photo = await numbered_photo(bot, words, choice.picture, choice.faces)
    return replace(choice_reply_without_photo(words, job, choice), attachments=(photo,))


def choice_reply_without_photo(words: Words, job: Job, choice: FaceChoice) -> Reply:
    """Build the question without the photo, which stays."""
    return face_question(words, job, choice.faces, choice_view(words, job, choice.faces))


def face_question(words: Words, job: Job, faces: int, view: discord.ui.View) -> Reply:
    """Build the question about a photo with so many faces; `view` has the select."""
    embed = discord.Embed(colour=COLOUR, title=words.say("choice-title", faces=faces))
    embed.description = words.say("choice-text")
    embed.set_image(url=f"attachment://{PHOTO}").set_footer(text=words.say("choice-footer", job=str(job.id)))
    return Reply(embed=embed, view=view, private=True)


async def numbered_photo(bot: BotContext, words: Words, picture: str, faces: int) -> Attachment:
    """Read the photo with its faces numbered.

    Args:
        bot: whose blobs are read.
        words: for its description.
        picture: the blob's name.
        faces: how many are numbered.

    Raises:
        OmokageError: PHOTO_GONE, the photo is not there any more.
    """
    return await read_attachment(bot, PHOTO, picture, words.say("choice-alt", faces=faces))


def choice_view(words: Words, job: Job, faces: int) -> discord.ui.View:
    """Build a select with every face's number, as in the picture."""
    options = [
        discord.SelectOption(label=words.say("choice-face-option", number=str(number)), value=str(number - 1))
        for number in range(1, faces + 1)
    ]
    rows = []
    for first, select in select_pages(words.say("choice-placeholder"), options):
        select.custom_id = f"drawn:meant:{job.id}:{first}s"
        rows.append([FaceChoiceSelect(select, job.id)])
    return rows_view(rows)
