"""What outlives the sandbox."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from sandbox.clock import ManualClock
from sandbox.config import RateLimits, SandboxConfig
from sandbox.driver import Driver
from sandbox.server import Sandbox
from sandbox.types import Json
from tests.integration.sandbox.conftest import connected, point_discord_at
from tests.integration.sandbox.raw_bot import RawBot
from tests.integration.sandbox.sample_bot import PIXEL, Bot


@pytest.fixture
def config(clock: ManualClock, tmp_path: Path) -> SandboxConfig:
    return SandboxConfig(clock=clock, data_dir=tmp_path / "data", rate_limits=RateLimits.none())


async def test_messages_files_commands_and_ids_survive_a_restart(
    config: SandboxConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Sandbox(config) as first, Driver(first.url) as driver:
        point_discord_at(first, monkeypatch)
        aiko = await driver.member("aiko")
        async with connected(Bot()):
            await aiko.send("keep me", files=[("a.png", PIXEL)])
            answer = await (await aiko.command("classify", photo=("b.png", PIXEL))).answer()
        commands = aiko.commands

    async with Sandbox(config) as second, Driver(second.url) as driver:
        aiko = await driver.member("aiko")
        kept = {message["content"]: message for message in aiko.messages()}
        again = await aiko.send("new")

        assert aiko.commands == commands
        assert await driver.download(kept["keep me"]["attachments"][0]["url"]) == PIXEL
        assert await driver.download(kept[answer["content"]]["embeds"][0]["image"]["url"]) == PIXEL
        assert int(again["id"]) > max(int(message["id"]) for message in kept.values())


async def test_a_token_survives_a_restart(config: SandboxConfig) -> None:
    async with Sandbox(config) as first, Driver(first.url) as driver, aiohttp.ClientSession() as session:
        interaction = await _deferred(RawBot(first, session), driver)

    async with Sandbox(config) as second, aiohttp.ClientSession() as session:
        answer = await RawBot(second, session).webhook("POST", interaction, body={"content": "at last"})

    assert answer.status == 200
    assert isinstance(answer.body, dict)
    assert answer.body["content"] == "at last"
    assert not answer.body["flags"] & 128


async def _deferred(raw: RawBot, driver: Driver) -> Json:
    """An interaction that is still thinking."""
    ready = asyncio.Event()
    listening = asyncio.create_task(raw.listen(ready))
    await ready.wait()
    await raw.call("PUT", "/applications/1290000000000000030/commands", [{"name": "go", "description": "Go"}])
    aiko = await driver.member("aiko")
    await aiko.command("go")
    interaction = await raw.next()
    await raw.respond(interaction, 5)
    listening.cancel()
    await asyncio.wait([listening])
    return interaction


async def test_the_locale_of_a_member_is_remembered(config: SandboxConfig) -> None:
    async with Sandbox(config) as first, Driver(first.url) as driver, aiohttp.ClientSession() as session:
        await RawBot(first, session).call(
            "PUT", "/applications/1290000000000000030/commands", [{"name": "go", "description": "Go"}]
        )
        ben = await driver.member("ben", locale="ja")
        await ben.command("go")

    async with Sandbox(config) as second, Driver(second.url) as driver:
        assert (await driver.member("ben")).user["locale"] == "ja"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_the_process_stops_cleanly_on_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "sandbox", "--data", str(tmp_path)]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[3]
    )
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), 20)).decode()
    match = re.search(r"http://127\.0\.0\.1:\d+", line)
    assert match
    async with Driver(match[0]) as driver:
        await (await driver.member("ben")).send("hello")
        os.kill(process.pid, number)
        _, errors = await asyncio.wait_for(process.communicate(), 20)

    assert (process.returncode, errors) == (0, b"")


async def test_a_bot_comes_back_to_a_restarted_sandbox(config: SandboxConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Sandbox(config) as first:
        point_discord_at(first, monkeypatch)
        same_place = replace(config, port=int(first.url.rsplit(":", 1)[1]))
        async with connected(Bot()) as bot:
            bot.ready.clear()
            await first.stop()

            async with Sandbox(same_place) as second, Driver(second.url) as driver:
                await asyncio.wait_for(bot.ready.wait(), 30)
                aiko = await driver.member("aiko")

                assert (await (await aiko.command("count")).answer())["content"] == "Press"
