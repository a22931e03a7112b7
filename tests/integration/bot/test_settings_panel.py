"""/settings show: what a guild has chosen, in one message that changes in place."""

from __future__ import annotations

from bot.client import OmokageBot
from core.bootstrap import Services
from core.domain.guilds import GuildSettings
from core.domain.people import ChatLearning, LabellingPolicy
from sandbox.driver import Member
from sandbox.types import Json
from sandbox.world import fixtures
from tests.integration.bot.test_classify import EPHEMERAL, PHOTO

GUILD = int(fixtures.GUILD_ID)


def fields(message: Json) -> dict[str, str]:
    return {field["name"]: field["value"] for field in message["embeds"][0]["fields"]}


def selects(message: Json) -> dict[str, Json]:
    return {row["components"][0]["custom_id"]: row["components"][0] for row in message["components"]}


def chosen(select: Json) -> list[str]:
    return [option["value"] for option in select["options"] if option.get("default")]


async def test_the_panel_shows_all_that_is_chosen(bot: OmokageBot, aiko: Member) -> None:
    panel = await (await aiko.command("settings show")).answer()

    assert panel["flags"] & EPHEMERAL
    assert panel["embeds"][0]["title"] == "Settings of this server"
    assert fields(panel) == {
        "Who may name faces": "Moderators",
        "Language of public answers": "Each member's own",
        "How old faces look": "Not said",
        "Learning from photos of /classify": "Off: only contributed photos",
        "Roles that may name faces, too": "None",
        "Channels in which I answer": "All",
        "Where I announce what I learnt": "In the channel of the round",
        "Stored photos and answers": "0 bytes of 2.0 GB",
    }
    assert {custom_id: chosen(select) for custom_id, select in selects(panel).items()} == {
        "settings:labelling": ["moderators"],
        "settings:language": ["own"],
        "settings:ages": ["no"],
        "settings:learning": ["off"],
    }
    assert selects(panel)["settings:labelling"]["options"][1]["label"] == "Who may name faces: Everybody"


async def test_a_choice_is_in_force_at_once_and_shown_in_place(
    bot: OmokageBot, services: Services, aiko: Member
) -> None:
    panel = await (await aiko.command("settings show")).answer()
    for custom_id, value in (("labelling", "everyone"), ("language", "en"), ("ages", "yes"), ("learning", "self")):
        await (await aiko.select(panel, f"settings:{custom_id}", value)).ack()
    changed = await aiko.wait_for(
        lambda message: (
            message["id"] == panel["id"] and fields(message)["Learning from photos of /classify"].startswith("People")
        )
    )

    assert services.guilds.settings(GUILD) == GuildSettings(
        LabellingPolicy.EVERYONE, "en", age_answers=True, chat_learning=ChatLearning.SELF
    )
    assert list(fields(changed).values())[:3] == ["Everybody", "English", "Said in the answers of /classify"]
    assert [chosen(select) for select in selects(changed).values()] == [["everyone"], ["en"], ["yes"], ["self"]]


async def test_what_is_stored_is_counted(bot: OmokageBot, aiko: Member) -> None:
    await (await aiko.command("classify", photo=PHOTO)).answer()
    panel = await (await aiko.command("settings show")).answer()
    assert fields(panel)["Stored photos and answers"] not in {"0 bytes of 2.0 GB", ""}
