"""All messages of the guild: who wrote what, who sees it, and telling everybody."""

from __future__ import annotations

from collections import defaultdict

from sandbox.clock import Clock
from sandbox.rules.errors import unknown
from sandbox.rules.messages import (
    COMPONENTS_V2,
    HAS_SNAPSHOT,
    HAS_THREAD,
    LOADING,
    SUPPRESS_EMBEDS,
    THREAD_STARTER,
    check_files,
    check_message,
    check_not_empty,
)
from sandbox.types import Json
from sandbox.world import fixtures
from sandbox.world.attachments import Attachments
from sandbox.world.events import Event, Events
from sandbox.world.fixtures import Person
from sandbox.world.message_body import Uploads, apply_body
from sandbox.world.message_record import MessageRecord
from sandbox.world.people import People, partial_member, user
from sandbox.world.snowflakes import Snowflakes, moment_of, timestamp
from sandbox.world.store import Store

# A nonce that is enforced makes a second message within this time the first one again ("the past few minutes").
NONCE_SECONDS = 300.0
_KIND = "message"


class Messages:
    """Creates, edits, deletes and finds messages."""

    def __init__(
        self,
        *,
        clock: Clock,
        snowflakes: Snowflakes,
        store: Store,
        people: People,
        attachments: Attachments,
        events: Events,
    ) -> None:
        self._clock, self._snowflakes, self._store, self._events = clock, snowflakes, store, events
        self._people, self._attachments = people, attachments
        self._channels: defaultdict[str, dict[str, MessageRecord]] = defaultdict(dict)
        self._nonces: dict[tuple[str, str, str], MessageRecord] = {}

    def load(self) -> None:
        """Read what an earlier run kept."""
        for _, document in self._store.all(_KIND):
            record = MessageRecord(**document)
            self._index(record)
            for file in record.stored_files():
                self._snowflakes.mark_used(file["id"])

    def find(self, channel_id: str, message_id: str) -> MessageRecord:
        """The message, or Discord's 404."""
        record = self.peek(channel_id, message_id)
        if record is None:
            raise unknown("Message")
        return record

    def peek(self, channel_id: str, message_id: str | None) -> MessageRecord | None:
        """The message, or None."""
        return None if message_id is None else self._channels.get(channel_id, {}).get(message_id)

    def in_channel(self, channel_id: str) -> list[MessageRecord]:
        """Everything in a channel, oldest first."""
        return list(self._channels[channel_id].values())

    def last_id(self, channel_id: str) -> str | None:
        """The newest message's id."""
        return next(reversed(self._channels[channel_id]), None)

    def with_nonce(self, channel_id: str, author_id: str, nonce: str) -> MessageRecord | None:
        """A message with that nonce from the last minutes."""
        record = self._nonces.get((channel_id, author_id, nonce))
        if record is None or moment_of(record.id) < self._clock.now() - NONCE_SECONDS:
            return None
        return record

    def create(
        self,
        author: Person,
        channel_id: str,
        body: Json,
        uploads: Uploads,
        *,
        extra: Json | None = None,
        forwarded: list[Json] | None = None,
        only_for: str | None = None,
        interaction_id: str | None = None,
        path: tuple[str | int, ...] = (),
    ) -> MessageRecord:
        """Check and post a message; `extra` are message keys that no request may set, `forwarded` the files in them."""
        flags = int(body.get("flags") or 0)
        if extra and "message_snapshots" in extra:
            flags |= HAS_SNAPSHOT
        check_message(body, flags=flags, path=path)
        check_files(list(uploads.values()))
        message = self._blank(author, channel_id) | (extra or {}) | {"flags": flags}
        record = MessageRecord(message, only_for, interaction_id, forwarded=forwarded or [])
        apply_body(record, body, uploads, self._attachments, self._people)
        if not flags & LOADING and message["type"] != THREAD_STARTER:
            check_not_empty(record.message)
        if body.get("nonce") is not None:
            record.message["nonce"] = body["nonce"]
        self._index(record)
        self._store.put(_KIND, record.id, record.document())
        self._publish("MESSAGE_CREATE", record, interaction_id)
        return record

    def edit(
        self,
        record: MessageRecord,
        body: Json,
        uploads: Uploads,
        *,
        interaction_id: str | None = None,
        path: tuple[str | int, ...] = (),
    ) -> None:
        """Check and apply an edit; a deferred answer becomes a real one."""
        expected = _edited_flags(int(record.message["flags"]), body.get("flags"))
        check_message(body, flags=expected, path=path)
        check_files(list(uploads.values()))
        was_loading = record.loading
        changed = MessageRecord(dict(record.message), record.only_for, record.interaction_id, record.claimed)
        apply_body(changed, body, uploads, self._attachments, self._people)
        check_not_empty(changed.message)
        record.message, record.claimed = changed.message, changed.claimed
        record.message["flags"] = expected & ~LOADING
        record.message["edited_timestamp"] = None if was_loading else timestamp(self._clock.now())
        self._store.put(_KIND, record.id, record.document())
        self._publish("MESSAGE_UPDATE", record, interaction_id)

    def delete(self, record: MessageRecord, *, interaction_id: str | None = None) -> None:
        """Remove a message and its files."""
        del self._channels[record.channel_id][record.id]
        self._store.delete(_KIND, record.id)
        self._attachments.remove(record.stored_files(), record.channel_id)
        gone = {"id": record.id, "channel_id": record.channel_id, "guild_id": fixtures.GUILD_ID}
        self._events.emit(Event("MESSAGE_DELETE", gone, record.only_for, interaction_id))

    def show_thread(self, record: MessageRecord, thread: Json | None) -> None:
        """Have a message show the thread that was begun from it, or no thread any more."""
        record.message["flags"] &= ~HAS_THREAD
        record.message.pop("thread", None)
        if thread is not None:
            record.message |= {"flags": record.message["flags"] | HAS_THREAD, "thread": thread}
        self._store.put(_KIND, record.id, record.document())
        self._publish("MESSAGE_UPDATE", record, None)

    def drop_channel(self, channel_id: str) -> None:
        """Remove everything that is in a thread, with the thread: nobody is told of single messages."""
        for record in self._channels.pop(channel_id, {}).values():
            self._store.delete(_KIND, record.id)
            self._attachments.remove(record.stored_files(), record.channel_id)

    def _index(self, record: MessageRecord) -> None:
        self._channels[record.channel_id][record.id] = record
        self._snowflakes.mark_used(record.id)
        if record.message.get("nonce") is not None:
            self._nonces[record.channel_id, record.author_id, str(record.message["nonce"])] = record

    def _publish(self, kind: str, record: MessageRecord, interaction_id: str | None) -> None:
        author = self._people.get(record.author_id)
        assert author is not None  # noqa: S101  # nobody leaves this guild
        data = record.message | {"guild_id": fixtures.GUILD_ID, "member": partial_member(author)}
        self._events.emit(Event(kind, data, record.only_for, interaction_id))

    def _blank(self, author: Person, channel_id: str) -> Json:
        return {
            "id": self._snowflakes.next(),
            "channel_id": channel_id,
            "type": 0,
            "author": user(author),
            "content": "",
            "timestamp": timestamp(self._clock.now()),
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": [],
            "embeds": [],
            "components": [],
            "pinned": False,
            "flags": 0,
        }


def _edited_flags(old: int, wanted: int | None) -> int:
    """Two flags can be changed afterwards; who sees a message is not among them."""
    if wanted is None:
        return old
    return (old & ~SUPPRESS_EMBEDS) | (wanted & (SUPPRESS_EMBEDS | COMPONENTS_V2))
