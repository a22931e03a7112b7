"""A kept thread, and how Discord describes it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sandbox.rules.threads import PUBLIC_THREAD
from sandbox.types import Json
from sandbox.world import fixtures
from sandbox.world.snowflakes import moment_of, timestamp


@dataclass(slots=True)
class Thread:
    """A public thread. Times are seconds since 1970.

    `auto_archive_duration`: minutes without activity, after which it is archived. `messages` counts those that are
    there, `sent` also those that were deleted; what Discord itself writes counts in neither.
    """

    id: str
    parent_id: str
    owner_id: str
    name: str
    auto_archive_duration: int
    active_at: float
    archive_changed_at: float
    rate_limit_per_user: int = 0
    archived: bool = False
    locked: bool = False
    messages: int = 0
    sent: int = 0

    @property
    def archives_at(self) -> float:
        """When it is archived, unless something happens in it before."""
        return self.active_at + 60 * self.auto_archive_duration

    def document(self) -> Json:
        """What is stored."""
        return asdict(self)


def thread_object(thread: Thread, last_message_id: str | None) -> Json:
    """A channel object of the type public thread, as the bot gets it."""
    body: Json = {
        "id": thread.id,
        "type": PUBLIC_THREAD,
        "guild_id": fixtures.GUILD_ID,
        "parent_id": thread.parent_id,
        "owner_id": thread.owner_id,
        "name": thread.name,
        "last_message_id": last_message_id,
        "last_pin_timestamp": None,
        "rate_limit_per_user": thread.rate_limit_per_user,
        "flags": 0,
        "message_count": thread.messages,
        "total_message_sent": thread.sent,
        "member_count": 1,
        "thread_metadata": {
            "archived": thread.archived,
            "archive_timestamp": timestamp(thread.archive_changed_at),
            "auto_archive_duration": thread.auto_archive_duration,
            "locked": thread.locked,
            "create_timestamp": timestamp(moment_of(thread.id)),
        },
    }
    if thread.owner_id == fixtures.BOT_ID:  # whoever begins a thread is in it, and only the bot's own membership shows
        joined = {"id": thread.id, "user_id": thread.owner_id, "join_timestamp": timestamp(moment_of(thread.id))}
        body["member"] = joined | {"flags": 1}
    return body
