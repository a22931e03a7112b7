"""Which card, of which round, with which faces left out: what the custom ids of a card's buttons carry."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.intake.lookup import ID, parse_id
from core.domain.labelling.cards import GRID_FACES

# `since`: when the round began, in seconds of Unix time. `left_out`: a bit for each face of the card, from the first.
CARD_PATTERN = rf"(?P<card>{ID}):(?P<since>\d{{1,11}}):(?P<left_out>\d{{1,3}})"


@dataclass(frozen=True, slots=True)
class CardState:
    """A card as it is shown.

    `since`: when the member's round began, in seconds of Unix time. `left_out`: numbers, from 1, of faces that show no
    person, as the member has chosen so far.
    """

    card_id: int
    since: int
    left_out: frozenset[int] = frozenset()

    @property
    def began_at(self) -> datetime:
        """Return when the round began."""
        return datetime.fromtimestamp(self.since, UTC)

    def __str__(self) -> str:
        mask = sum(1 << (number - 1) for number in self.left_out)
        return f"{self.card_id}:{self.since}:{mask}"

    @classmethod
    def of(cls, match: re.Match[str]) -> CardState:
        """Read the state from a custom id that matches CARD_PATTERN."""
        mask = int(match["left_out"])
        left_out = frozenset(number for number in range(1, GRID_FACES + 1) if mask >> (number - 1) & 1)
        return cls(parse_id(match["card"]), int(match["since"]), left_out)

    def without(self, numbers: frozenset[int]) -> CardState:
        """Return the state with further faces left out."""
        return replace(self, left_out=self.left_out | numbers)
