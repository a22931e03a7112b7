"""What commands, buttons and answers may use of the bot, without importing the client that serves them.

`BotContext` is enough to build an answer. `BotClient` is what an interaction leads to: discord.py wants a subclass of
`discord.Client` there, so it is a class with declared attributes and not a Protocol; `bot.client.OmokageBot` fills it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeAlias, TypeVar

import discord

if TYPE_CHECKING:
    from typing import Any

    from discord import app_commands

    from bot.background import Background
    from bot.guild_settings import GuildSettingsCache
    from bot.photo import Photo
    from bot.reply import Reply
    from bot.threads import Threads
    from core.bootstrap import Services
    from core.domain.jobs import JSON, Job, JobKind
    from core.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")
Command: TypeAlias = "app_commands.Command[Any, ..., Any]"
Commands: TypeAlias = "tuple[Command | app_commands.Group | app_commands.ContextMenu, ...]"
Interaction: TypeAlias = "discord.Interaction[BotClient]"


class BotContext(Protocol):
    """What an answer is built from, whoever posts it."""

    services: Services
    settings: Settings
    threads: Threads
    guild_settings: GuildSettingsCache


class Answerer(Protocol):
    """Builds what is posted for one kind of job."""

    async def answer(self, bot: BotContext, job: Job) -> Reply:
        """Build the whole message; raises OmokageError where there is none to show."""

    async def redraw(self, bot: BotContext, job: Job) -> Reply:
        """Build the embed and the buttons as they are now."""


class JobIntake(Protocol):
    """Makes jobs of commands; see `bot.intake.service`."""

    def allows(self, url: str) -> bool:
        """Say whether a photo at this address could be fetched."""

    async def request_classification(self, interaction: Interaction, photo: Photo) -> None:
        """Accept a photo in which people are to be named."""

    async def request_job(
        self,
        interaction: Interaction,
        kind: JobKind,
        params: Mapping[str, JSON],
        photos: Mapping[str, Photo] | None = None,
    ) -> None:
        """Accept a command whose answer a worker makes."""

    async def run_query(
        self, interaction: Interaction, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run one short transaction; where it takes long, the command is acknowledged meanwhile."""

    async def resume(self) -> None:
        """Go on with received jobs that nobody works on."""


class AnswerRelay(Protocol):
    """Posts the replies that are due; see `bot.delivery.relay`."""

    def wake(self) -> None:
        """Look into the outbox now."""


class Announcements(Protocol):
    """Tells a guild what has become of what was learnt; see `bot.delivery.learning_thread`."""

    async def announce(self, interaction: Interaction, text: str) -> None:
        """Say in the guild's thread, too, what was answered in a channel."""


class StatusMessages(Protocol):
    """Keeps one message for each training up to date; see `bot.features.train`."""

    async def run(self) -> None:
        """Go on until the bot ends."""

    def wake(self, run_id: int) -> None:
        """Show at once what has become of a run."""


class BotClient(discord.Client):
    """discord.py's client with what belongs to the bot."""

    services: Services
    settings: Settings
    threads: Threads
    guild_settings: GuildSettingsCache
    background: Background
    commands: Commands
    answerers: Mapping[JobKind, Answerer]
    tree: app_commands.CommandTree[BotClient]
    intake: JobIntake
    relay: AnswerRelay
    learning_thread: Announcements
    status_messages: StatusMessages
    connected: bool
