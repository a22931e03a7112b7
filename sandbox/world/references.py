"""References to other messages: replies, and forwards with a snapshot of what they pass on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.rules.errors import DiscordError, Problems, invalid
from sandbox.types import Json, Upload
from sandbox.world import fixtures
from sandbox.world.attachments import Attachments
from sandbox.world.message_record import MessageRecord
from sandbox.world.messages import Messages

REPLY, FORWARD = 0, 1  # types of a reference
REPLY_MESSAGE = 19  # type of a message that answers another one
# What a forward keeps of the message. It is written down once, and no later edit of that message changes it.
_KEPT = (
    "type",
    "content",
    "mentions",
    "mention_roles",
    "attachments",
    "embeds",
    "timestamp",
    "edited_timestamp",
    "flags",
    "components",
)
# A forward comes alone: whatever somebody wants to say about it is a message of its own.
_ALONE = ("content", "embeds", "components", "attachments", "sticker_ids", "poll")


@dataclass(frozen=True, slots=True)
class Reference:
    """The keys that a reference adds to a message, and the copies of files that it brought."""

    keys: Json = field(default_factory=dict)
    files: list[Json] = field(default_factory=list)


class References:
    """Reads the `message_reference` of a request."""

    def __init__(self, messages: Messages, attachments: Attachments) -> None:
        self._messages, self._attachments = messages, attachments

    def read(self, channel_id: str, body: Json, may_forward: Callable[[MessageRecord], None]) -> Reference:
        """Check a reference; `may_forward` raises for a message whose content this author cannot see.

        Raises:
            DiscordError: no such message, or a forward that is none.
        """
        reference = body.get("message_reference")
        if not reference:
            return Reference()
        if not isinstance(reference, dict):
            raise invalid(("message_reference",), "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        kind = reference.get("type") or REPLY
        if kind == REPLY:
            return self._reply(channel_id, reference)
        if kind == FORWARD:
            return self._forward(channel_id, reference, body, may_forward)
        raise invalid(("message_reference", "type"), "BASE_TYPE_CHOICES", "Value must be one of {0, 1}.")

    def _reply(self, channel_id: str, reference: Json) -> Reference:
        target = self._messages.peek(channel_id, str(reference.get("message_id")))
        if target is None or target.only_for is not None:
            if reference.get("fail_if_not_exists", True):
                raise _unknown_message()
            return Reference()
        keys = {"message_reference": _described(REPLY, target), "referenced_message": target.message}
        return Reference({"type": REPLY_MESSAGE} | keys)

    def _forward(
        self, channel_id: str, reference: Json, body: Json, may_forward: Callable[[MessageRecord], None]
    ) -> Reference:
        _check_alone(reference, body)
        target = self._messages.peek(str(reference["channel_id"]), str(reference.get("message_id")))
        if target is None or target.only_for is not None or target.loading:
            raise _unknown_message()
        may_forward(target)
        snapshots, files = self._snapshots(target, channel_id)
        return Reference({"message_reference": _described(FORWARD, target), "message_snapshots": snapshots}, files)

    def _snapshots(self, target: MessageRecord, channel_id: str) -> tuple[list[Json], list[Json]]:
        """What is forwarded (of a forward: what that one forwarded), with files that outlive the originals."""
        kept: list[Json] = target.message.get("message_snapshots") or [
            {"message": {key: target.message[key] for key in _KEPT} | {"stickers": [], "sticker_items": []}}
        ]
        text, copies = json.dumps(kept), []
        for file in target.stored_files():
            copy = self._copied(file, target.channel_id, channel_id)
            if copy is not None:
                text = text.replace(json.dumps(file["url"]), json.dumps(copy["url"]))
                text = text.replace(json.dumps(file["id"]), json.dumps(copy["id"]))
                copies.append(copy)
        snapshots: list[Json] = json.loads(text)
        return snapshots, copies

    def _copied(self, file: Json, from_channel: str, to_channel: str) -> Json | None:
        data = self._attachments.read(from_channel, file["id"], file["filename"])
        if data is None:
            return None
        return self._attachments.add(to_channel, Upload(file["filename"], data, file.get("description")))


def unreadable_forward() -> DiscordError:
    """A bot without the message content intent forwards what somebody else wrote."""
    return DiscordError(400, 160014, "Cannot forward a message whose content you cannot read")


def _check_alone(reference: Json, body: Json) -> None:
    problems = Problems()
    if reference.get("channel_id") is None:
        problems.required(("message_reference", "channel_id"))
    for key in _ALONE:
        if body.get(key):
            problems.add((key,), "BASE_TYPE_MAX_LENGTH", "Must be 0 or fewer in length.")
    problems.raise_if_any()


def _described(kind: int, target: MessageRecord) -> Json:
    return {"type": kind, "channel_id": target.channel_id, "message_id": target.id, "guild_id": fixtures.GUILD_ID}


def _unknown_message() -> DiscordError:
    return invalid(("message_reference",), "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")
