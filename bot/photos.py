"""Which photo is meant, and whether it may be one: all from what Discord says of it, before anything is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import discord

from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JSON

LARGEST_BYTES = 10 * 1024 * 1024
# Where Discord sends no content type (it knows none for the ending), the content decides later on.
_IMAGE = "image/"


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo on Discord's CDN; `of` is how many pictures its message has."""

    url: str = field(repr=False)  # signed: whoever has it can fetch the photo
    filename: str
    size: int
    content_type: str | None
    of: int = 1

    def params(self) -> dict[str, JSON]:
        """What the job's row keeps, so that a restarted bot can go on."""
        return {"photo_url": self.url, "filename": self.filename, "size": self.size, "of": self.of}


def photo_of(attachment: discord.Attachment, of: int = 1) -> Photo:
    """An attachment as a photo."""
    return Photo(attachment.url, attachment.filename, attachment.size, attachment.content_type, of)


def photo_in(message: discord.Message, own_id: int) -> Photo:
    """The first picture of a message: attached, or in the embed of one of the bot's own answers.

    Raises:
        OmokageError: NOT_AN_IMAGE, there is none.
    """
    attached = [one for one in message.attachments if _may_be_image(one.content_type)]
    if attached:
        return photo_of(attached[0], len(attached))
    # Others' embeds show pictures from anywhere; those of our own answers are on Discord's CDN.
    shown = [embed.image for embed in message.embeds if embed.image.url] if message.author.id == own_id else []
    if shown:
        return Photo(str(shown[0].url), "picture", 0, None)
    raise OmokageError(ErrorCode.NOT_AN_IMAGE, reason="no-picture")


def check(photo: Photo) -> None:
    """Refuse what cannot be a photo.

    Raises:
        OmokageError: NOT_AN_IMAGE, TOO_LARGE.
    """
    if not _may_be_image(photo.content_type):
        raise OmokageError(ErrorCode.NOT_AN_IMAGE)
    if photo.size > LARGEST_BYTES:
        raise OmokageError(ErrorCode.TOO_LARGE, size=photo.size)


def url_in(params: Mapping[str, Any]) -> str:
    """Where a job's photo is."""
    return str(params["photo_url"])


def _may_be_image(content_type: str | None) -> bool:
    return content_type is None or content_type.startswith(_IMAGE)
