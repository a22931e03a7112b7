"""The answer in words, and which photo is meant."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.classify import texts
from bot.features.people.shown_faces import ShownFace, shown_faces
from bot.ui.i18n import words_in
from core.domain.faces import Candidate
from tests.unit.bot.features.people.builders import HANAKO, TARO, classify_result, predicted_face, stored_face

EN = words_in("en")


def test_a_line_has_the_top_three_best_first_and_leaves_out_nothings() -> None:
    nothing = Candidate(3, "Jiro", 0.004)
    (face,) = shown_faces(classify_result(predicted_face(1, HANAKO, TARO, nothing, named=True)), [stored_face(1)])

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
        embed = texts.embed_of(words_in(language), 2**63, classify_result(), faces)

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
    result = replace(classify_result(predicted_face(1, HANAKO, named=True)), turned=degrees)
    faces = shown_faces(result, [stored_face(1)])

    for language, said in (("en", en), ("ja", ja)):
        first, line = (texts.embed_of(words_in(language), 9, result, faces).description or "").splitlines()
        assert said in first
        assert "Hanako" in line


def test_where_the_guild_wants_it_each_face_says_how_old_it_looks_and_the_answer_how_wrong_that_is() -> None:
    faces = [predicted_face(1, HANAKO, named=True), predicted_face(2, TARO), predicted_face(3)]
    aged = [replace(face, age=age) for face, age in zip(faces, (30, 7, None), strict=True)]
    result = replace(classify_result(*aged), age_error=7.7)
    shown = shown_faces(result, [stored_face(1), stored_face(2, TARO)])

    english, japanese = (texts.embed_of(words_in(language), 9, result, shown).description for language in ("en", "ja"))

    assert (english or "").splitlines() == [
        "**1** · **Hanako** 92% · about 30",
        "**2** · **Taro** ✓ said by <@33> · about 7",
        "**3** · unknown",
        "-# Ages are guessed from how faces look, and wrong by 8 years on average.",
    ]
    assert "**1** · **Hanako** 92% · 約30歳" in (japanese or "")


def test_however_many_faces_it_is_said_how_wrong_ages_are() -> None:
    aged = [replace(predicted_face(number, HANAKO, TARO), age=30) for number in range(1, 126)]
    result = replace(classify_result(*aged), age_error=7.7)

    description = texts.embed_of(EN, 9, result, shown_faces(result, [])).description or ""

    assert len(description) <= 4096
    assert description.endswith("wrong by 8 years on average.")


def test_faces_that_find_no_room_are_counted() -> None:
    faces = [ShownFace(n, n, "N" * 64, 0.9, (), None, editable=True) for n in range(1, 101)]

    *lines, last = texts.lines_of(EN, faces).splitlines()

    assert last == f"… and {100 - len(lines)} more faces"
