"""Routes of channels and their messages."""

from __future__ import annotations

from sandbox.api.bodies import for_bot
from sandbox.api.endpoint import Call, Parts, Reply, Route
from sandbox.rules.errors import DiscordError, foreign_message, invalid, missing_permissions, unknown
from sandbox.rules.messages import SETTABLE
from sandbox.rules.rate_limits import OLD_MESSAGE_EDITS, rate_limited
from sandbox.types import Json
from sandbox.world import cast, permissions
from sandbox.world.events import Event
from sandbox.world.people import member
from sandbox.world.records import Record
from sandbox.world.references import unreadable_forward
from sandbox.world.snowflakes import moment_of

OLD_SECONDS = 3600.0


def get_channel(parts: Parts, call: Call) -> Reply:
    """A channel."""
    return Reply(200, parts.world.channel_object(parts.world.channel(call.path["channel_id"])))


def history(parts: Parts, call: Call) -> Reply:
    """Messages, newest first; before, after and around as Discord has them."""
    channel = parts.world.channel(call.path["channel_id"])
    limit = int(call.query.get("limit", 50))
    if not 1 <= limit <= 100:
        raise invalid(("limit",), "NUMBER_TYPE_MAX", "int value should be less than or equal to 100.")
    records = [record for record in parts.world.messages.in_channel(channel.id) if record.only_for is None]
    chosen = _window(records, call.query, limit)
    return Reply(200, [for_bot(parts.world, record) for record in reversed(chosen)])


def get_message(parts: Parts, call: Call) -> Reply:
    """One message."""
    return Reply(200, for_bot(parts.world, _public(parts, call)))


def create_message(parts: Parts, call: Call) -> Reply:
    """Post a message; with enforce_nonce a second one with the same nonce is the first one again."""
    world, body = parts.world, call.body.json()
    channel = world.channel(call.path["channel_id"])
    if body.get("enforce_nonce") and body.get("nonce") is not None:
        earlier = world.messages.with_nonce(channel.id, cast.BOT_ID, str(body["nonce"]))
        if earlier is not None:
            return Reply(200, earlier.message)
    body = body | {"flags": int(body.get("flags") or 0) & SETTABLE}
    reference = world.references.read(channel.id, body, lambda target: _check_readable(parts, target))
    record = world.messages.create(
        world.bot, channel.id, body, call.body.uploads, extra=reference.keys, forwarded=reference.files
    )
    return Reply(200, record.message)


def edit_message(parts: Parts, call: Call) -> Reply:
    """Edit a message of the bot; those older than an hour only a few times."""
    record = _public(parts, call)
    if record.author_id != cast.BOT_ID:
        raise foreign_message()
    _limit_old(parts, record)
    parts.world.messages.edit(record, call.body.json(), call.body.uploads)
    return Reply(200, record.message)


def delete_message(parts: Parts, call: Call) -> Reply:
    """Delete a message: one of the bot's, or any with the permission."""
    record = _public(parts, call)
    allowed = parts.world.people.may(cast.BOT_ID, permissions.MANAGE_MESSAGES)
    if record.author_id != cast.BOT_ID and not allowed:
        raise missing_permissions()
    parts.world.messages.delete(record)
    return Reply(204)


def typing(parts: Parts, call: Call) -> Reply:
    """Show that the bot is typing."""
    channel = parts.world.channel(call.path["channel_id"])
    data: Json = {
        "channel_id": channel.id,
        "guild_id": cast.GUILD_ID,
        "user_id": cast.BOT_ID,
        "timestamp": int(parts.world.clock.now()),
        "member": member(parts.world.bot),
    }
    parts.world.events.emit(Event("TYPING_START", data))
    return Reply(204)


def _public(parts: Parts, call: Call) -> Record:
    """The message in the path; ephemeral ones do not exist for these routes."""
    record = parts.world.messages.find(call.path["channel_id"], call.path["message_id"])
    if record.only_for is not None:
        raise unknown("Message")
    return record


def _window(records: list[Record], query: dict[str, str], limit: int) -> list[Record]:
    """At most `limit` records, oldest first."""
    if "after" in query:
        return [record for record in records if int(record.id) > int(query["after"])][:limit]
    if "before" in query:
        return [record for record in records if int(record.id) < int(query["before"])][-limit:]
    if "around" in query:
        older = [record for record in records if int(record.id) < int(query["around"])]
        newer = records[len(older) :]
        return older[-(limit // 2) :] + newer[: limit - limit // 2]
    return records[-limit:]


def _check_readable(parts: Parts, target: Record) -> None:
    """Refuse to forward what arrives empty at this bot."""
    if for_bot(parts.world, target) is not target.message:
        raise unreadable_forward()


def _limit_old(parts: Parts, record: Record) -> None:
    rate = parts.world.config.rate_limits.old_message_edit
    if rate is None or parts.world.clock.now() - moment_of(record.id) <= OLD_SECONDS:
        return
    try:
        parts.buckets.take("old_message_edit", record.channel_id, rate)
    except DiscordError as error:
        raise rate_limited(error.extra["retry_after"], code=OLD_MESSAGE_EDITS, headers=error.headers) from error


_MESSAGE = "/channels/{channel_id}/messages/{message_id}"
ROUTES = [
    Route("GET", "/channels/{channel_id}", get_channel),
    Route("GET", "/channels/{channel_id}/messages", history),
    Route("POST", "/channels/{channel_id}/messages", create_message, limit="message_create"),
    Route("GET", _MESSAGE, get_message),
    Route("PATCH", _MESSAGE, edit_message, limit="message_edit"),
    Route("DELETE", _MESSAGE, delete_message, limit="message_delete"),
    Route("POST", "/channels/{channel_id}/typing", typing),
]
