"""Which photo of a message is taken, and which are refused."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any
from unittest.mock import create_autospec

import aiohttp
import discord
import pytest

from bot.intake.fetch import Fetcher
from bot.intake.photos import MAX_BYTES, check_photo, first_photo
from bot.photo import Photo
from core.domain.errors import ErrorCode, OmokageError


@pytest.mark.parametrize(
    ("content_type", "size", "code"),
    [
        ("text/plain", 10, ErrorCode.NOT_AN_IMAGE),
        ("video/mp4", 10, ErrorCode.NOT_AN_IMAGE),
        ("image/png", MAX_BYTES + 1, ErrorCode.TOO_LARGE),
    ],
)
def test_what_cannot_be_a_photo_is_refused(content_type: str, size: int, code: ErrorCode) -> None:
    with pytest.raises(OmokageError) as refused:
        check_photo(Photo("https://cdn.discordapp.com/a", "a", size, content_type))

    assert refused.value.code is code


@pytest.mark.parametrize("content_type", ["image/jpeg", "image/webp", None])
def test_what_may_be_a_photo_is_accepted(content_type: str | None) -> None:
    check_photo(Photo("https://cdn.discordapp.com/a", "a", MAX_BYTES, content_type))


CDN = "https://cdn.discordapp.com/attachments/1/2/x.jpg"


def a_message(attachments: Sequence[str] = (), **more: Any) -> Any:
    """A message with attached files of these content types; `more` are further parts of it."""
    message = create_autospec(discord.Message, instance=True)
    empty: dict[str, Any] = {"embeds": [], "components": [], "stickers": [], "message_snapshots": []}
    for name, value in (empty | more).items():
        setattr(message, name, value)
    message.attachments = [
        SimpleNamespace(url=f"u{n}", filename=f"f{n}", size=n, content_type=kind) for n, kind in enumerate(attachments)
    ]
    return message


def meant(message: Any) -> Photo:
    return first_photo(message, Fetcher(create_autospec(aiohttp.ClientSession, instance=True), None).allows)


def media(url: str, content_type: str | None = "image/png") -> Any:
    item = discord.UnfurledMediaItem(url)
    item.content_type = content_type
    return item


def sticker(kind: discord.StickerFormatType) -> Any:
    data: Any = {"id": "5", "name": "Haru", "format_type": kind.value}
    return discord.StickerItem(state=None, data=data)  # type: ignore[arg-type]


def test_the_first_picture_of_a_message_is_meant() -> None:
    photo = meant(a_message(["text/plain", "image/png", "image/jpeg"]))

    assert (photo.url, photo.of) == ("u1", 2)


def test_a_picture_that_a_message_forwards_is_meant() -> None:
    forwarded = a_message(["text/plain", "image/png", "image/png"])

    photo = meant(a_message(message_snapshots=[forwarded]))

    assert (photo.url, photo.of) == ("u1", 2)


@pytest.mark.parametrize("forwarded", [False, True])
@pytest.mark.parametrize(
    ("part", "url"),
    [
        ({"embeds": [discord.Embed().set_image(url=CDN)]}, CDN),
        ({"embeds": [discord.Embed().set_thumbnail(url=CDN)]}, CDN),
        ({"embeds": [discord.Embed.from_dict({"image": {"url": "https://a.example/x", "proxy_url": CDN}})]}, CDN),
        ({"stickers": [sticker(discord.StickerFormatType.png)]}, "https://cdn.discordapp.com/stickers/5.png"),
        (
            {"components": [SimpleNamespace(children=[SimpleNamespace(items=[SimpleNamespace(media=media(CDN))])])]},
            CDN,
        ),
        ({"components": [SimpleNamespace(children=[], accessory=SimpleNamespace(media=media(CDN)))]}, CDN),
    ],
)
def test_a_picture_that_a_message_shows_without_attaching_it_is_meant(
    part: dict[str, Any], url: str, forwarded: bool
) -> None:
    message = a_message(**part)

    assert meant(a_message(message_snapshots=[message]) if forwarded else message).url == url


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (a_message(), "no-picture"),
        (a_message(["video/mp4"]), "no-picture"),
        (a_message(stickers=[sticker(discord.StickerFormatType.lottie)]), "no-picture"),
        (a_message(components=[SimpleNamespace(media=media(CDN, "video/mp4"))]), "no-picture"),
        (a_message(embeds=[discord.Embed().set_image(url="https://a.example/x.jpg")]), "link-preview"),
        (a_message(message_snapshots=[a_message()]), "no-picture"),
    ],
)
def test_a_message_without_a_picture_that_may_be_fetched_says_why(message: Any, reason: str) -> None:
    with pytest.raises(OmokageError) as refused:
        meant(message)

    assert refused.value.details == {"reason": reason}
