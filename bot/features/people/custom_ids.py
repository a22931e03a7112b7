"""Which face, of which answer, in which message: what the custom ids of a face's buttons carry."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.intake.lookup import ID, parse_id
from core.domain.people import FaceRef

if TYPE_CHECKING:
    from bot.context import Interaction

# Snowflakes have up to 20 digits, so that four of these fit into the 100 characters of a custom id.
LOCATION_PATTERN = rf"(?P<job>{ID}):(?P<number>\d{{1,4}}):(?P<message>{ID})"


@dataclass(frozen=True, slots=True)
class FaceLocation:
    """A face of an answer; `message_id` is the message that shows it, 0 for the message whose button was pressed."""

    job_id: int
    number: int
    message_id: int = 0

    @property
    def ref(self) -> FaceRef:
        """Give the face's key in the database."""
        return FaceRef(self.job_id, self.number)

    def __str__(self) -> str:
        return f"{self.job_id}:{self.number}:{self.message_id}"

    @classmethod
    def of(cls, match: re.Match[str]) -> FaceLocation:
        """Read a location from a custom id that matches LOCATION_PATTERN."""
        return cls(parse_id(match["job"]), parse_id(match["number"]), parse_id(match["message"]))

    def seen_from(self, interaction: Interaction) -> FaceLocation:
        """Fill in the message's id, for buttons in another message."""
        clicked = 0 if interaction.message is None else interaction.message.id
        return FaceLocation(self.job_id, self.number, self.message_id or clicked)
