"""A photo goes in, names come out."""

from __future__ import annotations

from bot.client import OmokageBot
from core.domain.faces import Candidate
from sandbox.driver import Driver, Member
from tests.integration.bot.worker import FakeWorker, face, jpeg

PHOTO = ("party.jpg", jpeg(640, 480))


async def test_a_photo_is_answered_with_names_in_a_picture(
    bot: OmokageBot, worker: FakeWorker, ben: Member, driver: Driver
) -> None:
    worker.see = lambda _: [face(1, Candidate(7, "Hanako", 0.92), Candidate(8, "Taro", 0.05), named=True), face(2)]

    asked = await ben.command("classify", photo=PHOTO)
    answer = await asked.wait_for(lambda message: bool(message["embeds"]))

    embed = answer["embeds"][0]
    assert embed["title"] == "I know 1 of 2 people in this photo"
    assert embed["description"].splitlines() == ["**1** · **Hanako** 92% · Taro 5%", "**2** · unknown"]
    assert f"job {asked.id}" in embed["footer"]["text"]
    assert (await driver.download(embed["image"]["url"])).startswith(b"\xff\xd8")
