"""Threads as a bot begins, fills, changes and loses them, and as members see them."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

import discord
import pytest

from sandbox.clock import ManualClock
from sandbox.config import RateLimits, SandboxConfig
from sandbox.driver import Driver, Member
from sandbox.driver.feed import DriverError
from sandbox.rules import threads as limits
from sandbox.server import Sandbox
from sandbox.world import fixtures, permissions
from tests.discord_schema import assert_valid_log
from tests.integration.sandbox.conftest import checked_events, connected, point_discord_at
from tests.integration.sandbox.raw_bot import RawBot
from tests.integration.sandbox.sample_bot import Bot

HAS_THREAD = 1 << 5


@pytest.fixture
def photos(bot: Bot) -> discord.TextChannel:
    channel = bot.get_channel(int(fixtures.PHOTOS_ID))
    assert isinstance(channel, discord.TextChannel)
    return channel


def forbid(sandbox: Sandbox, bits: int) -> None:
    """Take permissions away from everybody; moderators keep what their own role gives."""
    assert sandbox._world is not None
    roles = sandbox._world.people._roles
    for role_id in (fixtures.GUILD_ID, fixtures.BOT_ROLE_ID):
        roles[role_id] = replace(roles[role_id], permissions=roles[role_id].permissions & ~bits)


async def test_a_thread_of_a_message_has_its_id_and_begins_with_it(
    photos: discord.TextChannel, aiko: Member, bot: Bot
) -> None:
    message = await photos.send("Learnt")

    thread = await message.create_thread(name="What I learn", auto_archive_duration=10_080)
    inside = await thread.send("More")
    await aiko.wait_for(lambda one: one["content"] == "More")

    assert (thread.id, thread.parent_id, thread.owner_id) == (message.id, photos.id, int(fixtures.BOT_ID))
    (shown,) = aiko.messages()
    assert shown["flags"] & HAS_THREAD
    assert shown["thread"]["name"] == "What I learn"
    first, second = aiko.messages(str(thread.id))
    assert (first["type"], first["referenced_message"]["content"]) == (21, "Learnt")
    assert (second["id"], second["channel_id"]) == (str(inside.id), str(thread.id))
    fetched = await bot.fetch_channel(thread.id)
    assert isinstance(fetched, discord.Thread)
    assert (fetched.message_count, fetched.total_message_sent, fetched.auto_archive_duration) == (1, 1, 10_080)
    cached = bot.guilds[0].get_thread(thread.id)
    assert cached is not None
    assert cached.parent == photos
    assert [active.id for active in await bot.guilds[0].active_threads()] == [thread.id]


async def test_a_message_has_one_thread_at_most(photos: discord.TextChannel) -> None:
    message = await photos.send("Learnt")
    thread = await message.create_thread(name="First")

    with pytest.raises(discord.HTTPException) as again:
        await message.create_thread(name="Second")
    inside = await thread.send("inside")
    with pytest.raises(discord.HTTPException) as nested:
        await inside.create_thread(name="Nested")

    assert (again.value.status, again.value.code) == (400, 160004)
    assert (nested.value.status, nested.value.code) == (400, 50024)


async def test_a_thread_without_a_message_is_announced_in_its_channel(
    photos: discord.TextChannel, aiko: Member
) -> None:
    thread = await photos.create_thread(name="Talk", type=discord.ChannelType.public_thread)
    await aiko.wait_for_event("THREAD_CREATE", lambda data: data["id"] == str(thread.id))

    announced = await aiko.wait_for(lambda message: message["type"] == 18)
    assert announced["content"] == "Talk"
    assert announced["message_reference"]["channel_id"] == str(thread.id)
    assert aiko.messages(str(thread.id)) == []
    system = await photos.fetch_message(int(announced["id"]))
    with pytest.raises(discord.HTTPException) as refusal:
        await system.create_thread(name="On that")
    assert refusal.value.code == 50021


async def test_a_deleted_thread_takes_its_messages_and_leaves_the_one_it_came_from(
    photos: discord.TextChannel, aiko: Member, bot: Bot
) -> None:
    message = await photos.send("Learnt")
    thread = await message.create_thread(name="What I learn")
    await thread.send("More")
    with pytest.raises(discord.Forbidden) as own:
        await thread.delete()

    await aiko.delete_thread(str(thread.id))
    await aiko.wait_for_event("THREAD_DELETE", lambda data: data["id"] == str(thread.id))
    with pytest.raises(discord.NotFound) as gone:
        await thread.send("Again")

    assert (own.value.code, gone.value.code) == (50013, 10003)
    assert aiko.threads == []
    assert aiko.messages(str(thread.id)) == []
    (left,) = aiko.messages()
    assert not left["flags"] & HAS_THREAD
    assert "thread" not in left
    assert bot.guilds[0].get_thread(thread.id) is None
    assert (await message.create_thread(name="Anew")).id == message.id


async def test_an_archived_thread_is_opened_by_a_message_and_changed_only_when_open(
    photos: discord.TextChannel, aiko: Member
) -> None:
    thread = await (await photos.send("Learnt")).create_thread(name="What I learn")
    inside = await thread.send("before")

    await aiko.change_thread(str(thread.id), archived=True)
    with pytest.raises(discord.Forbidden) as renamed:
        await thread.edit(name="Other")
    with pytest.raises(discord.Forbidden) as edited:
        await inside.edit(content="after")
    await thread.send("opens it")
    opened = await aiko.wait_for_event("THREAD_UPDATE", lambda data: not data["thread_metadata"]["archived"])

    assert (renamed.value.code, edited.value.code) == (50083, 50083)
    assert opened["id"] == str(thread.id)
    assert (await thread.edit(name="Other", archived=True)).archived
    assert not (await thread.edit(archived=False)).archived


async def test_a_locked_thread_is_only_for_those_who_manage_threads(
    photos: discord.TextChannel, aiko: Member, ben: Member
) -> None:
    thread = await (await photos.send("Learnt")).create_thread(name="What I learn")
    await aiko.change_thread(str(thread.id), locked=True)

    with pytest.raises(discord.Forbidden) as posted:
        await thread.send("no")
    with pytest.raises(discord.Forbidden) as unlocked:
        await thread.edit(archived=False, locked=False)
    with pytest.raises(DriverError, match="Thread is archived"):
        await ben.send("no", channel=str(thread.id))
    with pytest.raises(DriverError, match="Missing Permissions"):
        await ben.change_thread(str(thread.id), locked=False)
    await aiko.send("yes", channel=str(thread.id))

    assert (posted.value.code, unlocked.value.code) == (50083, 50013)
    assert not (await aiko.change_thread(str(thread.id), locked=False))["thread_metadata"]["locked"]
    await thread.send("yes")


async def test_permissions_are_needed_to_begin_threads_and_to_write_in_them(
    sandbox: Sandbox, photos: discord.TextChannel, ben: Member
) -> None:
    message = await photos.send("Learnt")
    thread = await message.create_thread(name="What I learn")

    forbid(sandbox, permissions.CREATE_PUBLIC_THREADS | permissions.SEND_MESSAGES_IN_THREADS)
    with pytest.raises(discord.Forbidden) as begun:
        await (await photos.send("Another")).create_thread(name="Another")
    with pytest.raises(discord.Forbidden) as sent:
        await thread.send("no")
    with pytest.raises(DriverError, match="Missing Permissions"):
        await ben.send("no", channel=str(thread.id))

    assert (begun.value.code, sent.value.code) == (50013, 50013)


@pytest.mark.parametrize(
    ("body", "key", "problem"),
    [
        ({}, "name", "BASE_TYPE_REQUIRED"),
        ({"name": ""}, "name", "BASE_TYPE_BAD_LENGTH"),
        ({"name": "x" * 101}, "name", "BASE_TYPE_BAD_LENGTH"),
        ({"name": "x", "auto_archive_duration": 61}, "auto_archive_duration", "BASE_TYPE_CHOICES"),
        ({"name": "x", "rate_limit_per_user": 21_601}, "rate_limit_per_user", "NUMBER_TYPE_MAX"),
        ({"name": "x", "type": 12}, "type", "BASE_TYPE_CHOICES"),
    ],
)
async def test_a_thread_out_of_limits_is_refused(raw: RawBot, body: dict[str, object], key: str, problem: str) -> None:
    answer = await raw.call("POST", f"/channels/{fixtures.PHOTOS_ID}/threads", {"type": 11} | body)
    assert (answer.status, answer.code) == (400, 50035)
    assert answer.error_at(key) == problem


async def test_no_more_threads_are_begun_than_a_guild_may_have(raw: RawBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.world.threads.MAX_ACTIVE", 1)
    assert limits.MAX_ACTIVE == 1000
    path, body = f"/channels/{fixtures.PHOTOS_ID}/threads", {"type": 11, "name": "x"}
    assert (await raw.call("POST", path, body)).status == 201
    refused = await raw.call("POST", path, body)
    assert (refused.status, refused.code) == (400, 160006)


async def test_a_channel_that_is_no_thread_is_not_the_bots_to_change(raw: RawBot) -> None:
    for method, body in (("PATCH", {"name": "x"}), ("DELETE", None)):
        answer = await raw.call(method, f"/channels/{fixtures.PHOTOS_ID}", body)
        assert (answer.status, answer.code) == (403, 50013)


async def test_a_thread_in_which_nothing_happens_is_archived(
    photos: discord.TextChannel, aiko: Member, clock: ManualClock
) -> None:
    thread = await (await photos.send("Learnt")).create_thread(name="What I learn", auto_archive_duration=60)
    clock.advance(3000)
    await thread.send("still here")
    clock.advance(3000)
    await asyncio.sleep(0.05)
    assert not aiko.threads[0]["thread_metadata"]["archived"]
    clock.advance(601)
    await aiko.wait_for_event("THREAD_UPDATE", lambda data: data["thread_metadata"]["archived"])


async def test_commands_work_in_a_thread(photos: discord.TextChannel, aiko: Member, bot: Bot) -> None:
    thread = await (await photos.send("Learnt")).create_thread(name="What I learn")
    asked = await aiko.command("count", channel=str(thread.id))
    assert (await asked.answer())["channel_id"] == str(thread.id)


async def test_threads_survive_a_restart(clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = SandboxConfig(clock=clock, data_dir=tmp_path / "data", rate_limits=RateLimits.none())
    async with Sandbox(config) as first, connected_bot(first, monkeypatch) as bot:
        channel = bot.get_channel(int(fixtures.PHOTOS_ID))
        assert isinstance(channel, discord.TextChannel)
        thread = await (await channel.send("Learnt")).create_thread(name="What I learn")
        other = await (await channel.send("Other")).create_thread(name="Archived")
        await other.edit(archived=True)
        await thread.send("kept")

    async with Sandbox(config) as second, Driver(second.url) as driver:
        with checked_events(monkeypatch):
            async with connected_bot(second, monkeypatch) as bot:
                aiko = await driver.member("aiko")
                assert [one["name"] for one in aiko.threads] == ["What I learn", "Archived"]
                assert [message["content"] for message in aiko.messages(str(thread.id))] == ["", "kept"]
                assert [one.name for one in bot.guilds[0].threads] == ["What I learn"]  # GUILD_CREATE has active ones
                known = bot.guilds[0].get_thread(thread.id)
                assert known is not None
                assert known.me is not None
                await known.send("again")
        assert_valid_log(second.requests)


def connected_bot(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> AbstractAsyncContextManager[Bot]:
    point_discord_at(sandbox, monkeypatch)
    return connected(Bot())


async def test_the_member_api_refuses_what_is_no_thread(aiko: Member, raw: RawBot) -> None:
    with pytest.raises(DriverError, match="no thread"):
        await aiko.delete_thread(fixtures.PHOTOS_ID)
    with pytest.raises(DriverError, match="Unknown Channel"):
        await aiko.delete_thread("1")
