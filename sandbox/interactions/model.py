"""An interaction on its way: who did what, and how far the bot's answer has come."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.types import Json
from sandbox.world import fixtures
from sandbox.world.message_record import MessageRecord

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
PONG, MESSAGE, DEFER_MESSAGE, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 1, 4, 5, 6, 7, 8, 9


@dataclass(frozen=True, slots=True)
class InteractionRequest:
    """A command, click or form of a member, checked and ready to be sent to the bot."""

    type: int
    user_id: str
    channel_id: str
    data: Json
    # Further keys of the interaction metadata, such as target_message_id.
    metadata: Json
    source: MessageRecord | None = None
    nonce: str | None = None
    # Autocomplete: the type of the option that is being typed.
    focused_kind: int | None = None


@dataclass(slots=True)
class Interaction:
    """One click, command or form; its token opens the webhook routes for a quarter of an hour."""

    id: str
    token: str
    type: int
    user_id: str
    channel_id: str
    # Seconds since 1970.
    created: float
    # What Discord shows with the messages that come of it.
    metadata: Json
    # The message with the component that was used, also for a form that such a component opened.
    source_id: str | None = None
    # The word by which the member's client knows it.
    nonce: str | None = None
    # Type of the bot's answer; None until there is one.
    answer: int | None = None
    # Too late: the member has been told that the application did not respond.
    failed: bool = False
    # The message behind @original.
    original_id: str | None = None
    # The form that is open, until it is submitted.
    modal: Json | None = None
    # Autocomplete: the type of the option that is being typed.
    focused_kind: int | None = None

    def acknowledgement(self) -> Json:
        """What the member's client is told once the bot has answered."""
        return {"id": self.id, "nonce": self.nonce, "type": self.answer, "message_id": self.original_id}


def owners() -> Json:
    """Whose installation of the application is used: the guild's."""
    return {"0": fixtures.GUILD_ID}
