"""Jobs that show faces at another age, and their results."""

from __future__ import annotations

from typing import Any

from bot.features.age.requests import params_of
from bot.ui.i18n import words_in
from core.domain.ageing import AgedFace, AgeOutput, AgeRefusal, AgeRequest, AgeResult
from core.domain.jobs import Job, JobKind
from tests.unit.bot.fakes import a_job

EN, JA = words_in("en"), words_in("ja")

PHOTO, PICTURE, CHOICE = "ab" * 32, "cd" * 32, "ef" * 32

TO_70 = AgeRequest(PHOTO, to=70)

STRIP = AgeRequest(PHOTO, AgeOutput.STRIP)

ADULT = AgedFace(0, 34, 70, 0.834)

CHILD = AgedFace(1, 9, refusal=AgeRefusal.CHILD)

OBJECTED = AgedFace(2, None, refusal=AgeRefusal.OBJECTED)


def age_result(*faces: AgedFace, **more: Any) -> AgeResult:
    values: dict[str, Any] = {"picture": PICTURE, "picture_name": "aged.png", "version_id": 5} | more
    return AgeResult("reage v2", "reage v2 (reage light)", faces or (ADULT,), 7.7, **values)


def a_question(faces: int = 3) -> AgeResult:
    return age_result(*(AgedFace(index, None) for index in range(faces)), picture=None, choice=CHOICE)


def an_age_job(request: AgeRequest = TO_70, result: AgeResult | None = None, **more: Any) -> Job:
    photos = {"photos": {".": {"photo_url": "https://cdn.discordapp.com/a.jpg", "of": 1}}}
    done = (result or age_result()).to_json()
    return a_job(kind=JobKind.AGE, params=params_of(request) | photos, result=done, **more)
