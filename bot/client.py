"""The client: discord.py's, with everything that belongs to the bot."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot import heartbeat
from bot.background import Background
from bot.command_sync import sync_commands
from bot.context import BotClient
from bot.delivery.learning_thread import LearningThread
from bot.delivery.progress import ProgressTracker
from bot.delivery.relay import Relay
from bot.delivery.reply_poster import ReplyPoster
from bot.delivery.sweeper import sweep
from bot.errors import reply_unknown_item, report_error
from bot.form_router import FormRouter
from bot.guild_settings import GuildSettingsCache
from bot.intake.fetch import Fetcher
from bot.intake.service import Intake
from bot.readiness import beat, readiness_file
from bot.request_metrics import RequestMetrics
from bot.retention import run_retention
from bot.threads import Threads
from bot.ui.i18n import CommandTranslator
from core.bootstrap import Services
from core.domain.clock import now_utc
from core.settings import Settings

if TYPE_CHECKING:
    from bot.feature_set import FeatureSet
    from worker.events import JobEvent

_log = logging.getLogger(__name__)
_SETTLE_S = 5.0  # replies that are being posted when the bot is stopped get this long


class Tree(app_commands.CommandTree[BotClient]):
    """The command tree: an exception of a command becomes a message to the member."""

    async def on_error(
        self, interaction: discord.Interaction[BotClient], error: app_commands.AppCommandError, /
    ) -> None:
        """Report it to the member."""
        await report_error(interaction, error)


class OmokageBot(BotClient):
    """Answers commands, and posts what the workers find.

    Args:
        services: storage and use cases.
        settings: where the sandbox is, if Discord is not meant.
        features: the commands and buttons, and what answers jobs.
        events: begins to listen to what the workers say; without it the relay looks by itself, every second.
    """

    def __init__(
        self,
        services: Services,
        settings: Settings,
        features: FeatureSet,
        events: Callable[[], AsyncIterator[JobEvent]] | None = None,
    ) -> None:
        _point_at(settings)
        heartbeat.install()
        self._request_metrics = RequestMetrics()
        # Interactions come without any intent; guilds brings the names of servers and channels. No member, message or
        # presence is kept: they would be most of the memory.
        super().__init__(
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            # How long after the last guild's data `on_ready` is called; nothing here waits for guilds.
            guild_ready_timeout=0.2,
            http_trace=self._request_metrics.trace,
        )
        self.services = services
        self.settings = settings
        self.commands = features.commands
        self.answerers = features.answerers
        self.threads = Threads()
        self.background = Background()
        self.guild_settings = GuildSettingsCache(services.guilds, self.threads)
        self.poster = ReplyPoster(self, now_utc)
        self.progress = ProgressTracker(self, self.poster, features.progress_pages, features.cancel_view)
        self.learning_thread = LearningThread(self, self.poster)
        self.relay: Relay = Relay(self, self.learning_thread, self.progress, self.answerers)
        self.status_messages = features.status_messages(self, now_utc)
        self.tree = Tree(self)
        self._features = features
        self._events = events
        self._leaving = False
        self.connected = False
        self._forms = FormRouter(features.forms)
        self._session: aiohttp.ClientSession | None = None
        self.intake: Intake

    async def setup_hook(self) -> None:
        """Register the commands and start the background tasks, between login and the first event."""
        self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        fetcher = Fetcher(self._session, self.settings.discord_api)
        self.intake = Intake(self, fetcher, self.poster, self.progress, self.relay)
        for command in self.commands:
            self.tree.add_command(command)
        await self.tree.set_translator(CommandTranslator())
        self.add_dynamic_items(*self._features.items)
        await sync_commands(self, self.settings.data / "run" / "commands.json")
        await self.intake.resume(older_than_s=0.0)
        self.background.start("relay", self.relay.run)
        self.background.start("boards", self.status_messages.run)
        self.background.start("sweeper", partial(sweep, self))
        self.background.start("tidying", partial(run_retention, self))
        self.background.start("readiness", partial(beat, self, readiness_file(self.settings.data)))
        if self._events is not None:
            self.background.start("events", partial(self._listen, self._events))

    async def on_disconnect(self) -> None:
        """Note that the connection is lost; discord.py connects again by itself, and calls this at each attempt."""
        self.connected = False

    async def on_resumed(self) -> None:
        """Note that the bot is connected again; the events in between follow."""
        self.connected = True

    async def on_ready(self) -> None:
        """Note that the bot is connected."""
        self.connected = True
        _log.info("connected as %s, in %d servers", self.user, len(self.guilds))

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Take submitted forms, which discord.py forgets with a restart, and refuse unknown buttons and selects."""
        self._request_metrics.note_arrival(interaction)
        if interaction.type is discord.InteractionType.modal_submit:
            await self._forms.route(interaction)
        elif interaction.type is discord.InteractionType.component:
            data: Mapping[str, Any] = interaction.data or {}
            if not self._features.has_item(str(data.get("custom_id"))):
                await reply_unknown_item(interaction)

    async def on_error(self, event_method: str, /, *_args: Any, **_kwargs: Any) -> None:
        """Log a bug in an event handler; without the arguments, which hold tokens."""
        _log.exception("%s failed", event_method)

    async def close(self) -> None:
        """Wait a moment for answers that are being posted, then disconnect."""
        if self._leaving:
            return
        self._leaving = True
        readiness_file(self.settings.data).unlink(missing_ok=True)
        await self.background.stop()
        self.progress.close()
        if self._session is not None:
            try:
                async with asyncio.timeout(_SETTLE_S):
                    await asyncio.gather(self.relay.settle(), self.intake.settle())
            except TimeoutError:
                _log.warning("some answers are still on their way; they are posted at the next start")
            await self._session.close()
        await super().close()
        self.threads.close()

    async def _listen(self, events: Callable[[], AsyncIterator[JobEvent]]) -> None:
        async for event in events():
            if event.kind == "finished":
                self.relay.wake()
            else:
                self.progress.note_stage(event.job_id, event.stage, event.detail)


def _point_at(settings: Settings) -> None:
    """Connect to the sandbox instead of Discord, if the settings name it; both are class attributes of discord.py."""
    if settings.discord_api is not None:
        Route.BASE = settings.discord_api.rstrip("/")
    if settings.discord_gateway is not None:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.discord_gateway)
