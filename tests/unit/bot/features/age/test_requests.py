"""What is requested, from options and from what is pressed under an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.age.requests import (
    BUTTON_AGES,
    DEFAULT_YEARS,
    AgeOptions,
    as_series,
    faces_to_choose,
    is_question,
    params_of,
    picture_count,
    possible_ages,
    possible_series,
    request_for,
    with_age,
    with_faces,
)
from core.domain.ageing import MAX_AGE, MIN_AGE, AgedFace, AgeOutput, AgeRefusal, AgeRequest, AgeResult
from core.domain.errors import ErrorCode, OmokageError
from tests.unit.bot.features.age.builders import (
    ADULT,
    CHILD,
    OBJECTED,
    PHOTO,
    STRIP,
    TO_70,
    a_question,
    age_result,
    an_age_job,
)


@pytest.mark.parametrize(
    ("options", "output", "to", "years"),
    [
        (AgeOptions(), AgeOutput.STRIP, None, None),
        (AgeOptions(to=70), AgeOutput.PHOTO, 70, None),
        (AgeOptions(years=-20), AgeOutput.PHOTO, None, -20),
        (AgeOptions(output=AgeOutput.PHOTO), AgeOutput.PHOTO, None, DEFAULT_YEARS),
        (AgeOptions(output=AgeOutput.PHOTO, to=8), AgeOutput.PHOTO, 8, None),
        (AgeOptions(output=AgeOutput.FILM), AgeOutput.FILM, None, None),
    ],
)
def test_an_age_makes_a_photo_and_without_one_all_ages_are_shown(
    options: AgeOptions, output: AgeOutput, to: int | None, years: int | None
) -> None:
    request = request_for(replace(options, model="reage v2"))

    assert (request.output, request.to, request.years) == (output, to, years)
    assert (request.faces, request.model) == ((), "reage v2")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (AgeOptions(years=3, to=70), "years-and-to"),
        (AgeOptions(years=0), "zero-years"),
        (AgeOptions(to=70, output=AgeOutput.STRIP), "age-of-series"),
        (AgeOptions(years=-3, output=AgeOutput.FILM), "age-of-series"),
    ],
)
def test_options_that_do_not_go_together_are_refused_with_their_reason(options: AgeOptions, reason: str) -> None:
    with pytest.raises(OmokageError) as refused:
        request_for(options)

    assert refused.value.code is ErrorCode.BAD_OPTION
    assert refused.value.details == {"reason": reason}


@pytest.mark.parametrize("options", [AgeOptions(to=0), AgeOptions(to=91), AgeOptions(years=90)])
def test_an_age_out_of_range_is_refused_with_the_range(options: AgeOptions) -> None:
    with pytest.raises(OmokageError) as refused:
        request_for(options)

    assert {"option", "value", "allowed"} <= set(refused.value.details)


@pytest.mark.parametrize(
    ("request_", "title"),
    [
        (TO_70, "/age → 70"),
        (AgeRequest(PHOTO, years=-20), "/age → -20"),
        (AgeRequest(PHOTO, years=30), "/age → +30"),
        (STRIP, "/age → strip"),
    ],
)
def test_the_title_in_lists_of_jobs_says_what_was_asked(request_: AgeRequest, title: str) -> None:
    assert params_of(request_)["title"] == title


def test_a_button_of_an_age_repeats_the_request_with_the_model_that_answered() -> None:
    job = an_age_job(AgeRequest(PHOTO, years=10, faces=(1,)))

    assert with_age(job, 40) == AgeRequest(PHOTO, to=40, faces=(1,), model="reage v2")
    assert "photos" not in params_of(with_age(job, 40))  # or the photo would be fetched again


@pytest.mark.parametrize(("faces", "kept"), [((), ()), ((1,), (1,)), ((0, 2), ())])
def test_a_strip_of_several_faces_asks_for_one_of_them(faces: tuple[int, ...], kept: tuple[int, ...]) -> None:
    request = as_series(an_age_job(replace(TO_70, faces=faces)), AgeOutput.STRIP)

    assert request == AgeRequest(PHOTO, AgeOutput.STRIP, faces=kept, model="reage v2")


def test_chosen_faces_are_those_of_the_next_request() -> None:
    job = an_age_job(result=age_result(ADULT, CHILD, OBJECTED))

    assert with_faces(job, [0, 2]) == replace(TO_70, faces=(0, 2), model="reage v2")
    assert with_faces(an_age_job(STRIP, a_question()), [2]).faces == (2,)


@pytest.mark.parametrize("chosen", [[3], [0, 3], [None], []])
def test_faces_that_the_photo_has_not_are_refused(chosen: list[int | None]) -> None:
    with pytest.raises(OmokageError) as refused:
        with_faces(an_age_job(result=age_result(ADULT, CHILD, OBJECTED)), chosen)

    assert refused.value.code is ErrorCode.FACE_GONE


@pytest.mark.parametrize(
    ("result", "asks"),
    [
        (a_question(), True),
        (age_result(), False),
        (age_result(OBJECTED, picture=None), False),
        (age_result(ADULT, CHILD, choice="ef" * 32), False),
        (age_result(CHILD, OBJECTED, picture=None, choice="ef" * 32), False),
    ],
)
def test_only_a_numbered_photo_without_refusals_and_pictures_is_a_question(result: AgeResult, asks: bool) -> None:
    assert is_question(result) is asks


@pytest.mark.parametrize(
    ("request_", "result", "ages"),
    [
        (TO_70, age_result(ADULT), (20, 40, 60, 80)),
        (replace(TO_70, to=40), age_result(ADULT), (20, 60, 80)),
        (TO_70, age_result(CHILD, picture=None), (20,)),
        (TO_70, age_result(AgedFace(0, 3, refusal=AgeRefusal.CHILD), picture=None), ()),
        (TO_70, age_result(CHILD, ADULT), (20, 40, 60, 80)),
        (TO_70, age_result(OBJECTED, picture=None), ()),
        (STRIP, a_question(), ()),
    ],
)
def test_ages_are_offered_that_some_face_may_be_shown_at(
    request_: AgeRequest, result: AgeResult, ages: tuple[int, ...]
) -> None:
    assert possible_ages(request_, result) == ages


def test_what_was_made_already_is_not_offered_and_nothing_of_faces_that_stay_as_they_are() -> None:
    assert possible_series(TO_70, age_result()) == (AgeOutput.STRIP, AgeOutput.FILM)
    assert possible_series(STRIP, age_result()) == (AgeOutput.FILM,)
    assert possible_series(TO_70, age_result(OBJECTED, picture=None)) == ()


def test_of_a_group_photo_the_faces_that_change_may_be_chosen() -> None:
    group, one = age_result(ADULT, CHILD, OBJECTED), age_result()

    assert [face.index for face in faces_to_choose(TO_70, group)] == [0]
    assert faces_to_choose(TO_70, one) == []
    assert faces_to_choose(replace(TO_70, faces=(0, 1)), group) == []
    assert [face.index for face in faces_to_choose(STRIP, a_question())] == [0, 1, 2]


@pytest.mark.parametrize("age", BUTTON_AGES)
def test_every_button_is_an_age_that_may_be_asked_for(age: int) -> None:
    assert MIN_AGE <= age <= MAX_AGE


@given(st.integers(MIN_AGE, MAX_AGE))
def test_any_age_that_may_be_asked_for_can_follow(age: int) -> None:
    assert with_age(an_age_job(), age).to == age


@given(st.integers(MAX_AGE + 1, 99) | st.just(0))
def test_a_forged_age_is_refused(age: int) -> None:
    with pytest.raises(OmokageError) as refused:
        with_age(an_age_job(), age)

    assert refused.value.code is ErrorCode.BAD_OPTION


def test_how_many_pictures_the_message_had_is_read_where_it_is_written() -> None:
    job = an_age_job()
    several = {**job.params, "photos": {".": {"of": 3}}}

    assert picture_count(job) == 1
    assert picture_count(replace(job, params=several)) == 3
    assert picture_count(replace(job, params=params_of(TO_70))) == 1
