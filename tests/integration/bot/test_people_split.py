"""Moderators make two people of one who was taken for both: a list of pictures, a button, and a form."""

from __future__ import annotations

import pytest

from bot.client import OmokageBot
from core.bootstrap import Services
from core.domain.errors import ErrorCode, OmokageError
from core.domain.people import NewFace
from sandbox.driver import Member
from sandbox.types import Json
from sandbox.world import fixtures
from tests.integration.bot.fakes.worker import embedding, face
from tests.integration.bot.test_classify import EPHEMERAL

GUILD = int(fixtures.GUILD_ID)
SPLIT = "Choose pictures …"


def enrol(services: Services, name: str, *values: int) -> int:
    """Store a picture for each value; return the person's id."""
    faces = [NewFace(1, face(1).box, 0.9, (), embedding(value), "test") for value in values]
    return [services.people.enrol(GUILD, name, one, source="cli:x").id for one in faces][-1]


@pytest.fixture
def twins(services: Services) -> int:
    """Hana_ko, of whom there are three pictures; her id."""
    return enrol(services, "Hana_ko", 1, 2, 3)


async def listed(member: Member) -> Json:
    """The list of her pictures."""
    return await (await member.command("people split", name="hana_ko")).answer()


def pictures(services: Services) -> list[tuple[str, int]]:
    return [(person.name, person.pictures) for person in services.people.list(GUILD)]


async def test_chosen_pictures_become_somebody_elses(
    twins: int, bot: OmokageBot, services: Services, aiko: Member
) -> None:
    message = await listed(aiko)
    form = await (await aiko.click(message, SPLIT)).modal()
    options = [option["label"] for option in form["components"][0]["component"]["options"]]
    values = {"Pictures of somebody else": [options[0], options[2]], "Who is that?": "Hana*"}
    done = await (await aiko.submit(form, values)).answer()

    (embed,) = message["embeds"]
    assert embed["title"] == "Which pictures of Hana\\_ko show somebody else?"
    assert [line.split(" · ")[0] for line in embed["description"].splitlines()] == ["**1**", "**2**", "**3**"]
    assert all(
        line.endswith("> · whoever runs this bot (or somebody who was forgotten since)")
        for line in embed["description"].splitlines()
    )
    assert form["title"] == "Split Hana_ko"
    assert [option.split(" · ")[0] for option in options] == ["1", "2", "3"]
    assert done["content"] == (
        "Done: 2 faces show **Hana\\*** now, of whom I know 2 pictures. "
        "It is noted that **Hana\\*** and **Hana\\_ko** are two people."
    )
    assert message["flags"] & done["flags"] & EPHEMERAL
    assert pictures(services) == [("Hana*", 2), ("Hana_ko", 1)]
    with pytest.raises(OmokageError) as refused:
        services.people_editor.check_merge(GUILD, "Hana*", "Hana_ko")
    assert refused.value.code is ErrorCode.PEOPLE_CONFLICT


async def test_of_many_pictures_the_newest_are_offered(bot: OmokageBot, services: Services, aiko: Member) -> None:
    enrol(services, "Hana_ko", *range(1, 31))
    message = await listed(aiko)
    form = await (await aiko.click(message, SPLIT)).modal()

    lines = message["embeds"][0]["description"].splitlines()
    assert (len(lines), lines[-1][:16]) == (26, "… and 5 older, w")
    assert len(form["components"][0]["component"]["options"]) == 25


async def test_nothing_is_split_where_nothing_would_be_left(
    twins: int, bot: OmokageBot, services: Services, aiko: Member
) -> None:
    enrol(services, "Ben", 9)
    form = await (await aiko.click(await listed(aiko), SPLIT)).modal()
    options = [option["label"] for option in form["components"][0]["component"]["options"]]
    values = {"Pictures of somebody else": options, "Who is that?": "Hana"}
    everything = await (await aiko.submit(form, values)).answer()
    single = await (await aiko.command("people split", name="Ben")).answer()

    assert everything["content"].startswith("**Hana\\_ko** would have no picture left.")
    assert single["content"].startswith("**Ben** would have no picture left.")
    assert pictures(services) == [("Ben", 1), ("Hana_ko", 3)]


async def test_only_moderators_may_and_only_of_people_who_are_known(
    twins: int, bot: OmokageBot, services: Services, aiko: Member, ben: Member
) -> None:
    refused = await (await ben.command("people split", name="Hana_ko")).answer()
    offered = await ben.autocomplete("people split", "name", "")
    unknown = await (await aiko.command("people split", name="Nobody")).answer()
    message = await listed(aiko)
    services.people_editor.remove(GUILD, "Hana_ko")
    gone = await (await aiko.click(message, SPLIT)).answer()

    assert refused["content"].startswith("Only moderators may do that.")
    assert offered == []
    assert unknown["content"].startswith("This person is no longer known here.")
    assert gone["content"].startswith("This person is no longer known here.")
