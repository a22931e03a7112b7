"""Messages that are passed on: what a bot sees of them, and what Discord refuses."""

from __future__ import annotations

import io
from pathlib import Path

import aiohttp
import discord
import pytest

from sandbox.config import RateLimits, SandboxConfig
from sandbox.driver import Driver, DriverError, Member
from sandbox.server import Sandbox
from sandbox.types import Json
from sandbox.world import fixtures
from tests.integration.sandbox.raw_bot import RawBot
from tests.integration.sandbox.sample_bot import PIXEL, Bot

HAS_SNAPSHOT = 1 << 14
GENERAL = "general"


def reference(message: Json, **more: object) -> Json:
    return {"type": 1, "channel_id": message["channel_id"], "message_id": message["id"]} | more


async def test_a_forward_shows_what_it_passes_on_and_where_from(driver: Driver, aiko: Member, ben: Member) -> None:
    original = await aiko.send("look", files=[("party.png", PIXEL)])

    forwarded = await ben.forward(original, GENERAL)
    (snapshot,) = [one["message"] for one in forwarded["message_snapshots"]]

    assert (forwarded["content"], forwarded["attachments"]) == ("", [])
    assert forwarded["flags"] & HAS_SNAPSHOT
    assert forwarded["author"]["username"] == "ben"
    assert forwarded["message_reference"] == reference(original, guild_id=fixtures.GUILD_ID)
    assert "author" not in snapshot
    assert (snapshot["content"], snapshot["timestamp"]) == ("look", original["timestamp"])
    assert snapshot["attachments"][0]["filename"] == "party.png"
    assert await driver.download(snapshot["attachments"][0]["url"]) == PIXEL


async def test_a_forward_outlives_what_it_passed_on(bot: Bot, driver: Driver, aiko: Member) -> None:
    photos, general = (bot.get_partial_messageable(int(one)) for one in (fixtures.PHOTOS_ID, fixtures.GENERAL_ID))
    embed = discord.Embed(title="t").set_image(url="attachment://a.png")
    original = await photos.send("kept", embed=embed, file=discord.File(io.BytesIO(PIXEL), "a.png"))

    forwarded = await original.forward(general)
    again = await aiko.forward(await aiko.wait_for(lambda message: message["id"] == str(forwarded.id)))
    await original.delete()
    await forwarded.delete()
    snapshot = again["message_snapshots"][0]["message"]

    assert snapshot["content"] == "kept"
    assert await driver.download(snapshot["embeds"][0]["image"]["url"]) == PIXEL
    with pytest.raises(aiohttp.ClientResponseError):  # its copy went with it
        await driver.download(str(forwarded.message_snapshots[0].embeds[0].image.url))


async def test_a_message_menu_has_the_snapshot(raw: RawBot, aiko: Member) -> None:
    command = {"name": "Look", "type": 3}
    await raw.call("POST", f"/applications/{fixtures.BOT_ID}/commands", command)
    forwarded = await aiko.forward(await aiko.send("look", files=[("party.png", PIXEL)]))

    await aiko.menu("Look", forwarded)
    resolved = (await raw.next())["data"]["resolved"]["messages"][forwarded["id"]]

    assert resolved["message_snapshots"][0]["message"]["attachments"][0]["filename"] == "party.png"


async def test_without_the_intent_a_forward_arrives_empty(bot: Bot, aiko: Member) -> None:
    await aiko.forward(await aiko.send("look", files=[("party.png", PIXEL)]))
    await (await aiko.command("count")).answer()  # whatever was sent before it has arrived

    (seen,) = [message for message in bot.seen if message.message_snapshots]

    assert seen.flags.forwarded
    assert (seen.message_snapshots[0].content, seen.message_snapshots[0].attachments) == ("", [])


async def test_a_bot_forwards_its_own_messages(bot: Bot, aiko: Member) -> None:
    photos = bot.get_partial_messageable(int(fixtures.PHOTOS_ID))
    sent = await photos.send("mine")

    forwarded = await sent.forward(bot.get_partial_messageable(int(fixtures.GENERAL_ID)))

    assert forwarded.message_snapshots[0].content == "mine"
    assert forwarded.reference is not None
    assert forwarded.reference.type is discord.MessageReferenceType.forward


async def test_a_bot_without_message_content_cannot_forward_what_others_wrote(raw: RawBot, aiko: Member) -> None:
    original = await aiko.send("secret")

    refused = await raw.post({"message_reference": reference(original)})

    assert (refused.status, refused.code) == (400, 160014)


@pytest.mark.parametrize(
    ("more", "path", "code"),
    [
        ({"message_id": "1"}, ("message_reference",), "MESSAGE_REFERENCE_UNKNOWN_MESSAGE"),
        ({"channel_id": "1"}, ("message_reference",), "MESSAGE_REFERENCE_UNKNOWN_MESSAGE"),
        ({"channel_id": None}, ("message_reference", "channel_id"), "BASE_TYPE_REQUIRED"),
        ({"type": 2}, ("message_reference", "type"), "BASE_TYPE_CHOICES"),
    ],
)
async def test_forwards_that_are_none_are_refused(raw: RawBot, more: Json, path: tuple[str, ...], code: str) -> None:
    mine = (await raw.post({"content": "mine"})).body
    assert isinstance(mine, dict)

    refused = await raw.post({"message_reference": reference(mine, **more)})

    assert refused.error_at(*path) == code


async def test_a_forward_comes_alone(raw: RawBot) -> None:
    mine = (await raw.post({"content": "mine"})).body
    assert isinstance(mine, dict)

    refused = await raw.post({"content": "look", "message_reference": reference(mine)})

    assert refused.error_at("content") == "BASE_TYPE_MAX_LENGTH"


async def test_what_only_one_member_sees_is_not_passed_on(raw: RawBot, aiko: Member) -> None:
    interaction = await aiko.command("go")
    await raw.respond(await raw.next(), 4, {"content": "between us", "flags": 64})

    with pytest.raises(DriverError):
        await aiko.forward(await interaction.answer())


async def test_forwards_survive_a_restart_with_their_files(tmp_path: Path) -> None:
    config = SandboxConfig(data_dir=tmp_path, rate_limits=RateLimits.none())
    async with Sandbox(config) as first, Driver(first.url) as driver:
        aiko = await driver.member("aiko")
        await aiko.forward(await aiko.send(files=[("a.png", PIXEL)]), GENERAL)

    async with Sandbox(config) as second, Driver(second.url) as driver:
        aiko = await driver.member("aiko")
        (kept,) = aiko.messages(GENERAL)

        assert await driver.download(kept["message_snapshots"][0]["message"]["attachments"][0]["url"]) == PIXEL
