"""Members add people by name, moderators give them further names, and both are found while somebody types."""

from __future__ import annotations

import pytest

from bot.client import OmokageBot
from core.bootstrap import Services
from core.domain.people import LabellingPolicy, NewFace
from sandbox.driver import Member
from sandbox.world import fixtures
from tests.integration.bot.fakes.worker import embedding, face
from tests.integration.bot.test_classify import EPHEMERAL

GUILD = int(fixtures.GUILD_ID)
OTHER_GUILD = 4_242_424_242


@pytest.fixture
def haru(services: Services) -> int:
    """春, who is known from a picture; her id. Another guild has somebody of that name, too."""
    new = NewFace(1, face(1).box, 0.9, (), embedding(1), "test")
    services.people.enrol(OTHER_GUILD, "春", new, source="cli:x")
    services.aliases.add(OTHER_GUILD, "春", "Secret", by=0)
    return services.people.enrol(GUILD, "春", new, source="cli:x").id


async def test_a_person_is_added_with_a_reading_and_listed(
    haru: int, bot: OmokageBot, services: Services, aiko: Member
) -> None:
    added = await (await aiko.command("people add", name="Ben_*<x>", alias="べん_")).answer()
    again = await (await aiko.command("people add", name="ben_*<X>")).answer()
    (embed,) = (await (await aiko.command("people list")).answer())["embeds"]

    assert added["content"].splitlines() == [
        "Noted: **Ben\\_\\*<x>** is known now, though from no picture yet. Press “This is …” under a photo of theirs "
        "and type that name.",
        "**Ben\\_\\*<x>** is also found as **べん\\_**.",
    ]
    assert added["flags"] & again["flags"] & EPHEMERAL
    assert again["content"].startswith("Somebody else is called “Ben\\_\\*<x>” already.")
    assert embed["description"].splitlines() == [
        "**Ben\\_\\*<x>** · 0 pictures · also べん\\_",
        "**春** · one picture",
    ]


async def test_whoever_may_name_faces_may_add_people(
    bot: OmokageBot, services: Services, ben: Member, chie: Member
) -> None:
    refused = await (await ben.command("people add", name="Hana")).answer()
    services.guilds.update(GUILD, 1, LabellingPolicy.EVERYONE)
    bot.guild_settings.forget(GUILD)
    added = await (await chie.command("people add", name="Hana")).answer()

    assert refused["content"].startswith("In this server only moderators may name faces.")
    assert added["content"].startswith("承知しました。**Hana** さんを登録しました")
    assert [(person.name, person.created_by) for person in services.people.list(GUILD)] == [
        ("Hana", int(fixtures.CHIE_ID))
    ]


async def test_aliases_are_given_shown_and_taken_away(
    haru: int, bot: OmokageBot, services: Services, aiko: Member
) -> None:
    none = await (await aiko.command("people alias", name="春")).answer()
    given = await (await aiko.command("people alias", name="春", add="ハ_ル")).answer()
    offered = await aiko.autocomplete("people alias", "remove", "", name="春")
    unknown = await (await aiko.command("people alias", name="春", remove="Secret")).answer()
    taken = await (await aiko.command("people alias", name="ハ_ル", remove="ハ_ル", add="はる")).answer()

    assert none["content"].startswith("**春** has no further names.")
    assert given["content"] == "**春** is also found as **ハ\\_ル**."
    assert given["flags"] & EPHEMERAL
    assert [choice["value"] for choice in offered] == ["ハ_ル"]
    assert unknown["content"].startswith("“春” has no such alias.")
    assert taken["content"] == "**春** is also found as **はる**."


@pytest.mark.parametrize("typed", ["haru", "HA", "ハル", "は", "春"])
async def test_people_are_offered_by_name_kana_and_roman_letters(
    haru: int, bot: OmokageBot, services: Services, aiko: Member, typed: str
) -> None:
    services.aliases.add(GUILD, "春", "はる", by=0)
    services.aliases.add_person(GUILD, "Ben", by=0)
    await aiko.wait_for_bot("people")
    offered = await aiko.autocomplete("people rename", "name", typed)

    assert [(choice["name"], choice["value"]) for choice in offered] == [("春" if typed == "春" else "春 (はる)", "春")]


async def test_only_moderators_may_change_aliases_and_only_of_people_who_are_known(
    haru: int, bot: OmokageBot, services: Services, aiko: Member, ben: Member
) -> None:
    services.aliases.add(GUILD, "春", "はる", by=0)
    refused = await (await ben.command("people alias", name="春", remove="はる")).answer()
    offered = [await ben.autocomplete("people alias", option, "", name="春") for option in ("name", "remove")]
    unknown = await (await aiko.command("people alias", name="Secret", add="x")).answer()

    assert refused["content"].startswith("Only moderators may do that.")
    assert offered == [[], []]
    assert unknown["content"].startswith("This person is no longer known here.")
    assert [person.aliases for person in services.people.list(GUILD)] == [("はる",)]
