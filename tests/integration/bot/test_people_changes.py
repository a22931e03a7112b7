"""Moderators correct who is known: rename, merge and remove, each where it is safe and after a question."""

from __future__ import annotations

import pytest

from bot.client import OmokageBot
from core.bootstrap import Services
from core.domain.people import FaceRef, NewFace, Person
from sandbox.driver import Invocation, Member
from sandbox.world import fixtures
from tests.integration.bot.fakes.worker import FakeWorker, embedding, face
from tests.integration.bot.test_classify import EPHEMERAL, PHOTO

GUILD = int(fixtures.GUILD_ID)
PROVENANCE = {"by": 41, "channel_id": 7, "message_id": 77, "source": "this-is"}


def enrol(services: Services, name: str, value: int) -> Person:
    new = NewFace(1, face(1).box, 0.9, (), embedding(value), "test")
    return services.people.enrol(GUILD, name, new, source="cli:x")


@pytest.fixture
def two(services: Services) -> tuple[Person, Person]:
    """Hana_ko and Hanako, who are one person."""
    return enrol(services, "Hana_ko", 1), enrol(services, "Hanako", 2)


def names(services: Services) -> list[str]:
    return [person.name for person in services.people.list(GUILD)]


async def press(member: Member, asked: Invocation) -> Invocation:
    """Press the only button below an answer."""
    (row,) = (await asked.answer())["components"]
    (button,) = row["components"]
    return await member.click(await asked.answer(), button["custom_id"])


async def test_somebody_is_renamed(two: object, bot: OmokageBot, services: Services, aiko: Member) -> None:
    told = await (await aiko.command("people rename", name="hana_ko", **{"new-name": "Hana*"})).answer()
    taken = await (await aiko.command("people rename", name="Hanako", **{"new-name": "hana*"})).answer()

    assert told["content"] == "**Hana\\_ko** is called **Hana\\*** now."
    assert told["flags"] & EPHEMERAL
    assert taken["content"].startswith("Somebody else is called “Hana\\*” already.")
    assert names(services) == ["Hana*", "Hanako"]


async def test_two_become_one_after_a_question(two: object, bot: OmokageBot, services: Services, aiko: Member) -> None:
    asked = await aiko.command("people merge", name="Hana_ko", into="Hanako")
    question = (await asked.answer())["content"]
    before = names(services)
    pressed = await press(aiko, asked)
    await pressed.ack()
    done = await aiko.wait_for(lambda message: message["content"].startswith("**Hana\\_ko** is **Hanako** now"))

    assert question.startswith("Are **Hana\\_ko** (one picture) and **Hanako** (one picture) the same person")
    assert before == ["Hana_ko", "Hanako"]
    assert done["content"] == "**Hana\\_ko** is **Hanako** now, of whom there are 2 pictures."
    assert done["components"] == []
    assert [(person.name, person.pictures) for person in services.people.list(GUILD)] == [("Hanako", 2)]


async def test_two_who_are_in_one_photo_stay_two(
    bot: OmokageBot, services: Services, worker: FakeWorker, aiko: Member
) -> None:
    asked = await aiko.command("classify", photo=PHOTO)
    await asked.answer()
    first, second = (FaceRef(asked.id, number) for number in (1, 2))
    services.people.name_face(first, GUILD, "Anna", **PROVENANCE)
    services.people.name_face(second, GUILD, "Ann", **PROVENANCE)

    refused = await (await aiko.command("people merge", name="Ann", into="Anna")).answer()

    assert refused["content"].startswith("“Ann” and “Anna” are not the same person")
    assert "Photos that show both: 1." in refused["content"]
    assert names(services) == ["Ann", "Anna"]


async def test_somebody_is_removed_after_a_question(
    two: object, bot: OmokageBot, services: Services, aiko: Member
) -> None:
    asked, asked_again = [await aiko.command("people remove", name="Hana_ko") for _ in range(2)]
    question = (await asked.answer())["content"]
    pressed = await press(aiko, asked)
    await pressed.ack()
    done = await aiko.wait_for(lambda message: message["content"].startswith("**Hana\\_ko** is deleted."))
    again = await press(aiko, asked_again)

    assert question.startswith("Delete **Hana\\_ko** (one picture)")
    assert done["content"] == "**Hana\\_ko** is deleted. Faces deleted: 1. Photos deleted: 0."
    assert names(services) == ["Hanako"]
    assert (await again.answer())["content"].startswith("This person is no longer known here.")


async def test_who_named_a_face_can_be_looked_up(
    bot: OmokageBot, services: Services, worker: FakeWorker, aiko: Member
) -> None:
    asked = await aiko.command("classify", photo=PHOTO)
    message = await asked.answer()
    where = {"channel_id": int(message["channel_id"]), "message_id": int(message["id"]), "source": "this-is"}
    enrol(services, "Hana_ko", 1)
    hanako = services.people.name_face(FaceRef(asked.id, 1), GUILD, "Hana_ko", by=41, **where)
    services.people.reject(FaceRef(asked.id, 2), GUILD, hanako.id, by=42, **where)

    (embed,) = (await (await aiko.command("people history", name="Hana_ko")).answer())["embeds"]

    link = f"[message](https://discord.com/channels/{GUILD}/{message['channel_id']}/{message['id']})"
    assert embed["title"] == "Who named Hana\\_ko"
    assert [line.split(" · ", 1)[1] for line in embed["description"].splitlines()] == [
        f"<@42> said of a face that it is not theirs · {link}",
        f"<@41> named a face so · {link}",
        "whoever runs this bot (or somebody who was forgotten since) named a face so",
    ]


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("people history", {"name": "Hanako"}),
        ("people rename", {"name": "Hanako", "new-name": "Hana"}),
        ("people merge", {"name": "Hanako", "into": "Hana_ko"}),
        ("people remove", {"name": "Hanako"}),
    ],
)
async def test_only_moderators_may(  # noqa: PLR0917 - fixtures
    two: tuple[Person, Person], bot: OmokageBot, services: Services, aiko: Member, ben: Member, command: str,
    options: dict[str, str],
) -> None:  # fmt: skip
    refused = await (await ben.command(command, **options)).answer()
    offered = await ben.autocomplete(command, "name", "")
    unknown = await (await aiko.command(command, **{**options, "name": "Nobody"})).answer()

    assert refused["content"].startswith("Only moderators may do that.")
    assert offered == []
    assert unknown["content"].startswith("This person is no longer known here.")
    assert names(services) == ["Hana_ko", "Hanako"]


async def test_nobody_is_merged_with_themselves(two: object, bot: OmokageBot, aiko: Member) -> None:
    refused = await (await aiko.command("people merge", name="Hanako", into="hanako")).answer()
    assert refused["content"].startswith("Both names are the same person's.")
