"""A sandbox, a discord.py bot on it, and members who talk to it, all in one event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord
import pytest
import yarl

from sandbox.clock import ManualClock
from sandbox.config import RateLimits, SandboxConfig
from sandbox.driver import Driver, Member
from sandbox.server import Sandbox
from tests.integration.sandbox.bot import Bot


@pytest.fixture
def clock() -> ManualClock:
    """Runs by itself; `advance` makes an hour pass."""
    return ManualClock(running=True)


@pytest.fixture
def config(clock: ManualClock) -> SandboxConfig:
    return SandboxConfig(clock=clock, rate_limits=RateLimits.none())


@pytest.fixture
async def sandbox(config: SandboxConfig, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sandbox]:
    async with Sandbox(config) as running:
        point_discord_at(running, monkeypatch)
        yield running


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
        await bot.wait_until_ready()
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
