"""The bot's first answer to an interaction (callback types 4 to 9)."""

from __future__ import annotations

from sandbox.interactions.follow_ups import interaction_message
from sandbox.interactions.model import (
    AUTOCOMPLETE,
    CHOICES,
    COMMAND,
    COMPONENT,
    DEFER_MESSAGE,
    DEFER_UPDATE,
    MESSAGE,
    MODAL,
    MODAL_SUBMIT,
    UPDATE,
    Interaction,
)
from sandbox.interactions.store import InteractionStore
from sandbox.rules.commands import STRING, check_choices
from sandbox.rules.errors import Problems, invalid
from sandbox.rules.messages import EPHEMERAL, LOADING, SETTABLE
from sandbox.rules.modals import check_modal
from sandbox.types import Json
from sandbox.world import fixtures
from sandbox.world.components import number_components
from sandbox.world.events import Event
from sandbox.world.message_body import Uploads
from sandbox.world.message_record import MessageRecord
from sandbox.world.world import World

ALLOWED = {
    COMMAND: {MESSAGE, DEFER_MESSAGE, MODAL},
    COMPONENT: {MESSAGE, DEFER_MESSAGE, DEFER_UPDATE, UPDATE, MODAL},
    MODAL_SUBMIT: {MESSAGE, DEFER_MESSAGE, DEFER_UPDATE, UPDATE},
    AUTOCOMPLETE: {CHOICES},
}


class Callbacks:
    """Checks an answer, carries it out, and only then marks the interaction as acknowledged."""

    def __init__(self, world: World, interactions: InteractionStore) -> None:
        self._world, self._interactions = world, interactions

    def answer(self, interaction: Interaction, body: Json, uploads: Uploads) -> Json:
        """Carry out a callback; returns the body that `with_response` asks for."""
        kind, data = body.get("type"), body.get("data") or {}
        allowed = set(ALLOWED[interaction.type])
        if interaction.source_id is None:
            allowed -= {DEFER_UPDATE, UPDATE}  # a form that a command opened has no message to change
        if kind not in allowed:
            raise invalid(
                ("type",), "BASE_TYPE_CHOICES", f"Value must be one of {{{', '.join(map(str, sorted(allowed)))}}}."
            )
        record = self._carry_out(interaction, int(kind), data, uploads)
        if record is not None:
            interaction.original_id = record.id
        self._interactions.acknowledge(interaction, int(kind))
        if kind == MODAL:
            self._open_modal(interaction)
        return _response(interaction, int(kind), record)

    def _carry_out(self, interaction: Interaction, kind: int, data: Json, uploads: Uploads) -> MessageRecord | None:
        if kind in (MESSAGE, DEFER_MESSAGE):
            return self._post(interaction, kind, data, uploads)
        if kind in (UPDATE, DEFER_UPDATE):
            return self._update(interaction, kind, data, uploads)
        if kind == CHOICES:
            self._give_choices(interaction, data)
        else:
            self._check_modal(interaction, data)
        return None

    def _post(self, interaction: Interaction, kind: int, data: Json, uploads: Uploads) -> MessageRecord:
        flags = int(data.get("flags") or 0)
        if kind == DEFER_MESSAGE:
            data, uploads = {"flags": flags & EPHEMERAL | LOADING}, {}
        else:
            data = data | {"flags": flags & (SETTABLE | EPHEMERAL)}
        return interaction_message(self._world, interaction, data, uploads, path=("data",))

    def _update(self, interaction: Interaction, kind: int, data: Json, uploads: Uploads) -> MessageRecord:
        record = self._world.messages.find(interaction.channel_id, str(interaction.source_id))
        if kind == UPDATE:
            self._world.messages.edit(record, data, uploads, interaction_id=interaction.id, path=("data",))
        return record

    def _give_choices(self, interaction: Interaction, data: Json) -> None:
        problems = Problems()
        choices = data.get("choices")
        check_choices(problems, choices, interaction.focused_kind or STRING, ("data", "choices"))
        problems.raise_if_any()
        self._interactions.give_choices(interaction, choices)

    def _check_modal(self, interaction: Interaction, data: Json) -> None:
        problems = Problems()
        check_modal(problems, data)
        problems.raise_if_any()
        interaction.modal = {
            "title": data["title"],
            "custom_id": data["custom_id"],
            "components": number_components(data["components"]),
        }

    def _open_modal(self, interaction: Interaction) -> None:
        opened = {"interaction_id": interaction.id, "nonce": interaction.nonce, "modal": interaction.modal}
        event = Event("MODAL_OPEN", opened, interaction.user_id, interaction.id, members_only=True)
        self._world.events.emit(event)


def _response(interaction: Interaction, kind: int, record: MessageRecord | None) -> Json:
    described: Json = {
        "id": interaction.id,
        "type": interaction.type,
        "channel_id": interaction.channel_id,
        "guild_id": fixtures.GUILD_ID,
    }
    if record is None:
        return {"interaction": described}
    described |= {
        "response_message_id": record.id,
        "response_message_loading": record.loading,
        "response_message_ephemeral": record.only_for is not None,
    }
    if kind in (DEFER_MESSAGE, DEFER_UPDATE):
        return {"interaction": described}
    return {"interaction": described, "resource": {"type": kind, "message": record.message}}
