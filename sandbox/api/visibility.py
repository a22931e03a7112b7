"""What the bot may see of a message."""

from __future__ import annotations

from sandbox.gateway.hub import MESSAGE_CONTENT, without_content
from sandbox.types import Json
from sandbox.world.message_record import MessageRecord
from sandbox.world.world import World


def message_for_bot(world: World, record: MessageRecord) -> Json:
    """The message object; without the message content intent, that of others is empty over HTTP as well."""
    if world.config.privileged_intents & MESSAGE_CONTENT:
        return record.message
    return without_content(record.message)
