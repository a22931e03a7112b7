"""Threads of the guild: begun with or without a message, archived, locked and deleted."""

from __future__ import annotations

from sandbox.clock import Clock, Deadlines
from sandbox.rules.errors import (
    missing_permissions,
    system_message,
    thread_archived,
    thread_exists,
    too_many_threads,
    wrong_channel_type,
)
from sandbox.rules.messages import THREAD_CREATED, THREAD_STARTER
from sandbox.rules.threads import DEFAULT_ARCHIVE_AFTER, MAX_ACTIVE, PUBLIC_THREAD, check_thread
from sandbox.types import Json
from sandbox.world import fixtures, permissions
from sandbox.world.events import Event, Events
from sandbox.world.fixtures import Person
from sandbox.world.message_record import MessageRecord
from sandbox.world.messages import Messages
from sandbox.world.people import People
from sandbox.world.snowflakes import Snowflakes
from sandbox.world.store import Store
from sandbox.world.thread_record import Thread, thread_object

WRITTEN_BY_PEOPLE = (0, 19, 20, 23)  # types of messages: written, replies, answers to commands
_CHANGEABLE = ("name", "archived", "locked", "auto_archive_duration", "rate_limit_per_user")
_KIND = "thread"


class Threads:
    """Begins, changes, deletes and finds threads."""

    def __init__(
        self,
        *,
        clock: Clock,
        deadlines: Deadlines,
        snowflakes: Snowflakes,
        store: Store,
        people: People,
        messages: Messages,
        events: Events,
    ) -> None:
        self._clock, self._deadlines, self._snowflakes, self._store = clock, deadlines, snowflakes, store
        self._people, self._messages, self._events = people, messages, events
        self._threads: dict[str, Thread] = {}
        events.subscribe(self._on_event)

    def load(self) -> None:
        """Read what an earlier run kept."""
        for _, document in self._store.all(_KIND):
            thread = Thread(**document)
            self._threads[thread.id] = thread
            self._snowflakes.mark_used(thread.id)
            self._archive_later(thread)

    def get(self, thread_id: str) -> Thread | None:
        """The thread, or None."""
        return self._threads.get(thread_id)

    def all(self) -> list[Thread]:
        """Every thread, the oldest first."""
        return list(self._threads.values())

    def active(self) -> list[Thread]:
        """Those that are not archived."""
        return [thread for thread in self.all() if not thread.archived]

    def describe(self, thread: Thread) -> Json:
        """The thread as Discord describes it."""
        return thread_object(thread, self._messages.last_id(thread.id))

    def begin(self, owner: Person, parent_id: str, body: Json) -> Thread:
        """Begin a thread without a message; a message of Discord's own in the channel says so."""
        self._check_new(owner, parent_id, body)
        thread = self._create(self._snowflakes.next(), owner, parent_id, body)
        reference = {"type": 0, "channel_id": thread.id, "guild_id": fixtures.GUILD_ID}
        extra = {"type": THREAD_CREATED, "message_reference": reference}
        self._messages.create(owner, parent_id, {"content": thread.name}, {}, extra=extra)
        return thread

    def begin_from(self, owner: Person, record: MessageRecord, body: Json) -> Thread:
        """Begin the thread of a message: its id is the message's, which it has as its first message."""
        self._check_new(owner, record.channel_id, body)
        if record.message["type"] not in WRITTEN_BY_PEOPLE:
            raise system_message()
        if record.id in self._threads:
            raise thread_exists()
        thread = self._create(record.id, owner, record.channel_id, body)
        self._messages.show_thread(record, self.describe(thread))
        reference = {
            "type": 0,
            "channel_id": record.channel_id,
            "message_id": record.id,
            "guild_id": fixtures.GUILD_ID,
        }
        extra = {"type": THREAD_STARTER, "message_reference": reference, "referenced_message": record.message}
        self._messages.create(owner, thread.id, {}, {}, extra=extra)
        return thread

    def change(self, by: Person, thread: Thread, body: Json) -> None:
        """Rename, archive, lock, or the opposite of these; what the person may not do is refused."""
        wanted = {key: body[key] for key in _CHANGEABLE if body.get(key) is not None}
        self._check_change(by, thread, wanted)
        check_thread(wanted, is_new=False)
        now = self._clock.now()
        if wanted.get("archived", thread.archived) != thread.archived or "auto_archive_duration" in wanted:
            thread.archive_changed_at = thread.active_at = now
        for key, value in wanted.items():
            setattr(thread, key, value)
        self._archive_later(thread)
        self._save(thread)
        self._tell("THREAD_UPDATE", self.describe(thread))

    def delete(self, by: Person, thread: Thread) -> None:
        """Delete a thread with all that is in it; the message from which it was begun stays."""
        if not self._people.may(by.id, permissions.MANAGE_THREADS):
            raise missing_permissions()
        del self._threads[thread.id]
        self._store.delete(_KIND, thread.id)
        self._messages.drop_channel(thread.id)
        starter = self._messages.peek(thread.parent_id, thread.id)
        if starter is not None:
            self._messages.show_thread(starter, None)
        gone = {"id": thread.id, "guild_id": fixtures.GUILD_ID, "parent_id": thread.parent_id, "type": PUBLIC_THREAD}
        self._tell("THREAD_DELETE", gone)

    def check_may_post(self, user_id: str, thread: Thread) -> None:
        """Refuse a message of somebody who may not write in threads, or not in this one."""
        if not self._people.may(user_id, permissions.SEND_MESSAGES_IN_THREADS):
            raise missing_permissions()
        if thread.locked and not self._people.may(user_id, permissions.MANAGE_THREADS):
            raise thread_archived()

    def check_may_edit(self, user_id: str, thread: Thread) -> None:
        """Refuse to change a message: in an archived thread nobody may, in a locked one whoever manages threads."""
        if thread.archived:
            raise thread_archived()
        self.check_may_post(user_id, thread)

    def _check_new(self, owner: Person, parent_id: str, body: Json) -> None:
        if parent_id in self._threads:
            raise wrong_channel_type()
        if not self._people.may(owner.id, permissions.CREATE_PUBLIC_THREADS):
            raise missing_permissions()
        check_thread(body, is_new=True)
        if len(self.active()) >= MAX_ACTIVE:
            raise too_many_threads()

    def _check_change(self, by: Person, thread: Thread, wanted: Json) -> None:
        if thread.archived and wanted.get("archived") is not False:
            raise thread_archived()
        if self._people.may(by.id, permissions.MANAGE_THREADS):
            return
        owns = thread.owner_id == by.id
        # Whoever began a thread may open it again even where it is locked; others, where it is not.
        may_open = wanted == {"archived": False} and (owns or not thread.locked)
        may_change = owns and not thread.locked and not wanted.keys() & {"locked", "rate_limit_per_user"}
        if not (may_open or may_change):
            raise missing_permissions()

    def _create(self, thread_id: str, owner: Person, parent_id: str, body: Json) -> Thread:
        now = self._clock.now()
        duration = body.get("auto_archive_duration") or DEFAULT_ARCHIVE_AFTER
        slowmode = body.get("rate_limit_per_user") or 0
        thread = Thread(thread_id, parent_id, owner.id, body["name"], duration, now, now, slowmode)
        self._threads[thread.id] = thread
        self._save(thread)
        self._archive_later(thread)
        self._tell("THREAD_CREATE", self.describe(thread) | {"newly_created": True})
        return thread

    def _on_event(self, event: Event) -> None:
        """Count messages, and open an archived thread in which somebody writes."""
        thread = self._threads.get(str(event.data.get("channel_id")))
        if thread is None or event.only_for is not None:
            return
        if event.kind == "MESSAGE_CREATE" and event.data["type"] in WRITTEN_BY_PEOPLE:
            now, opened = self._clock.now(), thread.archived
            thread.messages, thread.sent, thread.active_at = thread.messages + 1, thread.sent + 1, now
            if opened:
                thread.archived, thread.archive_changed_at = False, now
                self._tell("THREAD_UPDATE", self.describe(thread))
            self._save(thread)
            self._archive_later(thread)
        elif event.kind == "MESSAGE_DELETE":
            thread.messages = max(0, thread.messages - 1)
            self._save(thread)

    def _archive_later(self, thread: Thread) -> None:
        if not thread.archived:
            self._deadlines.at(thread.archives_at, lambda: self._archive(thread))

    def _archive(self, thread: Thread) -> None:
        """Archive a thread in which nothing has happened for so long."""
        if self._threads.get(thread.id) is not thread or thread.archived or self._clock.now() < thread.archives_at:
            return
        thread.archived, thread.archive_changed_at = True, self._clock.now()
        self._save(thread)
        self._tell("THREAD_UPDATE", self.describe(thread))

    def _save(self, thread: Thread) -> None:
        """Keep the thread; the message from which it was begun shows it as it is."""
        self._store.put(_KIND, thread.id, thread.document())
        starter = self._messages.peek(thread.parent_id, thread.id)
        if starter is not None and "thread" in starter.message:
            starter.message["thread"] = self.describe(thread)

    def _tell(self, kind: str, data: Json) -> None:
        self._events.emit(Event(kind, data))
