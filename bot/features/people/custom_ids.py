"""Where a face is said to be somebody: what the custom ids of its buttons carry."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.intake.lookup import ID, id_in
from core.domain.people import FaceRef

if TYPE_CHECKING:
    from bot.context import Interaction

# Snowflakes have up to 20 digits, so that four of these fit into the 100 characters of a custom id.
PATTERN = rf"(?P<job>{ID}):(?P<number>\d{{1,4}}):(?P<message>{ID})"


@dataclass(frozen=True, slots=True)
class FacePlace:
    """A face of an answer; `message_id` is the message that shows it, 0 for the one that was clicked."""

    job_id: int
    number: int
    message_id: int = 0

    @property
    def ref(self) -> FaceRef:
        """The face's key in the database."""
        return FaceRef(self.job_id, self.number)

    def __str__(self) -> str:
        return f"{self.job_id}:{self.number}:{self.message_id}"

    @classmethod
    def of(cls, match: re.Match[str]) -> FacePlace:
        """From a custom id that holds PATTERN."""
        return cls(id_in(match["job"]), id_in(match["number"]), id_in(match["message"]))

    def seen_from(self, interaction: Interaction) -> FacePlace:
        """The same with the message's id, for buttons in another message."""
        clicked = 0 if interaction.message is None else interaction.message.id
        return FacePlace(self.job_id, self.number, self.message_id or clicked)
