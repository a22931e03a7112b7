"""**Why?** under a guessed name: the pictures that decided, for whoever pressed it alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.client import OmokageBot
from core.bootstrap import Services
from core.domain.classification import FaceAnswer
from core.domain.faces import Candidate
from core.domain.jobs import Job, JobKind
from core.domain.people import FaceRef, LabellingPolicy, NewFace
from sandbox.driver import Invocation, Member
from sandbox.types import Json
from sandbox.world import fixtures
from tests.integration.bot.fakes.explainer import FakeExplaining
from tests.integration.bot.fakes.worker import FakeWorker, embedding, face, until
from tests.integration.bot.test_classify import EPHEMERAL, PHOTO

GUILD = int(fixtures.GUILD_ID)
PROVENANCE = {"by": 41, "channel_id": 7, "message_id": 77, "source": "this-is"}


@pytest.fixture
def explaining(services: Services, worker: FakeWorker) -> FakeExplaining:
    """Hana_ko is known, and taken for the first face of every photo; the second is unknown."""
    new = NewFace(1, face(1).box, 0.9, (), embedding(9), "test")
    person = services.people.enrol(GUILD, "Hana_ko", new, source="cli:x")
    services.guilds.update(GUILD, 1, LabellingPolicy.EVERYONE)

    def see(_: Job) -> list[FaceAnswer]:
        return [face(1, Candidate(person.id, person.name, 0.93), named=True), face(2)]

    worker.see = see
    return FakeExplaining(services, worker)


def why_button(message: Json) -> str:
    buttons = [button for row in message["components"] for button in row["components"]]
    (button,) = [button for button in buttons if button["label"] == "1 Why?"]
    return str(button["custom_id"])


async def ask(member: Member) -> Invocation:
    """Classify a photo, and press Why? under its first face."""
    message = await (await member.command("classify", photo=PHOTO)).answer()
    return await member.click(message, why_button(message))


async def shown(member: Member, asked: Invocation) -> Json:
    """Wait for the explanation, which takes the place of "thinking"."""
    return await member.wait_for(lambda message: "why Hana" in str(message.get("embeds")))


async def test_the_pictures_that_decided_are_shown_to_whoever_asked(
    explaining: FakeExplaining, bot: OmokageBot, ben: Member, aiko: Member
) -> None:
    await aiko.wait_for_bot("classify")
    since = len(aiko.frames)
    asked = await ask(ben)
    message = await shown(ben, asked)
    (embed,) = message["embeds"]

    assert message["flags"] & EPHEMERAL
    assert embed["title"] == "Face 1: why Hana\\_ko?"
    assert embed["description"].splitlines() == [
        "These 3 pictures decide, of 12: without them it would be **41%** instead of 93%.",
        "Only without 4 of the 12 pictures would the name go.",
        "",
        "**1** · <t:1795262400:d> · named by <@41> · with 2 copies of the same picture · "
        f"[message](https://discord.com/channels/{GUILD}/7/77)",
        "**2** · <t:1795262400:d> · named by whoever runs this bot (or somebody who was forgotten since) · "
        "the photo is no longer stored",
        f"**3** · <t:1795262400:d> · named by <@42> · [message](https://discord.com/channels/{GUILD}/7/78)",
    ]
    assert embed["image"]["url"].partition("?")[0].endswith("/why.png")
    assert "why Hana" not in str(aiko.frames[since:])  # nobody else was shown anything


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        (
            {"after": 0.97, "before": 0.98, "shown": 0.98, "needed": None},
            [
                "No 3 of the 12 pictures decide. Without these, which speak most for the name, "
                "it would still be **97%** instead of 98%.",
                "Even without twelve pictures I would give the name.",
            ],
        ),
        (
            {"count": 3, "after": 0.0, "needed": 3},
            [
                "I know **Hana\\_ko** from these 3 pictures only: 93%. Without them I would not know the name at all.",
            ],
        ),
        (
            {"model": "recogniser v3 (cnn_modern)", "shown": 0.99, "needed": 2},
            [
                "These 3 pictures decide, of 12: without them it would be **41%** instead of 93%.",
                "The answer said 99%, which is the estimate of recogniser v3 (cnn\\_modern). What a trained version "
                "would say without a picture only another training could tell, so the figures here are those of "
                "comparing the face with the named pictures directly.",
            ],
        ),
        (
            {"shown": 0.85, "needed": 3, "blurred": True},
            [
                "These 3 pictures decide, of 12: without them it would be **41%** instead of 93%.",
                "The answer said 85%; faces were named or changed since.",
            ],
        ),
    ],
)
async def test_what_is_said_is_what_was_computed(
    explaining: FakeExplaining, bot: OmokageBot, ben: Member, changes: dict[str, object], sentences: list[str]
) -> None:
    explaining.answer = replace(explaining.answer, **changes)  # type: ignore[arg-type]
    (embed,) = (await shown(ben, await ask(ben)))["embeds"]

    before, _, after = embed["description"].partition("\n\n")
    assert before.splitlines() == sentences
    assert ("so their face is blurred here" in after) is ("blurred" in changes)


async def test_of_a_face_that_somebody_named_there_is_nothing_to_explain(
    explaining: FakeExplaining, bot: OmokageBot, services: Services, ben: Member
) -> None:
    asked = await ben.command("classify", photo=PHOTO)
    message = await asked.answer()
    button = why_button(message)
    services.people.name_face(FaceRef(asked.id, 1), GUILD, "Somebody", **PROVENANCE)
    refused = await (await ben.click(message, button)).answer()

    assert refused["content"].startswith("There is nothing to explain here")
    assert refused["flags"] & EPHEMERAL
    assert explaining.requested == []


async def test_an_explanation_is_shown_again_to_nobody_but_who_asks(
    explaining: FakeExplaining, bot: OmokageBot, services: Services, ben: Member, chie: Member
) -> None:
    await shown(ben, await ask(ben))
    (job,) = explaining.requested
    again = await (await ben.command("show", job=str(job.id))).answer()
    refused = await (await chie.command("show", job=str(job.id))).answer()

    assert again["flags"] & refused["flags"] & EPHEMERAL
    assert again["embeds"][0]["title"] == "Face 1: why Hana\\_ko?"
    assert refused["embeds"] == []


async def test_an_explanation_that_comes_too_late_is_posted_nowhere(
    explaining: FakeExplaining, bot: OmokageBot, services: Services, worker: FakeWorker, ben: Member
) -> None:
    message = await (await ben.command("classify", photo=PHOTO)).answer()
    worker.pause()
    asked = await ben.click(message, why_button(message))
    await asked.ack()
    await until(lambda: any(job.kind is JobKind.WHY for job in services.jobs.newest(GUILD, None)))
    with services.database.write() as connection:
        connection.exec_driver_sql("UPDATE jobs SET interaction_token = '' WHERE kind = 'why'")
    since = len(ben.frames)
    worker.resume()
    await until(lambda: explaining.requested and not services.jobs.outbox.pending())

    assert "why Hana" not in str(ben.frames[since:])


async def test_an_explanation_follows_the_person(
    explaining: FakeExplaining, bot: OmokageBot, services: Services, ben: Member
) -> None:
    new = NewFace(1, face(1).box, 0.9, (), embedding(8), "test")
    services.people.enrol(GUILD, "Hanako", new, source="cli:x")
    await shown(ben, await ask(ben))
    (job,) = explaining.requested
    picture = str((services.jobs.get(job.id).result or {})["picture"])
    services.people_editor.merge(GUILD, "Hana_ko", "Hanako", by=0)
    merged = await (await ben.command("show", job=str(job.id))).answer()
    services.people_editor.remove(GUILD, "Hanako")
    removed = await (await ben.command("show", job=str(job.id))).answer()

    assert merged["embeds"][0]["title"] == "Face 1: why Hanako?"
    assert removed["content"].startswith("The picture is no longer there")
    assert not services.blobs.exists(picture)
