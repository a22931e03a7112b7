"""Everything that is in the try-out guild, put together."""

from __future__ import annotations

from sandbox.clock import Deadlines
from sandbox.config import SandboxConfig
from sandbox.rules.errors import unknown
from sandbox.types import Json
from sandbox.world import fixtures
from sandbox.world.attachments import Attachments
from sandbox.world.commands import CommandRegistry
from sandbox.world.events import Events
from sandbox.world.fixtures import Channel, Person
from sandbox.world.guild import channel_object, guild_create
from sandbox.world.messages import Messages
from sandbox.world.people import People
from sandbox.world.references import References
from sandbox.world.snowflakes import Snowflakes
from sandbox.world.store import Store
from sandbox.world.thread_record import Thread
from sandbox.world.threads import Threads

_ADDRESS, _MEMBER = "address", "member"


class World:
    """The state of one sandbox."""

    def __init__(self, config: SandboxConfig, base_url: str) -> None:
        self.config = config
        self.clock = config.clock
        self.deadlines = Deadlines(config.clock)
        self.snowflakes = Snowflakes(config.clock)
        self.store = Store(config.data_dir)
        self.people = People()
        self.events = Events()
        self.attachments = Attachments(config.data_dir, self.snowflakes)
        self.attachments.base_url = base_url
        self.messages = Messages(
            clock=config.clock,
            snowflakes=self.snowflakes,
            store=self.store,
            people=self.people,
            attachments=self.attachments,
            events=self.events,
        )
        self.threads = Threads(
            clock=config.clock,
            deadlines=self.deadlines,
            snowflakes=self.snowflakes,
            store=self.store,
            people=self.people,
            messages=self.messages,
            events=self.events,
        )
        self.references = References(self.messages, self.attachments)
        self.commands = CommandRegistry(self.snowflakes, self.store, self.people, self.events)
        self._load(base_url)

    def _load(self, base_url: str) -> None:
        """Read what an earlier run kept; files are now served from this run's address."""
        for _, document in self.store.all(_ADDRESS):
            self.store.replace_text(f"{document['url']}/cdn/", f"{base_url}/cdn/")
        self.store.put(_ADDRESS, "last", {"url": base_url})
        for user_id, document in self.store.all(_MEMBER):
            self.people.set_locale(user_id, document["locale"])
        self.commands.load()
        self.messages.load()
        self.threads.load()

    def person(self, user_id: str) -> Person:
        """A user, or Discord's 404."""
        person = self.people.get(user_id)
        if person is None:
            raise unknown("User")
        return person

    @property
    def bot(self) -> Person:
        """The bot's user."""
        return self.person(fixtures.BOT_ID)

    def set_locale(self, user_id: str, locale: str) -> None:
        """Change the language of a member's client, and remember it."""
        self.people.set_locale(user_id, locale)
        self.store.put(_MEMBER, user_id, {"locale": locale})

    def channel(self, channel_id: str) -> Channel | Thread:
        """A channel or a thread, or Discord's 404."""
        channel = next(
            (channel for channel in fixtures.CHANNELS if channel.id == channel_id), None
        ) or self.threads.get(channel_id)
        if channel is None:
            raise unknown("Channel")
        return channel

    def channel_object(self, channel: Channel | Thread) -> Json:
        """The channel or thread as Discord describes it."""
        if isinstance(channel, Thread):
            return self.threads.describe(channel)
        return channel_object(channel, self.messages.last_id(channel.id))

    def guild_create(self, *, with_members: bool) -> Json:
        """The GUILD_CREATE event."""
        channels = [self.channel_object(channel) for channel in fixtures.CHANNELS]
        threads = [self.channel_object(thread) for thread in self.threads.active()]
        return guild_create(self.people, channels, threads, with_members=with_members)

    def check_may_post(self, user_id: str, channel: Channel | Thread) -> None:
        """Refuse a message in a thread that is closed to its author; channels are open to everybody here."""
        if isinstance(channel, Thread):
            self.threads.check_may_post(user_id, channel)

    def check_may_edit(self, user_id: str, channel: Channel | Thread) -> None:
        """Refuse to change a message in a thread that is archived or closed to its author."""
        if isinstance(channel, Thread):
            self.threads.check_may_edit(user_id, channel)

    async def close(self) -> None:
        """Stop all timers and close the store."""
        await self.deadlines.stop()
        self.store.close()
