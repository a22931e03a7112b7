"""A sandbox, a discord.py bot on it, and members who talk to it, all in one event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import aiohttp
import discord
import pytest
import yarl

from sandbox.clock import ManualClock
from sandbox.config import RateLimits, SandboxConfig
from sandbox.driver import Driver, Member
from sandbox.gateway.session import Session
from sandbox.server import Sandbox
from sandbox.types import Json
from sandbox.world import fixtures
from tests.discord_schema import assert_valid_event, assert_valid_log
from tests.integration.sandbox.raw_bot import RawBot
from tests.integration.sandbox.sample_bot import Bot


@pytest.fixture
def clock() -> ManualClock:
    """Runs by itself; `advance` makes an hour pass."""
    return ManualClock(running=True)


@pytest.fixture
def config(clock: ManualClock) -> SandboxConfig:
    return SandboxConfig(clock=clock, rate_limits=RateLimits.none())


@pytest.fixture
async def sandbox(config: SandboxConfig, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sandbox]:
    """Whatever a test does, each request, answer and gateway event in it must be as Discord describes them."""
    async with Sandbox(config) as running:
        point_discord_at(running, monkeypatch)
        with checked_events(monkeypatch):
            yield running
        assert_valid_log(running.requests)


@contextmanager
def checked_events(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Check every event that a session sends."""
    sent: list[tuple[str, Json]] = []
    dispatch = Session.dispatch

    def watch(session: Session, kind: str, data: Json) -> None:
        sent.append((kind, data))
        dispatch(session, kind, data)

    monkeypatch.setattr(Session, "dispatch", watch)
    yield
    for kind, data in sent:
        assert_valid_event(kind, data)


def point_discord_at(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that a bot needs to live in a sandbox."""
    monkeypatch.setattr(discord.http.Route, "BASE", sandbox.api_url)
    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(sandbox.gateway_url))


@asynccontextmanager
async def connected(bot: Bot) -> AsyncIterator[Bot]:
    """The bot, logged in and ready, until the block ends."""
    await bot.login("sandbox")
    connection = asyncio.create_task(bot.connect())
    try:
        await bot.ready.wait()
        yield bot
    finally:
        await bot.close()
        await connection


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    async with connected(Bot()) as client:
        yield client


@pytest.fixture
async def driver(sandbox: Sandbox) -> AsyncIterator[Driver]:
    async with Driver(sandbox.url) as running:
        yield running


@pytest.fixture
async def aiko(driver: Driver) -> Member:
    return await driver.member("aiko")


@pytest.fixture
async def ben(driver: Driver) -> Member:
    return await driver.member("ben")


@pytest.fixture
async def raw(sandbox: Sandbox) -> AsyncIterator[RawBot]:
    """A bot without a library, on the gateway, with the command /go (and its autocomplete option `word`)."""
    async with aiohttp.ClientSession() as session:
        client, ready = RawBot(sandbox, session), asyncio.Event()
        listening = asyncio.create_task(client.listen(ready))
        await asyncio.wait_for(ready.wait(), 5)
        word = {"type": 3, "name": "word", "description": "A word", "autocomplete": True}
        command = {"name": "go", "description": "Go", "options": [word]}
        assert (await client.call("POST", f"/applications/{fixtures.BOT_ID}/commands", command)).status == 201
        yield client
        listening.cancel()
        await asyncio.wait([listening])
