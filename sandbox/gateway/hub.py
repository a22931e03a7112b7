"""All bot sessions, and which events each of them gets."""

from __future__ import annotations

import secrets

from sandbox.gateway.session import INVALID_SESSION, RECONNECT, Connection, Session
from sandbox.types import Json
from sandbox.world import fixtures
from sandbox.world.events import Event
from sandbox.world.guild import application_object
from sandbox.world.people import user
from sandbox.world.world import World

GUILDS, GUILD_MEMBERS, GUILD_MESSAGES, GUILD_TYPING, MESSAGE_CONTENT = 1 << 0, 1 << 1, 1 << 9, 1 << 11, 1 << 15
PRESENCES = 1 << 8
PRIVILEGED = GUILD_MEMBERS | PRESENCES | MESSAGE_CONTENT
NEEDED_INTENT = {
    "MESSAGE_CREATE": GUILD_MESSAGES,
    "MESSAGE_UPDATE": GUILD_MESSAGES,
    "MESSAGE_DELETE": GUILD_MESSAGES,
    "TYPING_START": GUILD_TYPING,
    "THREAD_CREATE": GUILDS,
    "THREAD_UPDATE": GUILDS,
    "THREAD_DELETE": GUILDS,
}
# A session can be taken up again for this long after its connection broke.
RESUMABLE_SECONDS = 300.0


class Hub:
    """Starts, resumes and ends sessions, and spreads events over them."""

    def __init__(self, world: World, gateway_url: str) -> None:
        self._world, self._url = world, gateway_url
        self._sessions: dict[str, Session] = {}
        world.events.subscribe(self._on_event)

    @property
    def online(self) -> bool:
        """Whether a bot is connected."""
        return any(session.connection for session in self._sessions.values())

    def identify(self, connection: Connection, intents: int) -> Session:
        """Start a session: READY, then the guild."""
        self._drop_expired()
        session = Session(secrets.token_hex(16), intents)
        session.connection = connection
        self._sessions[session.id] = session
        session.dispatch("READY", self._ready(session))
        if intents & GUILDS:
            session.dispatch("GUILD_CREATE", self._world.guild_create(with_members=bool(intents & GUILD_MEMBERS)))
        self._emit_bot_status()
        return session

    def resume(self, connection: Connection, session_id: str, sequence: int) -> Session | None:
        """Go on with a session, or None where it is gone."""
        self._drop_expired()
        session = self._sessions.get(session_id)
        if session is None or not session.can_resume_after(sequence):
            return None
        if session.connection is not None:
            session.connection.close(4000)
        session.resume(connection, sequence)
        self._emit_bot_status()
        return session

    def on_disconnect(self, session: Session, connection: Connection, *, for_good: bool) -> None:
        """A connection ended; a goodbye (close code 1000 or 1001) ends its session as well."""
        if session.connection is not connection:
            return  # resumed over another one meanwhile
        session.connection = None
        session.disconnected_at = self._world.clock.now()
        if for_good:
            self._sessions.pop(session.id, None)
        self._emit_bot_status()

    def dispatch(self, kind: str, data: Json) -> None:
        """Send an event to every session that wants its kind."""
        needed = NEEDED_INTENT.get(kind, 0)
        for session in self._sessions.values():
            if session.intents & needed == needed:
                hidden = kind in ("MESSAGE_CREATE", "MESSAGE_UPDATE") and not session.intents & MESSAGE_CONTENT
                session.dispatch(kind, without_content(data) if hidden else data)

    def disconnect(self, code: int | None) -> int:
        """Close every connection with that code, or cut it without a word; returns how many there were."""
        connections = self._connections()
        for connection in connections:
            if code is None:
                connection.drop()
            else:
                connection.close(code)
        return len(connections)

    def ask_to_reconnect(self) -> int:
        """Send every bot opcode 7: come back and resume."""
        for connection in self._connections():
            connection.send(RECONNECT, None)
        return len(self._connections())

    def invalidate(self, *, resumable: bool) -> int:
        """Send every bot opcode 9; unless it may resume, its session is gone."""
        connections = self._connections()
        for connection in connections:
            connection.send(INVALID_SESSION, resumable)
        if not resumable:
            self._sessions.clear()
        return len(connections)

    def _connections(self) -> list[Connection]:
        return [session.connection for session in self._sessions.values() if session.connection]

    def _on_event(self, event: Event) -> None:
        # Ephemeral messages never pass through the gateway.
        if not event.members_only and event.only_for is None:
            self.dispatch(event.kind, event.data)

    def _ready(self, session: Session) -> Json:
        application = application_object(self._world.people)
        return {
            "v": 10,
            "user": user(self._world.bot) | {"verified": True, "mfa_enabled": False, "email": None},
            "user_settings": {},
            "guilds": [{"id": fixtures.GUILD_ID, "unavailable": True}],
            "session_id": session.id,
            "resume_gateway_url": self._url,
            "shard": [0, 1],
            "application": {key: application[key] for key in ("id", "flags", "flags_new")},
            "private_channels": [],
            "_trace": [],
        }

    def _drop_expired(self) -> None:
        limit = self._world.clock.now() - RESUMABLE_SECONDS
        for session in list(self._sessions.values()):
            if session.connection is None and session.disconnected_at < limit:
                del self._sessions[session.id]

    def _emit_bot_status(self) -> None:
        self._world.events.emit(Event("BOT_STATUS", {"online": self.online}, members_only=True))


_NO_CONTENT: Json = {"content": "", "embeds": [], "attachments": [], "components": []}


def without_content(message: Json) -> Json:
    """A message as a bot without the message content intent sees it: empty, unless its own or one that mentions it."""
    mentioned = any(one["id"] == fixtures.BOT_ID for one in message["mentions"])
    if message["author"]["id"] == fixtures.BOT_ID or mentioned:
        return message
    hidden = message | _NO_CONTENT
    if "message_snapshots" in message:
        hidden["message_snapshots"] = [
            {"message": one["message"] | _NO_CONTENT} for one in message["message_snapshots"]
        ]
    return hidden
