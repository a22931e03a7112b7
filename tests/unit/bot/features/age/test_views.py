"""Buttons and selects under faces at another age."""

from __future__ import annotations

from typing import Any

import pytest

from bot.features.age.requests import request_of, result_of
from bot.features.age.views import AgeButton, AgedFacesSelect, aged_view, question_view
from core.domain.ageing import AgedFace, AgeOutput, AgeRequest, AgeResult
from core.domain.jobs import Job
from tests.unit.bot.features.age.builders import (
    ADULT,
    EN,
    JA,
    OBJECTED,
    PHOTO,
    STRIP,
    TO_70,
    a_question,
    age_result,
    an_age_job,
)

SNOWFLAKE = 18_446_744_073_709_551_615
CROWD = age_result(*(AgedFace(index, 30, 70, 0.9) for index in range(60)))


def view_of(job: Job, words: Any = EN) -> Any:
    return aged_view(words, job, request_of(job), result_of(job))


@pytest.mark.parametrize(
    ("request_", "labels"),
    [
        (TO_70, ["At 20", "At 40", "At 60", "At 80", "↔️ Strip", "🎞️ Film"]),
        (AgeRequest(PHOTO, to=40), ["At 20", "At 60", "At 80", "↔️ Strip", "🎞️ Film"]),
        (STRIP, ["At 20", "At 40", "At 60", "At 80", "🎞️ Film"]),
        (AgeRequest(PHOTO, AgeOutput.FILM), ["At 20", "At 40", "At 60", "At 80", "↔️ Strip"]),
    ],
)
async def test_other_ages_and_forms_are_offered(request_: AgeRequest, labels: list[str]) -> None:
    assert [item.item.label for item in view_of(an_age_job(request_)).children] == labels


async def test_ages_are_offered_in_japanese() -> None:
    labels = [item.item.label for item in view_of(an_age_job(), JA).children]

    assert labels == ["20歳", "40歳", "60歳", "80歳", "↔️ 10歳ごと", "🎞️ アニメーション"]


async def test_where_no_face_may_be_changed_nothing_is_offered() -> None:
    assert view_of(an_age_job(result=age_result(OBJECTED, picture=None))) is None


async def test_of_a_group_photo_some_faces_may_be_chosen_together() -> None:
    view = view_of(an_age_job(result=age_result(ADULT, OBJECTED, AgedFace(2, 60, 70, 0.9))))

    select = view.children[-1].item
    assert [(option.label, option.value) for option in select.options] == [("Face 1", "0"), ("Face 3", "2")]
    assert (select.min_values, select.max_values) == (1, 2)


async def test_a_question_has_every_face_and_takes_one() -> None:
    job = an_age_job(STRIP, a_question(3))
    view: Any = question_view(EN, job, request_of(job), result_of(job))

    (select,) = view.children
    assert [option.value for option in select.item.options] == ["0", "1", "2"]
    assert select.item.max_values == 1


@pytest.mark.parametrize("result", [CROWD, a_question(60)])
async def test_custom_ids_are_short_enough_found_again_and_fit_into_five_rows(result: AgeResult) -> None:
    view = view_of(an_age_job(result=result, id=SNOWFLAKE))

    assert len(view.to_components()) <= 5
    for item in view.children:
        other = AgeButton if isinstance(item, AgedFacesSelect) else AgedFacesSelect
        assert type(item).__discord_ui_compiled_template__.fullmatch(item.item.custom_id)
        assert not other.__discord_ui_compiled_template__.fullmatch(item.item.custom_id)
        assert len(item.item.custom_id) <= 100
