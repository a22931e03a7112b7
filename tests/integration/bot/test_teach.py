"""Photos are contributed by an explicit act, by whoever may name faces, and with a word that those in them agreed."""

from __future__ import annotations

import pytest

from bot.client import OmokageBot
from bot.features.teach.form import pending
from core.bootstrap import Services
from core.domain.jobs import JobKind
from core.domain.people import LabellingPolicy
from core.domain.teaching import LeftOut
from sandbox.driver import Invocation, Member
from sandbox.driver.feed import DriverError
from sandbox.types import Json
from sandbox.world import fixtures
from tests.integration.bot.fakes.teacher import FakeTeaching
from tests.integration.bot.fakes.worker import FakeWorker, jpeg
from tests.integration.bot.test_classify import EPHEMERAL, PHOTO

GUILD = int(fixtures.GUILD_ID)
FILES, NAME, CONSENT = "Photos", "Who is in them?", "Do those in the photos agree?"


@pytest.fixture
def teaching(services: Services, worker: FakeWorker) -> FakeTeaching:
    services.guilds.update(GUILD, 1, LabellingPolicy.EVERYONE)
    return FakeTeaching(services, worker)


def photos(count: int) -> list[tuple[str, bytes]]:
    return [(f"{number}.jpg", jpeg(320, 200 + number)) for number in range(count)]


async def teach(member: Member, values: Json) -> Invocation:
    form = await (await member.command("teach")).modal()
    return await member.submit(form, values)


async def test_photos_are_contributed_and_deleted_once_their_faces_are_kept(
    teaching: FakeTeaching, bot: OmokageBot, services: Services, ben: Member
) -> None:
    teaching.left_out = {LeftOut.BLURRED: 1}
    sent = await teach(ben, {FILES: photos(2), NAME: "Mina *", CONSENT: ["agreed"]})
    answer = await sent.wait_for(lambda m: bool(m["embeds"]))

    (embed,) = answer["embeds"]
    assert embed["title"] == "2 faces were kept"
    assert embed["description"].splitlines()[1:3] == [
        "▫️ One face is blurred",
        "**Mina \\*** counts as one vote for 2 faces; others are asked, too.",
    ]
    assert not answer["flags"] & EPHEMERAL
    job = services.jobs.get(sent.id)
    assert (job.params["name"], job.params["is_self"]) == ("Mina *", False)
    assert "photo_url" not in str(job.params)


async def test_without_a_word_of_consent_nothing_is_taken(
    teaching: FakeTeaching, bot: OmokageBot, services: Services, ben: Member
) -> None:
    form = await (await ben.command("teach")).modal()
    assert "agreed that this server's recogniser learns their faces" in str(form)
    with pytest.raises(DriverError):  # the sandbox refuses it as Discord does: the field is required
        await ben.submit(form, {FILES: photos(1)})
    forged = await ben.submit(form, {FILES: photos(1), CONSENT: ["agreed"], NAME: "@everyone"})
    refused = await forged.answer()

    assert "mention" in refused["content"]
    assert services.jobs.newest(GUILD, None) == []


async def test_a_person_who_contributes_themselves_says_so(
    teaching: FakeTeaching, bot: OmokageBot, services: Services, ben: Member
) -> None:
    sent = await teach(ben, {FILES: photos(1), NAME: "Ben", CONSENT: ["myself"]})
    await sent.wait_for(lambda m: bool(m["embeds"]))
    assert services.jobs.get(sent.id).params["is_self"] is True


async def test_the_photos_of_a_message_are_contributed_from_its_menu(
    teaching: FakeTeaching, bot: OmokageBot, services: Services, ben: Member, chie: Member
) -> None:
    posted = await chie.send("look", files=[PHOTO, PHOTO])
    form = await (await ben.menu("Teach these faces", posted)).modal()
    assert FILES not in str(form)
    sent = await ben.submit(form, {CONSENT: ["agreed"]})
    answer = await sent.wait_for(lambda m: bool(m["embeds"]))
    later = await (await ben.menu("Teach these faces", posted)).modal()
    pending._photos.clear()  # as a restart does
    gone = await (await ben.submit(later, {CONSENT: ["agreed"]})).answer()

    assert answer["embeds"][0]["title"] == "2 faces were kept"
    assert services.jobs.get(sent.id).kind is JobKind.TEACH
    assert gone["flags"] & EPHEMERAL
    assert gone["content"].startswith("The picture is no longer there")


async def test_who_may_not_name_faces_contributes_none(
    teaching: FakeTeaching, bot: OmokageBot, services: Services, ben: Member
) -> None:
    services.guilds.update(GUILD, 1, LabellingPolicy.MODERATORS)
    bot.guild_settings.forget(GUILD)
    refused = await (await ben.command("teach")).answer()
    menu = await (await ben.menu("Teach these faces", await ben.send("look", files=[PHOTO]))).answer()

    assert refused["content"].splitlines()[0] == menu["content"].splitlines()[0]
    assert "moderators" in refused["content"]


async def test_a_message_without_a_photo_has_nothing_to_teach(
    teaching: FakeTeaching, bot: OmokageBot, ben: Member
) -> None:
    refused = await (await ben.menu("Teach these faces", await ben.send("words only"))).answer()
    assert refused["flags"] & EPHEMERAL
    assert "picture" in refused["content"]
