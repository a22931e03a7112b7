"""Which of several faces in a photo is meant."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from bot.features.generate.views import DrawnSelect
from bot.intake.face_choice import FaceChoiceSelect, choice_reply_without_photo, choice_view, params_with_choice
from bot.ui.i18n import words_in
from core.domain.errors import ErrorCode, OmokageError
from core.domain.generation import Face, FaceChoice, GridRequest, MixRequest, MorphRequest
from core.domain.jobs import JobKind
from core.domain.optimisation import OptimizeMode, OptimizeRequest
from tests.unit.bot.fakes import a_job

EN = words_in("en")
PHOTO = "ab" * 32
SNOWFLAKE = 18_446_744_073_709_551_615


@pytest.mark.parametrize(
    ("kind", "which", "request_"),
    [
        (JobKind.MORPH, "a", MorphRequest(Face(photo=PHOTO), Face(5))),
        (JobKind.MIX, "add/1", MixRequest((Face(1), Face(photo=PHOTO)))),
        (JobKind.GENERATE, "like", GridRequest(8, 1, like=Face(photo=PHOTO))),
        (JobKind.OPTIMIZE, "start", OptimizeRequest("Mina", OptimizeMode.FOOL, start=Face(photo=PHOTO))),
    ],
)
def test_a_chosen_face_is_filled_in_where_it_was_asked_about(kind: JobKind, which: str, request_: Any) -> None:
    choice = FaceChoice(which, PHOTO, 3, "cd" * 32)
    photos = {"photos": {which: {"photo_url": "https://cdn.discordapp.com/a.jpg"}}}
    job = a_job(kind=kind, params=request_.to_json() | photos, result={"choice": asdict(choice)})

    params = params_with_choice(job, 2)

    expected: Any = {"photo": PHOTO, "index": 2}
    payload = type(request_).from_json(params).to_json()
    assert expected in [payload.get(which), *(payload.get("add") or [])]
    assert "photos" not in params  # or the photo would be fetched again


@pytest.mark.parametrize("result", [None, {}, {"choice": None}, {"choice": "cd" * 32}])
def test_where_nothing_is_to_be_chosen_nothing_is_asked_for(result: Any) -> None:
    with pytest.raises(OmokageError) as refused:
        params_with_choice(a_job(result=result), 0)

    assert refused.value.code is ErrorCode.PHOTO_GONE


async def test_the_faces_of_a_photo_are_numbered_as_in_its_picture() -> None:
    view: Any = choice_view(EN, a_job(kind=JobKind.MORPH), 3)

    (select,) = view.children
    assert [(option.label, option.value) for option in select.item.options] == [
        ("Face 1", "0"),
        ("Face 2", "1"),
        ("Face 3", "2"),
    ]


async def test_only_who_sent_the_photo_sees_the_question() -> None:
    answer = choice_reply_without_photo(EN, a_job(kind=JobKind.OPTIMIZE), FaceChoice("start", PHOTO, 3, PHOTO))

    assert answer.private
    assert answer.embed is not None
    assert answer.embed.title == "This photo shows 3 faces"


async def test_a_crowd_has_a_select_for_every_25_faces_and_custom_ids_are_found_again() -> None:
    view: Any = choice_view(EN, a_job(id=SNOWFLAKE), 125)

    assert len(view.children) == len(view.to_components()) == 5
    assert view.children[1].item.placeholder == "Choose a face … (Face 26 – Face 50)"
    for item in view.children:
        assert FaceChoiceSelect.__discord_ui_compiled_template__.fullmatch(item.item.custom_id)
        assert not DrawnSelect.__discord_ui_compiled_template__.fullmatch(item.item.custom_id)
        assert len(item.item.custom_id) <= 100
