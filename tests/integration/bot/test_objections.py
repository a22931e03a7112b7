"""Who does not want to be named or changed: moderators note it in the chat, and take it back."""

from __future__ import annotations

import pytest

from bot.client import OmokageBot
from core.bootstrap import Services
from core.domain.people import NewFace
from sandbox.driver import Member
from sandbox.world import fixtures
from tests.integration.bot.fakes.worker import embedding, face
from tests.integration.bot.test_classify import EPHEMERAL

GUILD = int(fixtures.GUILD_ID)


@pytest.fixture
def hanako(services: Services) -> int:
    """Somebody whom the guild has named; her id. Taro is beside her."""
    new = [NewFace(1, face(1).box, 0.9, (), embedding(number), "test") for number in (1, 2)]
    services.people.enrol(GUILD, "Taro", new[1], source="cli:x")
    return services.people.enrol(GUILD, "Hana_ko", new[0], source="cli:x").id


async def test_an_objection_is_noted_listed_and_withdrawn(
    hanako: int, bot: OmokageBot, services: Services, aiko: Member
) -> None:
    noted = await (await aiko.command("people object", name="hana_ko")).answer()
    objecting = services.people.objecting_ids(GUILD)
    listed = await (await aiko.command("people list")).answer()
    withdrawn = await (await aiko.command("people withdraw", name="Hana_ko")).answer()

    assert noted["content"].startswith("Noted: from now on no answer names **Hana\\_ko**")
    assert noted["flags"] & withdrawn["flags"] & EPHEMERAL
    assert objecting == {hanako}
    assert listed["embeds"][0]["description"].splitlines() == [
        "**Hana\\_ko** · one picture · does not want to be named or changed",
        "**Taro** · one picture",
    ]
    assert (
        withdrawn["content"]
        == "Noted: **Hana\\_ko** does not object any more, and may be named and shown at other ages."
    )
    assert services.people.objecting_ids(GUILD) == frozenset()


async def test_names_are_offered_where_they_fit(hanako: int, bot: OmokageBot, aiko: Member) -> None:
    await aiko.wait_for_bot("people")
    before = [await aiko.autocomplete(f"people {name}", "name", "") for name in ("object", "withdraw")]
    await (await aiko.command("people object", name="Hana_ko")).answer()
    after = [await aiko.autocomplete(f"people {name}", "name", "") for name in ("object", "withdraw")]

    assert [[choice["value"] for choice in offered] for offered in before] == [["Hana_ko", "Taro"], []]
    assert [[choice["value"] for choice in offered] for offered in after] == [["Taro"], ["Hana_ko"]]


@pytest.mark.parametrize("command", ["people object", "people withdraw"])
async def test_only_moderators_may_and_only_of_people_who_are_known(  # noqa: PLR0917 - fixtures
    hanako: int, bot: OmokageBot, services: Services, aiko: Member, ben: Member, command: str
) -> None:
    refused = await (await ben.command(command, name="Hana_ko")).answer()
    offered = await ben.autocomplete(command, "name", "")
    unknown = await (await aiko.command(command, name="Nobody")).answer()

    assert refused["content"].startswith("Only moderators may do that.")
    assert offered == []
    assert unknown["content"].startswith("This person is no longer known here.")
    assert services.people.objecting_ids(GUILD) == frozenset()


async def test_it_is_said_in_japanese(hanako: int, bot: OmokageBot, services: Services, chie: Member) -> None:
    services.people_editor.record_objection(GUILD, "Taro")
    listed = await (await chie.command("people list")).answer()

    assert "**Taro** · 写真1枚 · 名前の表示や顔の加工を望んでいません" in listed["embeds"][0]["description"]
