"""The real bot on the real sandbox with a real database; only the worker is a fake."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import discord
import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.catalogue import feature_set
from bot.client import OmokageBot
from bot.features.train.status import updater
from core.bootstrap import Services, build
from core.domain.jobs import JOB_LIMITS, JobKind
from core.services.training import live_status
from core.settings import Settings
from sandbox.clock import ManualClock
from sandbox.config import RateLimits, SandboxConfig
from sandbox.driver import Driver, Member
from sandbox.server import Sandbox
from sandbox.world import fixtures
from tests.discord_schema import assert_valid_log
from tests.integration.bot.fakes.ager import FakeAgeing
from tests.integration.bot.fakes.explainer import FakeExplaining
from tests.integration.bot.fakes.exporter import FakeExporting
from tests.integration.bot.fakes.generator import FakeGeneration
from tests.integration.bot.fakes.optimizer import FakeOptimization
from tests.integration.bot.fakes.sheets import FakeSheets
from tests.integration.bot.fakes.teacher import FakeTeaching
from tests.integration.bot.fakes.trainer import FakeTraining
from tests.integration.bot.fakes.worker import OWNER, FakeWorker
from tests.integration.bot.full_guild import FullGuild, build_full_guild
from tests.integration.sandbox.conftest import checked_events


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(running=True)


@pytest.fixture
async def sandbox(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sandbox]:
    """Each request of the bot, each answer and each event must be as Discord describes them."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)  # the bot sets them; this puts them back
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    async with Sandbox(SandboxConfig(clock=clock, rate_limits=RateLimits.none())) as running:
        with checked_events(monkeypatch):
            yield running
        assert_valid_log(running.requests)


@pytest.fixture
def settings(sandbox: Sandbox, tmp_path: Path) -> Settings:
    return Settings.from_env(
        {
            "OMOKAGE_DATA": str(tmp_path / "data"),
            "OMOKAGE_DISCORD_API": sandbox.api_url,
            "OMOKAGE_DISCORD_GATEWAY": sandbox.gateway_url,
        }
    )


@pytest.fixture
def worker() -> Iterator[FakeWorker]:
    fake = FakeWorker()
    yield fake
    fake.stop()


@pytest.fixture
def services(settings: Settings, worker: FakeWorker) -> Iterator[Services]:
    built = build(settings, worker.enqueue)
    worker.start(built)
    yield built
    worker.stop()
    built.close()


async def kill(bot: OmokageBot) -> None:
    """As near to SIGKILL as one process allows: everything stops where it is, nothing is tidied up."""
    tasks = [
        *bot.background._tasks.values(),
        *bot.relay._in_flight.values(),
        *bot.intake._in_flight.values(),
        *bot.progress._tasks,
    ]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await discord.Client.close(bot)


@asynccontextmanager
async def serving(services: Services, settings: Settings, worker: FakeWorker) -> AsyncIterator[OmokageBot]:
    """A bot, connected, until the block ends."""
    bot = OmokageBot(services, settings, feature_set(), worker.events)  # type: ignore[arg-type]
    running = asyncio.create_task(bot.start("sandbox"))
    ready = asyncio.create_task(bot.wait_until_ready())
    try:
        await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
        assert not running.done(), running.exception()
        yield bot
    finally:
        ready.cancel()
        await bot.close()
        await running


@pytest.fixture
async def bot(services: Services, settings: Settings, worker: FakeWorker) -> AsyncIterator[OmokageBot]:
    async with serving(services, settings, worker) as running:
        yield running


@pytest.fixture
async def driver(sandbox: Sandbox) -> AsyncIterator[Driver]:
    async with Driver(sandbox.url) as running:
        yield running


@pytest.fixture
async def aiko(driver: Driver) -> Member:
    """A moderator."""
    return await driver.member("aiko")


@pytest.fixture
async def ben(driver: Driver) -> Member:
    """A member whose Discord is in English."""
    return await driver.member("ben")


@pytest.fixture
async def chie(driver: Driver) -> Member:
    """A member whose Discord is in Japanese."""
    return await driver.member("chie")


@pytest.fixture
def fake_training(services: Services, worker: FakeWorker, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeTraining]:
    """Trains in the fake worker; what is shown of it is shown twenty times as often as usual."""
    monkeypatch.setattr(updater, "EDIT_INTERVAL_S", 0.25)
    monkeypatch.setattr(updater, "POLL_S", 0.05)
    monkeypatch.setattr(live_status, "_WRITE_S", 0.0)
    monkeypatch.setattr(live_status, "_DRAW_S", 0.1)
    training = FakeTraining(services, worker)
    yield training
    training.stop()


@pytest.fixture
async def emi(driver: Driver) -> Member:
    """A member with a role that has no permissions."""
    return await driver.member("emi")


@pytest.fixture
def furnished(services: Services, worker: FakeWorker, fake_training: FakeTraining) -> Callable[[int], FullGuild]:
    """Makes a guild with everything; must be asked for before `bot`."""
    fake_generation, fake_optimization = FakeGeneration(services, worker), FakeOptimization(services, worker)
    # A lease that lies too far ahead is cut to this; the running job's must last as long as a test, on any machine.
    services.jobs.recovery._limits = replace(JOB_LIMITS, lease_s=3600.0)
    fake_ageing = FakeAgeing(services, worker)
    fake_ageing.faces = 2
    fake_teaching = FakeTeaching(services, worker)
    worker.others[JobKind.SNAPSHOT] = lambda job: end_job(services, job.id)
    worker.others[JobKind.LEARN] = lambda job: end_job(services, job.id)
    worker.others[JobKind.CURATE] = lambda job: end_job(services, job.id)
    worker.others[JobKind.CHECK] = lambda _: None
    FakeExplaining(services, worker)
    FakeSheets(services, worker)
    FakeExporting(services, worker)
    return lambda guild_id: build_full_guild(
        services,
        worker,
        fake_generation,
        fake_optimization,
        fake_ageing,
        fake_teaching,
        guild_id,
        int(fixtures.AIKO_ID),
    )


def end_job(services: Services, job_id: int) -> None:
    services.jobs.leases.finish(job_id, OWNER, {})


@pytest.fixture
def here(furnished: Callable[[int], FullGuild]) -> FullGuild:
    return furnished(int(fixtures.GUILD_ID))
