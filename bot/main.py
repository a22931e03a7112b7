"""`omokage bot`: the process that talks to Discord."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import aiohttp
import discord

from bot.catalogue import feature_set
from bot.client import OmokageBot
from bot.readiness import readiness_file
from core.bootstrap import Services, build
from core.domain.heartbeats import find_fault, read_heartbeat
from core.logs import set_up_logging
from core.settings import Settings, SettingsError

_SANDBOX_TOKEN = "sandbox"  # noqa: S105 - the sandbox's well-known one, not a secret


def run(settings: Settings) -> None:
    """Run until SIGTERM or Ctrl-C.

    Raises:
        SettingsError: there is no token, or Discord does not know it.
        ConnectionError: Discord cannot be reached, or does not work.
    """
    set_up_logging(settings.log_level, sys.stderr, settings.log_format)
    # No voice here: do not warn of missing libraries for it.
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    token = _token(settings)
    services = _services(settings)
    try:
        with _metrics_server(services, settings):
            asyncio.run(_serve(services, settings, token))
    except discord.LoginFailure as error:
        raise SettingsError("Discord does not know this DISCORD_TOKEN; `omokage setup` says how to get one") from error
    except (aiohttp.ClientError, discord.DiscordServerError, discord.GatewayNotFound) as error:
        # Only the first login: a connection that is lost later is made again by discord.py.
        raise ConnectionError(f"Discord cannot be reached: {error}") from error
    finally:
        services.close()


def check_token(settings: Settings) -> None:
    """Make sure that there is a token.

    Raises:
        SettingsError: there is none.
    """
    _token(settings)


def _token(settings: Settings) -> str:
    if settings.token:
        return settings.token
    if settings.discord_api:
        return _SANDBOX_TOKEN
    raise SettingsError("DISCORD_TOKEN is not set; `omokage setup` says how to get one")


def _services(settings: Settings) -> Services:
    from worker.queue import make_celery, make_enqueue  # only a process that serves needs a broker

    return build(settings, make_enqueue(make_celery(settings)))


@contextmanager
def _metrics_server(services: Services, settings: Settings) -> Iterator[None]:
    """Serve the bot's figures and those of the whole installation, where the settings say so."""
    if settings.metrics is None:
        yield
        return
    from prometheus_client import REGISTRY

    from core.metrics.server import MetricsServer
    from core.services.monitoring import StateCollector

    state = StateCollector(services.database, services.jobs)
    REGISTRY.register(state)
    file = readiness_file(settings.data)
    try:
        with MetricsServer(settings.metrics, REGISTRY, lambda: find_fault("bot", [read_heartbeat(file)], time.time())):
            yield
    finally:
        REGISTRY.unregister(state)


async def _serve(services: Services, settings: Settings, token: str) -> None:
    from worker.events import events

    bot = OmokageBot(services, settings, feature_set(), partial(events, settings.broker_url))
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        if sys.platform != "win32":
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with bot:
        serving = asyncio.create_task(bot.start(token))
        stopping = asyncio.create_task(stopped.wait())
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        await bot.close()
        await serving
