"""A photo goes in, names come out."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from bot.client import OmokageBot
from core.bootstrap import Services
from core.domain.classification import FaceAnswer
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Candidate
from core.domain.jobs import Job
from sandbox.driver import Driver, DriverError, Member
from sandbox.world import fixtures
from tests.integration.bot.fakes.worker import FakeWorker, face, jpeg, until

EPHEMERAL = 1 << 6
PHOTO = ("party.jpg", jpeg(640, 480))


async def test_a_photo_is_answered_with_names_in_a_picture(
    bot: OmokageBot, worker: FakeWorker, ben: Member, driver: Driver
) -> None:
    worker.see = lambda _: [face(1, Candidate(7, "Hanako", 0.92), Candidate(8, "Taro", 0.05), named=True), face(2)]

    interaction = await ben.command("classify", photo=PHOTO)
    answer = await interaction.wait_for(lambda message: bool(message["embeds"]))

    embed = answer["embeds"][0]
    assert embed["title"] == "I know 1 of 2 people in this photo"
    assert embed["description"].splitlines() == ["**1** · **Hanako** 92% · Taro 5%", "**2** · unknown"]
    assert f"job {interaction.id}" in embed["footer"]["text"]
    assert (await driver.download(embed["image"]["url"])).startswith(b"\xff\xd8")


async def test_the_menu_of_a_message_asks_about_its_photo(bot: OmokageBot, aiko: Member, ben: Member) -> None:
    sent = await aiko.send("look", files=[("notes.txt", b"hello"), PHOTO, PHOTO])
    await ben.wait_for(lambda message: message["id"] == sent["id"])

    interaction = await ben.menu("Who is this?", sent)
    answer = await interaction.wait_for(lambda message: bool(message["embeds"]))

    assert answer["embeds"][0]["title"] == "2 faces, but nobody I know"
    assert answer["content"] == "This message has 2 pictures; this is the first one."


async def test_the_menu_of_an_answer_asks_about_the_picture_in_it(bot: OmokageBot, ben: Member) -> None:
    first = await (await ben.command("classify", photo=PHOTO)).wait_for(lambda message: bool(message["embeds"]))

    again = await ben.menu("Who is this?", first)

    assert (await again.wait_for(lambda message: bool(message["embeds"])))["id"] != first["id"]


async def test_the_menu_of_a_forward_asks_about_the_photo_in_it(
    bot: OmokageBot, services: Services, aiko: Member, ben: Member
) -> None:
    sent = await aiko.send("look", files=[("notes.txt", b"hello"), PHOTO])
    forwarded = await ben.forward(sent, "general")

    answer = await (await ben.menu("Who is this?", forwarded)).wait_for(lambda message: bool(message["embeds"]))

    assert answer["channel_id"] == forwarded["channel_id"] != sent["channel_id"]
    assert answer["embeds"][0]["title"] == "2 faces, but nobody I know"
    assert services.jobs.newest(int(fixtures.GUILD_ID), None)[0].params["filename"] == PHOTO[0]


async def test_the_menu_of_a_forwarded_answer_asks_about_the_picture_in_it(bot: OmokageBot, ben: Member) -> None:
    first = await (await ben.command("classify", photo=PHOTO)).wait_for(lambda message: bool(message["embeds"]))
    forwarded = await ben.forward(first)

    again = await ben.menu("Who is this?", forwarded)

    assert (await again.wait_for(lambda message: bool(message["embeds"])))["id"] not in (first["id"], forwarded["id"])


async def test_a_forward_without_a_picture_gets_a_sentence(bot: OmokageBot, aiko: Member) -> None:
    forwarded = await aiko.forward(await aiko.send("just words"))

    answer = await (await aiko.menu("Who is this?", forwarded)).answer()

    assert answer["content"].startswith("This message has no picture.")


async def test_a_message_without_a_picture_gets_a_sentence(bot: OmokageBot, aiko: Member, ben: Member) -> None:
    sent = await aiko.send("just words")
    await ben.wait_for(lambda message: message["id"] == sent["id"])

    answer = await (await ben.menu("Who is this?", sent)).answer()

    assert answer["flags"] & EPHEMERAL
    assert answer["content"].startswith("This message has no picture.")


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("notes.txt", b"hello", "not a picture I can read"),
        ("huge.jpg", bytes(10 * 1024 * 1024 + 1), "larger than 10 MiB"),
    ],
)
async def test_what_cannot_be_a_photo_is_refused_at_once(  # noqa: PLR0917 - fixtures
    bot: OmokageBot, services: Services, ben: Member, name: str, data: bytes, says: str
) -> None:
    with contextlib.suppress(DriverError):  # a client refuses files over 10 MiB by itself
        interaction = await ben.command("classify", photo=(name, data))
        answer = await interaction.answer()

        assert answer["flags"] & EPHEMERAL
        assert says in answer["content"]
        assert f"Job {interaction.id}" in answer["content"]
    assert services.jobs.newest(int(fixtures.GUILD_ID), None) == []


@pytest.mark.parametrize("code", [ErrorCode.BROKEN_IMAGE, ErrorCode.TOO_MANY_PIXELS])
async def test_a_failure_is_told_to_the_member_alone(
    bot: OmokageBot, worker: FakeWorker, ben: Member, aiko: Member, code: ErrorCode
) -> None:
    def refuse(_: Job) -> list[FaceAnswer]:
        raise OmokageError(code)

    worker.see = refuse
    interaction = await ben.command("classify", photo=PHOTO)
    answer = await interaction.wait_for(lambda message: f"Job {interaction.id}" in message["content"])

    assert answer["flags"] & EPHEMERAL
    assert "ictur" in answer["content"]  # a sentence, not a code
    assert [message["id"] for message in interaction.messages] == [answer["id"]]
    assert aiko.messages() == []


async def test_a_photo_without_a_face_is_a_sentence_for_the_member(
    bot: OmokageBot, worker: FakeWorker, ben: Member
) -> None:
    worker.see = lambda _: []
    interaction = await ben.command("classify", photo=PHOTO)

    answer = await interaction.wait_for(lambda message: "no face" in message["content"])

    assert answer["flags"] & EPHEMERAL


async def test_a_member_reads_his_own_language(bot: OmokageBot, chie: Member) -> None:
    answer = await (await chie.command("classify", photo=PHOTO)).wait_for(lambda message: bool(message["embeds"]))
    refused = await (await chie.command("classify", photo=("notes.txt", b"x"))).answer()

    assert answer["embeds"][0]["title"] == "2人の顔が見つかりましたが、知っている人はいませんでした"
    assert refused["content"].startswith("読み取れる画像ではありません。")


async def test_an_eleventh_waiting_photo_is_refused(bot: OmokageBot, worker: FakeWorker, ben: Member) -> None:
    worker.pause()
    for _ in range(2):
        await ben.command("classify", photo=PHOTO)
    await until(lambda: len(worker.enqueued) == 2)
    accepted = [await ben.command("classify", photo=PHOTO) for _ in range(10)]
    await asyncio.gather(*(one.ack() for one in accepted))

    refused = await (await ben.command("classify", photo=PHOTO)).answer()

    assert refused["flags"] & EPHEMERAL
    assert refused["content"].startswith("10 jobs are waiting already.")
    assert not any(one.failed for one in accepted)
