"""Routes of channels and their messages."""

from __future__ import annotations

from sandbox.api.endpoint import ApiContext, ApiRequest, ApiResponse, Route
from sandbox.api.visibility import message_for_bot
from sandbox.rules.errors import DiscordError, foreign_message, invalid, missing_permissions, unknown
from sandbox.rules.messages import SETTABLE
from sandbox.rules.rate_limits import OLD_MESSAGE_EDITS, rate_limited
from sandbox.rules.threads import PUBLIC_THREAD
from sandbox.types import Json
from sandbox.world import fixtures, permissions
from sandbox.world.events import Event
from sandbox.world.message_record import MessageRecord
from sandbox.world.people import member
from sandbox.world.references import unreadable_forward
from sandbox.world.snowflakes import moment_of
from sandbox.world.thread_record import Thread

OLD_SECONDS = 3600.0


def get_channel(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """A channel."""
    return ApiResponse(200, context.world.channel_object(context.world.channel(call.path["channel_id"])))


def edit_channel(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """Change a thread; channels are not the bot's to change."""
    thread = _thread(context, call)
    context.world.threads.change(context.world.bot, thread, call.body.json())
    return ApiResponse(200, context.world.channel_object(thread))


def delete_channel(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """Delete a thread."""
    thread = _thread(context, call)
    described = context.world.channel_object(thread)
    context.world.threads.delete(context.world.bot, thread)
    return ApiResponse(200, described)


def begin_thread(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """Begin a public thread without a message."""
    world, body = context.world, call.body.json()
    parent = world.channel(call.path["channel_id"])
    if body.get("type") != PUBLIC_THREAD:
        # Discord makes a private one where nothing is said; there are none here.
        raise invalid(("type",), "BASE_TYPE_CHOICES", f"Value must be one of {{{PUBLIC_THREAD}}}.")
    return ApiResponse(201, world.channel_object(world.threads.begin(world.bot, parent.id, body)))


def begin_thread_from(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """Begin the public thread of a message."""
    world = context.world
    world.channel(call.path["channel_id"])
    record = _public(context, call)
    return ApiResponse(201, world.channel_object(world.threads.begin_from(world.bot, record, call.body.json())))


def history(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """Messages, newest first; before, after and around as Discord has them."""
    channel = context.world.channel(call.path["channel_id"])
    limit = int(call.query.get("limit", 50))
    if not 1 <= limit <= 100:
        raise invalid(("limit",), "NUMBER_TYPE_MAX", "int value should be less than or equal to 100.")
    records = [record for record in context.world.messages.in_channel(channel.id) if record.only_for is None]
    chosen = _window(records, call.query, limit)
    return ApiResponse(200, [message_for_bot(context.world, record) for record in reversed(chosen)])


def get_message(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """One message."""
    return ApiResponse(200, message_for_bot(context.world, _public(context, call)))


def create_message(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """Post a message; with enforce_nonce a second one with the same nonce is the first one again."""
    world, body = context.world, call.body.json()
    channel = world.channel(call.path["channel_id"])
    world.check_may_post(fixtures.BOT_ID, channel)
    if body.get("enforce_nonce") and body.get("nonce") is not None:
        earlier = world.messages.with_nonce(channel.id, fixtures.BOT_ID, str(body["nonce"]))
        if earlier is not None:
            return ApiResponse(200, earlier.message)
    body = body | {"flags": int(body.get("flags") or 0) & SETTABLE}
    reference = world.references.read(channel.id, body, lambda target: _check_readable(context, target))
    record = world.messages.create(
        world.bot, channel.id, body, call.body.uploads, extra=reference.keys, forwarded=reference.files
    )
    return ApiResponse(200, record.message)


def edit_message(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """Edit a message of the bot; those older than an hour only a few times."""
    record = _public(context, call)
    if record.author_id != fixtures.BOT_ID:
        raise foreign_message()
    context.world.check_may_edit(fixtures.BOT_ID, context.world.channel(record.channel_id))
    _limit_old(context, record)
    context.world.messages.edit(record, call.body.json(), call.body.uploads)
    return ApiResponse(200, record.message)


def delete_message(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """Delete a message: one of the bot's, or any with the permission."""
    record = _public(context, call)
    allowed = context.world.people.may(fixtures.BOT_ID, permissions.MANAGE_MESSAGES)
    if record.author_id != fixtures.BOT_ID and not allowed:
        raise missing_permissions()
    context.world.messages.delete(record)
    return ApiResponse(204)


def typing(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """Show that the bot is typing."""
    channel = context.world.channel(call.path["channel_id"])
    data: Json = {
        "channel_id": channel.id,
        "guild_id": fixtures.GUILD_ID,
        "user_id": fixtures.BOT_ID,
        "timestamp": int(context.world.clock.now()),
        "member": member(context.world.bot),
    }
    context.world.events.emit(Event("TYPING_START", data))
    return ApiResponse(204)


def _thread(context: ApiContext, call: ApiRequest) -> Thread:
    """The thread in the path; a channel that is none is not the bot's to change."""
    channel = context.world.channel(call.path["channel_id"])
    if not isinstance(channel, Thread):
        raise missing_permissions()
    return channel


def _public(context: ApiContext, call: ApiRequest) -> MessageRecord:
    """The message in the path; ephemeral ones do not exist for these routes."""
    record = context.world.messages.find(call.path["channel_id"], call.path["message_id"])
    if record.only_for is not None:
        raise unknown("Message")
    return record


def _window(records: list[MessageRecord], query: dict[str, str], limit: int) -> list[MessageRecord]:
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


def _check_readable(context: ApiContext, target: MessageRecord) -> None:
    """Refuse to forward what arrives empty at this bot."""
    if message_for_bot(context.world, target) is not target.message:
        raise unreadable_forward()


def _limit_old(context: ApiContext, record: MessageRecord) -> None:
    rate = context.world.config.rate_limits.old_message_edit
    if rate is None or context.world.clock.now() - moment_of(record.id) <= OLD_SECONDS:
        return
    try:
        context.buckets.take("old_message_edit", record.channel_id, rate)
    except DiscordError as error:
        raise rate_limited(error.extra["retry_after"], code=OLD_MESSAGE_EDITS, headers=error.headers) from error


_MESSAGE = "/channels/{channel_id}/messages/{message_id}"
ROUTES = [
    Route("GET", "/channels/{channel_id}", get_channel),
    Route("PATCH", "/channels/{channel_id}", edit_channel),
    Route("DELETE", "/channels/{channel_id}", delete_channel),
    Route("POST", "/channels/{channel_id}/threads", begin_thread),
    Route("POST", _MESSAGE + "/threads", begin_thread_from),
    Route("GET", "/channels/{channel_id}/messages", history),
    Route("POST", "/channels/{channel_id}/messages", create_message, limit="message_create"),
    Route("GET", _MESSAGE, get_message),
    Route("PATCH", _MESSAGE, edit_message, limit="message_edit"),
    Route("DELETE", _MESSAGE, delete_message, limit="message_delete"),
    Route("POST", "/channels/{channel_id}/typing", typing),
]
