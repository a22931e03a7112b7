"""What is said below faces at another age."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.features.age.texts import aged_embed, face_line, title
from core.domain.ageing import AgedFace, AgeOutput, AgeRefusal, AgeRequest, AgeResult
from tests.unit.bot.fakes import JOB_ID
from tests.unit.bot.features.age.builders import (
    ADULT,
    CHILD,
    EN,
    JA,
    OBJECTED,
    PHOTO,
    STRIP,
    TO_70,
    age_result,
    an_age_job,
)


def line(face: AgedFace, request: AgeRequest = TO_70) -> str:
    return face_line(EN, request, age_result(face), face)


def description(result: AgeResult, request: AgeRequest = TO_70) -> str:
    return aged_embed(EN, an_age_job(request, result), request, result).description or ""


def test_a_changed_face_has_both_ages_the_error_and_how_like_itself_it_is() -> None:
    assert line(ADULT) == "Looks about **34** (±8 years) → **70** · still the same person: 83%"
    assert face_line(JA, TO_70, age_result(), ADULT) == (
        "見た目は約 **34歳**（±8歳） → **70歳** · 同じ人に見える度合い：83%"
    )


def test_nobody_is_certainly_the_same_person() -> None:
    assert line(replace(ADULT, similarity=1.0)).endswith("still the same person: 99%")


@pytest.mark.parametrize("output", [AgeOutput.STRIP, AgeOutput.FILM])
def test_a_strip_and_a_film_say_how_like_itself_the_face_is_at_least(output: AgeOutput) -> None:
    face = AgedFace(0, 34, None, 0.834)

    assert line(face, AgeRequest(PHOTO, output)) == (
        "Looks about **34** (±8 years) · at every age still the same person: at least 83%"
    )


@pytest.mark.parametrize("refusal", AgeRefusal)
def test_every_refusal_has_a_reason_in_both_languages(refusal: AgeRefusal) -> None:
    face = AgedFace(0, None, refusal=refusal)

    english, japanese = (face_line(words, TO_70, age_result(face), face) for words in (EN, JA))

    assert english.startswith("Left as it is: ")
    assert japanese.startswith("そのままにしました：")


def test_of_several_faces_each_has_its_number() -> None:
    lines = description(age_result(ADULT, CHILD, OBJECTED)).splitlines()

    assert lines[0].startswith("**1** · Looks about **34**")
    assert lines[1] == (
        "**2** · Looks about **9** (±8 years) · "
        "left as it is: a face that looks younger than 21 is shown only a few years older or younger"
    )
    assert lines[2] == "**3** · Left as it is: this person does not want to be changed"
    assert lines[3:] == ["-# For fun, not a prediction."]


def test_the_model_of_the_product_says_whom_it_knows_and_how_to_get_another() -> None:
    text = description(age_result(starter=True, version_id=None))

    assert "For fun, not a prediction." in text
    assert "knows drawn people only" in text
    assert "/train start reage" in text
    assert "drawn people" not in description(age_result())


def test_where_nothing_was_made_nothing_is_said_of_predictions() -> None:
    assert description(age_result(OBJECTED, picture=None)) == ("Left as it is: this person does not want to be changed")


@pytest.mark.parametrize(
    ("request_", "result", "english", "japanese"),
    [
        (TO_70, age_result(), "At 70", "70歳の顔"),
        (AgeRequest(PHOTO, years=30), age_result(), "30 years older", "30年後の顔"),
        (AgeRequest(PHOTO, years=-1), age_result(), "One year younger", "1年前の顔"),
        (STRIP, age_result(), "From decade to decade", "10歳ごとの顔"),
        (AgeRequest(PHOTO, AgeOutput.FILM), age_result(), "From young to old", "年を重ねていく顔"),
        (TO_70, age_result(OBJECTED, picture=None), "The face was left as it is", "顔はそのままにしました"),
        (
            TO_70,
            age_result(OBJECTED, CHILD, picture=None),
            "The faces were left as they are",
            "どの顔もそのままにしました",
        ),
    ],
)
def test_the_headline_says_what_was_made(request_: AgeRequest, result: AgeResult, english: str, japanese: str) -> None:
    assert title(EN, request_, result) == english
    assert title(JA, request_, result) == japanese


def test_the_footer_names_the_model_and_the_job() -> None:
    embed = aged_embed(EN, an_age_job(), TO_70, age_result())

    assert embed.footer.text == f"reage v2 (reage light) · job {JOB_ID}"


def test_a_crowd_fits_into_an_embed_and_the_notes_stay() -> None:
    result = age_result(*(AgedFace(index, None, refusal=AgeRefusal.PROFILE) for index in range(125)), starter=True)

    text = description(result)

    assert len(text) <= 4096
    assert "more faces" in text
    assert "knows drawn people only" in text
