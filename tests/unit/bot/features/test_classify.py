"""The answer in words, and which photo is meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from unittest.mock import create_autospec

import aiohttp
import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.classify import texts
from bot.features.people.shown_faces import ShownFace, shown_faces
from bot.intake.fetch import Fetcher
from bot.intake.photos import MAX_BYTES, Photo, check_photo, first_photo
from bot.ui.i18n import words_in
from core.domain.classification import ClassifyResult, FaceAnswer
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box, Candidate
from core.domain.people import FaceRef, StoredFace

HANAKO, TARO = Candidate(1, "Hanako", 0.92), Candidate(2, "Taro", 0.05)
BOX = Box(0, 0, 10, 10)
EN = words_in("en")


def answered(*faces: FaceAnswer) -> ClassifyResult:
    return ClassifyResult(100, 100, "0" * 64, "image/jpeg", faces, "embedding-1", 0.42)


def found(number: int, *top: Candidate, named: bool = False) -> FaceAnswer:
    return FaceAnswer(number, BOX, 0.9, top[0].person_id if named else None, top[0].name if named else None, top)


def stored(number: int, person: Candidate | None = None, rejected: frozenset[int] = frozenset()) -> StoredFace:
    who = (person.person_id, person.name, rejected, 33) if person else (None, None, rejected, None)
    return StoredFace(FaceRef(9, number), BOX, 0.9, (), *who)


def test_what_a_member_said_outweighs_what_was_found() -> None:
    (face,) = shown_faces(answered(found(1, HANAKO, named=True)), [stored(1, TARO)])

    assert (face.name, face.said_by, face.probability) == ("Taro", 33, None)
    assert texts.face_line(EN, face) == "**1** · **Taro** ✓ said by <@33>"


def test_a_rejected_name_is_not_shown_again() -> None:
    (face,) = shown_faces(answered(found(1, HANAKO, TARO, named=True)), [stored(1, rejected=frozenset({1}))])

    assert texts.face_line(EN, face) == "**1** · unknown · perhaps Taro 5%"


def test_an_unknown_face_is_not_perhaps_somebody_who_is_there_already() -> None:
    faces = [found(1, HANAKO, TARO, named=True), found(2, HANAKO, TARO)]

    one, other = shown_faces(answered(*faces), [stored(1), stored(2)])

    assert texts.face_line(EN, one) == "**1** · **Hanako** 92% · Taro 5%"
    assert texts.face_line(EN, other) == "**2** · unknown · perhaps Taro 5%"


def test_a_sure_name_that_is_withheld_is_told_as_long_as_somebody_else_has_it() -> None:
    faces = [found(1, HANAKO, named=True), FaceAnswer(2, BOX, 0.9, None, None, (HANAKO,), withheld=HANAKO)]

    _, withheld = shown_faces(answered(*faces), [stored(1), stored(2)])
    _, free = shown_faces(answered(*faces), [stored(1, TARO), stored(2)])
    _, refused = shown_faces(answered(*faces), [stored(1), stored(2, rejected=frozenset({1}))])

    assert texts.face_line(EN, withheld) == (
        "**2** · unknown · would be Hanako too, with 92%, but I name nobody twice in one photo"
    )
    assert "Hanako さんの可能性も92%" in texts.face_line(words_in("ja"), withheld)
    assert texts.face_line(EN, free) == "**2** · unknown · perhaps Hanako 92%"
    assert texts.face_line(EN, refused) == "**2** · unknown"


def test_a_name_from_an_earlier_answer_is_told_as_what_a_member_said() -> None:
    answer = FaceAnswer(1, BOX, 0.9, 1, "Hanako", (TARO,), confirmed_by=33)

    (face,) = shown_faces(answered(answer), [stored(1)])
    (rejected,) = shown_faces(answered(answer), [stored(1, rejected=frozenset({1}))])

    assert texts.face_line(EN, face) == "**1** · **Hanako** ✓ said by <@33>"
    assert texts.face_line(EN, rejected) == "**1** · unknown · perhaps Taro 5%"


def test_no_recogniser_is_sure() -> None:
    (face,) = shown_faces(answered(found(1, Candidate(1, "Hanako", 0.9999), named=True)), [stored(1)])

    assert texts.face_line(EN, face) == "**1** · **Hanako** 99%"


def test_a_face_that_is_not_stored_cannot_be_named() -> None:
    (face,) = shown_faces(answered(found(1)), [])

    assert not face.editable


def test_a_line_has_the_top_three_best_first_and_leaves_out_nothings() -> None:
    nothing = Candidate(3, "Jiro", 0.004)
    (face,) = shown_faces(answered(found(1, HANAKO, TARO, nothing, named=True)), [stored(1)])

    assert texts.face_line(EN, face) == "**1** · **Hanako** 92% · Taro 5%"


def test_a_name_cannot_change_how_the_message_looks() -> None:
    face = ShownFace(1, 1, "**a**_b_", 0.5, (), None, editable=True)

    assert texts.face_line(EN, face) == r"**1** · **\*\*a\*\*\_b\_** 50%"


@pytest.mark.parametrize(
    ("known", "unknown", "title"),
    [
        (0, 1, "One face, but nobody I know"),
        (0, 3, "3 faces, but nobody I know"),
        (1, 0, "I know who this is"),
        (3, 0, "I know all 3 people in this photo"),
        (2, 1, "I know 2 of 3 people in this photo"),
    ],
)
def test_the_headline_is_honest(known: int, unknown: int, title: str) -> None:
    faces = [ShownFace(n, 1, "x", 0.9, (), None, editable=True) for n in range(known)]
    faces += [ShownFace(n, None, None, None, (), None, editable=True) for n in range(unknown)]

    assert texts.headline(EN, faces) == title


@given(st.lists(st.text(min_size=1, max_size=64), min_size=1, max_size=150))
def test_however_many_faces_the_embed_is_within_discords_limits(names: list[str]) -> None:
    top = [tuple(Candidate(n, name, 0.3) for _ in range(3)) for n, name in enumerate(names)]
    faces = [
        ShownFace(n, n, name, 0.9, others, None, editable=True)
        for n, (name, others) in enumerate(zip(names, top, strict=True))
    ]
    for language in ("en", "ja"):
        embed = texts.embed_of(words_in(language), 2**63, answered(), faces)

        assert len(embed.description or "") <= 4096
        assert len(embed) <= 6000


@pytest.mark.parametrize(
    ("degrees", "en", "ja"),
    [
        (90, "The photo lay on its side, so", "横向きでしたので"),
        (180, "The photo was upside down, so", "逆さまでしたので"),
    ],
)
def test_the_answer_says_that_the_photo_was_turned(degrees: int, en: str, ja: str) -> None:
    result = replace(answered(found(1, HANAKO, named=True)), turned=degrees)
    faces = shown_faces(result, [stored(1)])

    for language, said in (("en", en), ("ja", ja)):
        first, line = (texts.embed_of(words_in(language), 9, result, faces).description or "").splitlines()
        assert said in first
        assert "Hanako" in line


def test_faces_that_find_no_room_are_counted() -> None:
    faces = [ShownFace(n, n, "N" * 64, 0.9, (), None, editable=True) for n in range(1, 101)]

    *lines, last = texts.lines_of(EN, faces).splitlines()

    assert last == f"… and {100 - len(lines)} more faces"


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


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn.discordapp.com/a.jpg",
        "https://cdn.discordapp.com.evil.example/a.jpg",
        "https://user@169.254.169.254/latest",
        "file:///etc/passwd",
        "http://127.0.0.1:1/a.jpg",
    ],
)
async def test_photos_are_read_from_discord_and_from_nowhere_else(url: str) -> None:
    session = create_autospec(aiohttp.ClientSession, instance=True)

    with pytest.raises(OmokageError) as refused:
        await Fetcher(session, None).fetch(url)

    assert refused.value.code is ErrorCode.PHOTO_GONE
    session.get.assert_not_called()
