"""Choose a photo of a message and check it, from what Discord says of it, before anything is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import discord

from bot.photo import Photo
from core.domain.errors import ErrorCode, OmokageError

MAX_BYTES = 10 * 1024 * 1024
# Where Discord sends no content type (it knows none for the ending), the content decides later on.
_IMAGE = "image/"


def photo_from_attachment(attachment: discord.Attachment, of: int = 1) -> Photo:
    """Describe an attachment as a photo."""
    return Photo(attachment.url, attachment.filename, attachment.size, attachment.content_type, of)


def first_photo(message: discord.Message, on_cdn: Callable[[str], bool]) -> Photo:
    """Find the first picture that a message shows, its own or one that it forwards.

    Attached pictures come first. Pictures in embeds and layouts, and stickers, count where they lie on Discord's CDN
    (`on_cdn`): nothing is fetched from anywhere else. What a reply answers is another message, with a menu of its own.

    Raises:
        OmokageError: NOT_AN_IMAGE, there is none, or only the preview of a link to another site.
    """
    return all_photos(message, on_cdn)[0]


def all_photos(message: discord.Message, on_cdn: Callable[[str], bool]) -> list[Photo]:
    """Find the pictures that are attached to a message or to what it forwards; if there are none, the first one shown.

    Raises:
        OmokageError: as of `first_photo`.
    """
    # A forward is empty itself: what it passes on is in its snapshots.
    parts: list[discord.Message | discord.MessageSnapshot] = [message, *message.message_snapshots]
    attached = [file for part in parts for file in part.attachments if _may_be_image(file.content_type)]
    if attached:
        return [photo_from_attachment(file, len(attached)) for file in attached]
    shown = [picture for part in parts for picture in _shown_in(part)]
    fetchable = (Photo(url, name, 0, None) for name, urls in shown for url in urls if url and on_cdn(url))
    photo = next(fetchable, None)
    if photo is None:
        raise OmokageError(ErrorCode.NOT_AN_IMAGE, reason="link-preview" if shown else "no-picture")
    return [photo]


def _shown_in(part: discord.Message | discord.MessageSnapshot) -> Iterator[tuple[str, tuple[str | None, ...]]]:
    """List name and addresses of each picture that is not attached."""
    for embed in part.embeds:
        for media in (embed.image, embed.thumbnail):
            if media.url:
                yield "picture", (media.url, media.proxy_url)
    for component in part.components:
        for item in _media_in(component):
            if _may_be_image(item.content_type):
                yield "picture", (item.url, item.proxy_url)
    for sticker in part.stickers:
        if sticker.format is not discord.StickerFormatType.lottie:  # vector graphics
            yield sticker.name, (sticker.url,)


def _media_in(component: Any) -> Iterator[discord.UnfurledMediaItem]:
    """List the pictures of a layout component and of what is in it: galleries, thumbnails, files."""
    for holder in (component, *getattr(component, "items", ())):
        if isinstance(media := getattr(holder, "media", None), discord.UnfurledMediaItem):
            yield media
    accessory = getattr(component, "accessory", None)
    for inner in (*getattr(component, "children", ()), *([accessory] if accessory else [])):
        yield from _media_in(inner)


def check_photo(photo: Photo) -> None:
    """Refuse what cannot be a photo.

    Raises:
        OmokageError: NOT_AN_IMAGE, TOO_LARGE.
    """
    if not _may_be_image(photo.content_type):
        raise OmokageError(ErrorCode.NOT_AN_IMAGE)
    if photo.size > MAX_BYTES:
        raise OmokageError(ErrorCode.TOO_LARGE, size=photo.size)


def photo_url(params: Mapping[str, Any]) -> str:
    """Read the address of a job's photo."""
    return str(params["photo_url"])


def _may_be_image(content_type: str | None) -> bool:
    return content_type is None or content_type.startswith(_IMAGE)
