"""Faces at another age in the chat: what may be asked, what is posted, and what is pressed under it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.client import OmokageBot
from bot.features.age.views import AgeButton, AgedFacesSelect
from core.bootstrap import Services
from core.domain.ageing import AgeOutput, AgeRefusal, AgeRequest
from core.domain.errors import ErrorCode, OmokageError
from core.settings import Settings
from sandbox.driver import Driver, DriverError, Invocation, Member
from sandbox.types import Json
from tests.integration.bot.conftest import serving
from tests.integration.bot.every_control import press_all
from tests.integration.bot.fakes.ager import FakeAgeing
from tests.integration.bot.fakes.worker import FakeWorker, jpeg
from tests.integration.bot.status_messages import buttons, said
from tests.integration.bot.test_classify import EPHEMERAL, PHOTO

OTHER = ("other.jpg", jpeg(320, 200))


@pytest.fixture
def fake_ageing(services: Services, worker: FakeWorker) -> FakeAgeing:
    return FakeAgeing(services, worker)


async def shown(asked: Invocation) -> Json:
    return await asked.wait_for(lambda message: bool(message["embeds"]))


def requests_of(fake_ageing: FakeAgeing) -> list[AgeRequest]:
    return [AgeRequest.from_json(job.params) for job in fake_ageing.requested]


def files_of(message: Json) -> list[str]:
    return [attachment["filename"] for attachment in message["attachments"]]


async def test_a_photo_comes_back_with_its_face_at_that_age(
    bot: OmokageBot, fake_ageing: FakeAgeing, ben: Member, driver: Driver, services: Services
) -> None:
    interaction = await ben.command("age", photo=PHOTO, to=70)
    answer = await shown(interaction)

    (request,) = requests_of(fake_ageing)
    assert (request.output, request.to, request.years, request.faces) == (AgeOutput.PHOTO, 70, None, ())
    assert services.blobs.get(request.photo) == PHOTO[1]
    assert said(answer) == (
        "At 70\nLooks about **34** (±8 years) → **70** · still the same person: 83%\n-# For fun, not a prediction."
    )
    assert answer["embeds"][0]["footer"]["text"] == f"reage v2 · job {interaction.id}"
    assert files_of(answer) == ["aged.png"]
    result: Any = services.jobs.get(int(interaction.id)).result
    assert await driver.download(answer["attachments"][0]["url"]) == services.blobs.get(result["picture"])
    assert not answer["flags"] & EPHEMERAL


async def test_without_an_age_the_first_answer_is_a_strip_of_the_decades(
    bot: OmokageBot, fake_ageing: FakeAgeing, ben: Member
) -> None:
    answer = await shown(await ben.command("age", photo=PHOTO))

    assert requests_of(fake_ageing)[0].output is AgeOutput.STRIP
    assert files_of(answer) == ["strip.png"]
    assert said(answer).startswith("From decade to decade\nLooks about **34** (±8 years) · at every age still")


async def test_years_and_forms_are_requested_as_they_are_typed(
    bot: OmokageBot, fake_ageing: FakeAgeing, ben: Member
) -> None:
    younger = await shown(await ben.command("age", photo=PHOTO, years=-20, model="vae 1"))
    film = await shown(await ben.command("age", **{"photo": PHOTO, "as": "film"}))

    first, second = requests_of(fake_ageing)
    assert (first.years, first.model, second.output) == (-20, "vae 1", AgeOutput.FILM)
    assert said(younger).startswith("20 years younger\n")
    assert said(film).startswith("From young to old\n")
    assert files_of(film) == ["film.webp"]


async def test_the_menu_ages_all_faces_of_a_message_and_says_which_picture_it_took(
    bot: OmokageBot, fake_ageing: FakeAgeing, ben: Member, aiko: Member, services: Services
) -> None:
    fake_ageing.faces = 2
    sent = await aiko.send("look at us", files=[PHOTO, OTHER])

    answer = await shown(await ben.menu("Age the faces", sent))

    (request,) = requests_of(fake_ageing)
    assert (request.output, request.years, request.faces) == (AgeOutput.PHOTO, 30, ())
    assert services.blobs.get(request.photo) == PHOTO[1]
    assert answer["content"] == "This message has 2 pictures; this is the first one."
    assert said(answer).startswith("30 years older\n**1** · Looks about **34** (±8 years) → **64**")
    assert "**2** · Looks about" in said(answer)


async def test_a_group_photo_has_its_faces_numbered_beside_it_and_some_of_them_can_be_chosen(
    bot: OmokageBot, fake_ageing: FakeAgeing, ben: Member
) -> None:
    fake_ageing.faces, fake_ageing.refusals = 3, {1: AgeRefusal.SUNGLASSES}
    answer = await shown(await ben.command("age", photo=PHOTO, to=70))
    only = await shown(await ben.select(answer, 0, "Face 3"))

    assert "**2** · Left as it is: sunglasses hide too much of the face" in said(answer)
    assert answer["embeds"][0]["thumbnail"]
    assert requests_of(fake_ageing)[1].faces == (2,)
    assert requests_of(fake_ageing)[1].to == 70
    assert "34" in said(only)


async def test_for_a_strip_of_several_faces_the_one_who_asked_chooses(
    bot: OmokageBot, fake_ageing: FakeAgeing, ben: Member, chie: Member, driver: Driver
) -> None:
    fake_ageing.faces = 3
    question = await shown(await ben.command("age", photo=PHOTO))
    answer = await shown(await ben.select(question, 0, "Face 2"))

    first, second = requests_of(fake_ageing)
    assert said(question).startswith("This photo shows 3 faces")
    assert question["flags"] & EPHEMERAL
    assert (await driver.download(question["embeds"][0]["image"]["url"])).startswith(b"\xff\xd8")
    assert (second.output, second.faces, second.photo) == (AgeOutput.STRIP, (1,), first.photo)
    assert files_of(answer) == ["strip.png"]
    assert not answer["flags"] & EPHEMERAL
    assert not [message for message in chie.messages() if "3 faces" in said(message)]


async def test_where_every_face_stays_as_it_is_there_is_only_text(
    bot: OmokageBot, fake_ageing: FakeAgeing, ben: Member
) -> None:
    fake_ageing.faces, fake_ageing.refusals = 2, {0: AgeRefusal.OBJECTED, 1: AgeRefusal.CHILD}
    answer = await shown(await ben.command("age", photo=PHOTO, to=70))

    assert said(answer).splitlines() == [
        "The faces were left as they are",
        "**1** · Left as it is: this person does not want to be changed",
        "**2** · Looks about **9** (±8 years) · "
        "left as it is: a face that looks younger than 21 is shown only a few years older or younger",
    ]
    assert answer["attachments"] == []
    assert buttons(answer) == ["At 20", "↔️ Strip", "🎞️ Film"]


async def test_buttons_go_on_with_the_photo_also_after_a_restart(  # noqa: PLR0917 - fixtures
    services: Services, settings: Settings, worker: FakeWorker, fake_ageing: FakeAgeing, ben: Member, aiko: Member
) -> None:
    async with serving(services, settings, worker):
        await ben.wait_for_bot("age")
        interaction = await ben.command("age", photo=PHOTO, to=70)
        first = await shown(interaction)
    async with serving(services, settings, worker):
        younger = await shown(await aiko.click(first, "At 20"))
        film = await shown(await ben.click(younger, "🎞️ Film"))
        again = await (await ben.command("show", job=interaction.id)).answer()

    requests = requests_of(fake_ageing)
    assert [(one.output, one.to) for one in requests] == [("photo", 70), ("photo", 20), ("film", None)]
    assert len({one.photo for one in requests}) == 1
    assert [one.model for one in requests] == [None, "reage v2", "reage v2"]
    assert said(younger).startswith("At 20\n")
    assert said(film).startswith("From young to old\n")
    assert said(again) == said(first)
    assert files_of(again) == ["aged.png"]
    assert len({one["id"] for one in (first, younger, film)}) == 3


async def test_the_model_of_the_product_says_whom_it_knows(
    bot: OmokageBot, fake_ageing: FakeAgeing, ben: Member
) -> None:
    fake_ageing.starter = True
    answer = await shown(await ben.command("age", photo=PHOTO, to=70))

    assert "knows drawn people only" in said(answer)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"to": 70, "years": 3}, "Give the years to add or the age to reach, not both."),
        ({"years": 0}, "In zero years nothing changes."),
        ({"to": 70, "as": "strip"}, "A strip or film shows a face at all ages"),
        ({"to": 70, "photo": ("notes.txt", b"hello")}, "That is not a picture I can read."),
    ],
)
async def test_what_cannot_be_asked_is_said_at_once(
    bot: OmokageBot, fake_ageing: FakeAgeing, ben: Member, options: dict[str, Any], sentence: str
) -> None:
    refused = await (await ben.command("age", **({"photo": PHOTO} | options))).answer()

    assert refused["content"].startswith(sentence)
    assert refused["flags"] & EPHEMERAL
    assert not fake_ageing.requested


async def test_discord_itself_refuses_ages_that_there_are_not(bot: OmokageBot, ben: Member) -> None:
    await ben.wait_for_bot("age")
    for options in ({"to": 0}, {"to": 91}, {"years": 90}, {"years": -90}):
        with pytest.raises(DriverError, match=r"1|90|89"):
            await ben.command("age", photo=PHOTO, **options)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OmokageError(ErrorCode.NO_AGE_MODEL), "Nothing ages faces here yet."),
        (OmokageError(ErrorCode.UNKNOWN_MODEL, model="gan 9", known="reage v2"), "There is no model “gan 9” here."),
        (OmokageError(ErrorCode.NO_FACE), "I found no face in this picture."),
    ],
)
async def test_what_cannot_be_done_is_said_in_words(
    bot: OmokageBot, fake_ageing: FakeAgeing, ben: Member, error: OmokageError, sentence: str
) -> None:
    fake_ageing.error = error

    refused = await (await ben.command("age", photo=PHOTO)).wait_for(lambda message: bool(message["content"]))

    assert refused["content"].startswith(sentence)
    assert refused["flags"] & EPHEMERAL


async def test_a_question_is_answered_only_by_the_member_whose_photo_it_is(
    bot: OmokageBot, fake_ageing: FakeAgeing, ben: Member, chie: Member
) -> None:
    fake_ageing.faces = 2
    interaction = await ben.command("age", photo=PHOTO)
    await shown(interaction)

    forged = [(AgeButton, f"aged:to:{interaction.id}:40"), (AgeButton, f"aged:film:{interaction.id}:0")]
    pressed = await press_all(bot, chie, [*forged, (AgedFacesSelect, f"aged:faces:{interaction.id}:0s")], ["1"])

    assert len(pressed) == 3
    for refused in [await one.answer() for one in pressed]:
        assert refused["content"].startswith("この操作ができるのは、依頼した本人かモデレーターだけです。")
        assert refused["flags"] & EPHEMERAL
    assert len(fake_ageing.requested) == 1


async def test_it_is_all_in_japanese_for_a_japanese_member(
    bot: OmokageBot, fake_ageing: FakeAgeing, chie: Member
) -> None:
    answer = await shown(await chie.command("age", photo=PHOTO, to=70))

    assert said(answer) == (
        "70歳の顔\n見た目は約 **34歳**（±8歳） → **70歳** · 同じ人に見える度合い：83%\n"
        "-# お楽しみ用です。実際の姿を予測するものではありません。"
    )
    assert buttons(answer) == ["20歳", "40歳", "60歳", "80歳", "↔️ 10歳ごと", "🎞️ アニメーション"]
