"""Messages that come of an interaction: its answer, its follow-ups, and their edits."""

from __future__ import annotations

from sandbox.interactions.model import COMMAND, Interaction
from sandbox.interactions.store import InteractionStore
from sandbox.rules.commands import CHAT_INPUT
from sandbox.rules.errors import unknown
from sandbox.rules.messages import EPHEMERAL, SETTABLE
from sandbox.types import Json
from sandbox.world import fixtures
from sandbox.world.message_body import Uploads
from sandbox.world.message_record import MessageRecord
from sandbox.world.world import World

ORIGINAL = "@original"
CHAT_INPUT_ANSWER, CONTEXT_MENU_ANSWER = 20, 23


def interaction_message(
    world: World, interaction: Interaction, body: Json, uploads: Uploads, *, path: tuple[str | int, ...] = ()
) -> MessageRecord:
    """Post a message in the interaction's name; with the flag EPHEMERAL only its member sees it."""
    metadata = dict(interaction.metadata)
    if interaction.original_id is not None:
        metadata["original_response_message_id"] = interaction.original_id
    extra: Json = {"application_id": fixtures.BOT_ID, "webhook_id": fixtures.BOT_ID, "interaction_metadata": metadata}
    if interaction.type == COMMAND:
        slash = metadata["command_type"] == CHAT_INPUT
        extra["type"] = CHAT_INPUT_ANSWER if slash else CONTEXT_MENU_ANSWER
        extra["interaction"] = {key: metadata[key] for key in ("id", "type", "name", "user")}
    is_private = bool(int(body.get("flags") or 0) & EPHEMERAL)
    if not is_private:
        world.check_may_post(fixtures.BOT_ID, world.channel(interaction.channel_id))
    return world.messages.create(
        world.bot,
        interaction.channel_id,
        body,
        uploads,
        extra=extra,
        only_for=interaction.user_id if is_private else None,
        interaction_id=interaction.id,
        path=path,
    )


class FollowUps:
    """What the bot does with an interaction's token after its first answer."""

    def __init__(self, world: World, interactions: InteractionStore) -> None:
        self._world, self._interactions = world, interactions

    def create(self, interaction: Interaction, body: Json, uploads: Uploads) -> MessageRecord:
        """Post a follow-up; the first one after a deferred answer replaces that one, and is as visible as it was."""
        waiting = self._waiting(interaction)
        if waiting is not None:
            self._world.messages.edit(waiting, body, uploads, interaction_id=interaction.id)
            return waiting
        checked = body | {"flags": int(body.get("flags") or 0) & (SETTABLE | EPHEMERAL)}
        return interaction_message(self._world, interaction, checked, uploads)

    def find(self, interaction: Interaction, message_id: str) -> MessageRecord:
        """@original or one of the interaction's own messages; Discord's 404 for any other."""
        original = interaction.original_id
        if message_id == ORIGINAL:
            if original is None:
                raise unknown("Message")
            message_id = original
        record = self._world.messages.find(interaction.channel_id, message_id)
        if record.interaction_id != interaction.id and record.id != original:
            raise unknown("Message")
        return record

    def edit(self, interaction: Interaction, record: MessageRecord, body: Json, uploads: Uploads) -> None:
        """Edit a message of the interaction."""
        if record.only_for is None:
            self._world.check_may_edit(fixtures.BOT_ID, self._world.channel(record.channel_id))
        self._world.messages.edit(record, body, uploads, interaction_id=interaction.id)

    def delete(self, interaction: Interaction, record: MessageRecord) -> None:
        """Delete a message of the interaction; without its original the next follow-up is free to be ephemeral."""
        self._world.messages.delete(record, interaction_id=interaction.id)
        if record.id == interaction.original_id:
            interaction.original_id = None
            self._interactions.keep(interaction)

    def _waiting(self, interaction: Interaction) -> MessageRecord | None:
        """The deferred answer that still says "is thinking"."""
        record = self._world.messages.peek(interaction.channel_id, interaction.original_id)
        return record if record is not None and record.loading and record.interaction_id == interaction.id else None
