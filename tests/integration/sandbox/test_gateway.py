"""Connections that break, and how a real client comes back."""

from __future__ import annotations

import asyncio
import zlib

import aiohttp
import discord
import pytest

from sandbox.config import SandboxConfig
from sandbox.driver import Driver, Member
from sandbox.server import Sandbox
from tests.integration.sandbox.conftest import connected
from tests.integration.sandbox.sample_bot import Bot


@pytest.mark.parametrize("code", [None, 4000, 1001])
async def test_a_dropped_connection_is_resumed_with_what_was_missed(
    bot: Bot, driver: Driver, aiko: Member, code: int | None
) -> None:
    session = bot.ws.session_id

    assert await driver.fault("disconnect", code=code) == {"connections": 1}
    await aiko.send("meanwhile")  # the client is away now
    await asyncio.wait_for(bot.resumed.wait(), 10)

    assert bot.ws.session_id == session
    assert [message.author.name for message in bot.seen] == ["aiko"]
    assert (await (await aiko.command("count")).answer())["content"] == "Press"


async def test_a_command_given_during_the_break_is_answered_after_it(bot: Bot, driver: Driver, aiko: Member) -> None:
    await driver.fault("disconnect")

    assert (await (await aiko.command("count")).answer())["content"] == "Press"
    assert bot.resumed.is_set()


async def test_a_request_to_reconnect_is_followed_by_a_resume(bot: Bot, driver: Driver) -> None:
    await driver.fault("reconnect")

    await asyncio.wait_for(bot.resumed.wait(), 10)


async def test_an_invalid_session_makes_the_client_identify_again(bot: Bot, driver: Driver, aiko: Member) -> None:
    session = bot.ws.session_id
    bot.ready.clear()

    await driver.fault("invalidate_session")
    await aiko.wait_for_event("BOT_STATUS", lambda data: not data["online"])
    await asyncio.wait_for(bot.ready.wait(), 15)

    assert bot.ws.session_id != session
    assert (await (await aiko.command("count")).answer())["content"] == "Press"


async def test_members_see_the_bot_come_and_go(sandbox: Sandbox, aiko: Member) -> None:
    assert not aiko.bot_online
    async with connected(Bot()):
        await aiko.wait_for_event("BOT_STATUS", lambda data: data["online"])
    await aiko.wait_for_event("BOT_STATUS", lambda data: not data["online"])
    assert not sandbox.bot_online


async def test_privileged_intents_are_refused(sandbox: Sandbox) -> None:
    intents = discord.Intents.default()
    intents.message_content = True

    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with Bot(intents) as bot:
            await bot.start(sandbox.config.token)


class TestPrivileged:
    @pytest.fixture
    def config(self, config: SandboxConfig) -> SandboxConfig:
        return SandboxConfig(clock=config.clock, privileged_intents=1 << 15 | 1 << 1)

    async def test_with_the_intent_the_content_is_there(self, sandbox: Sandbox, driver: Driver) -> None:
        intents = discord.Intents.default()
        intents.message_content = intents.members = True
        aiko = await driver.member("aiko")

        async with connected(Bot(intents)) as bot:
            await aiko.send("open")
            await (await aiko.command("count")).answer()

            assert bot.seen[0].content == "open"
            names = {"omokage", "aiko", "ben", "chie", "dai", "emi"}
            assert {member.name for member in bot.guilds[0].members} == names
            assert {member.name async for member in bot.guilds[0].fetch_members()} == names


async def test_a_wrong_token_is_refused_on_both_doors(sandbox: Sandbox) -> None:
    async with Bot() as bot:
        with pytest.raises(discord.LoginFailure):
            await bot.login("wrong")
    async with aiohttp.ClientSession() as session, session.ws_connect(sandbox.gateway_url) as socket:
        assert (await socket.receive_json())["op"] == 10
        await socket.send_json({"op": 2, "d": {"token": "wrong", "intents": 0, "properties": {}}})
        closing = await socket.receive()
    assert closing.data == 4004


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{", 4002),
        ('{"op": 99, "d": {}}', 4001),
        ('{"op": 3, "d": {}}', 4003),
        ('{"op": 2, "d": {"token": "sandbox", "intents": "all"}}', 4013),
        ('{"op": 2, "d": {"token": "sandbox", "intents": 2}}', 4014),
    ],
)
async def test_nonsense_ends_the_connection_with_discords_code(sandbox: Sandbox, frame: str, code: int) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(sandbox.gateway_url) as socket:
        await socket.receive_json()
        await socket.send_str(frame)
        closing = await socket.receive()

    assert closing.data == code


async def test_a_resume_of_an_unknown_session_is_answered_by_an_invalid_session(sandbox: Sandbox) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(sandbox.gateway_url) as socket:
        await socket.receive_json()
        await socket.send_json({"op": 6, "d": {"token": "sandbox", "session_id": "gone", "seq": 1}})

        assert await socket.receive_json() == {"op": 9, "d": False, "s": None, "t": None}


async def test_heartbeats_are_acknowledged_and_frames_are_one_zlib_stream(sandbox: Sandbox) -> None:
    url = f"{sandbox.gateway_url}?v=10&encoding=json&compress=zlib-stream"
    unpack = zlib.decompressobj()
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        hello = await socket.receive_bytes()
        await socket.send_json({"op": 1, "d": None})
        ack = await socket.receive_bytes()

    assert hello.endswith(b"\x00\x00\xff\xff")
    assert b'"op": 10' in unpack.decompress(hello)
    assert b'"op": 11' in unpack.decompress(ack)


class TestSilence:
    @pytest.fixture
    def config(self, config: SandboxConfig) -> SandboxConfig:
        return SandboxConfig(clock=config.clock, heartbeat_interval=50)

    async def test_a_client_without_heartbeats_is_cut_off(self, sandbox: Sandbox) -> None:
        async with aiohttp.ClientSession() as session, session.ws_connect(sandbox.gateway_url) as socket:
            await socket.receive_json()

            assert (await socket.receive(timeout=5)).data == 4009


async def test_members_can_be_asked_for_by_id(bot: Bot) -> None:
    result = await bot.guilds[0].query_members(user_ids=[1290000000000000032, 5])

    assert [member.name for member in result] == ["ben"]
