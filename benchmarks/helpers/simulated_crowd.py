"""Members who label: each errs at rates of their own; some answer anything."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from core.domain.labelling.consensus import SOMEBODY_ELSE, Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.domain.labelling.cards import Card

MISS, FALSE_STRIKE = (0.02, 0.15), (0.005, 0.05)  # of the voters, uniform
_SPAM_STRIKES = 0.2  # of a spammer's faces; the other kind of spammer strikes none


@dataclass
class Voter:
    """A member by number, who errs at these rates; a spammer's answers have nothing to do with the faces."""

    number: int
    miss: float
    false_strike: float
    random: np.random.Generator
    spam_strikes: float | None = None
    answered: set[tuple[int, int]] = field(default_factory=set)

    def answer(self, card: Card, shows: Mapping[int, int]) -> list[Response]:
        """Answer a card; `shows` maps each face to whom it shows."""
        if card.person is None:
            face = card.faces[0]
            self.answered.add((face, SOMEBODY_ELSE))
            return [Response(self.number, self._name(card, shows[face]), agrees=True)]
        self.answered.update((face, card.person) for face in card.faces)
        agreed = [self._agrees(shows[face] == card.person) for face in card.faces]
        return [Response(self.number, card.person, agrees) for agrees in agreed]

    def _agrees(self, right: bool) -> bool:
        if self.spam_strikes is not None:
            return bool(self.random.random() >= self.spam_strikes)
        return bool(self.random.random() >= (self.false_strike if right else 1 - self.miss))

    def _name(self, card: Card, shown: int) -> int:
        wrong = [name for name in card.names if name != shown] or [SOMEBODY_ELSE]
        errs = self.spam_strikes is not None or self.random.random() < self.miss
        return int(self.random.choice(wrong)) if errs else shown


def make_crowd(voters: int, spammers: int, seed: int) -> list[Voter]:
    """Return voters with random rates, then spammers: one who strikes at random, one who strikes nobody, and so on."""
    random = np.random.default_rng(seed)
    crowd = [Voter(1 + i, random.uniform(*MISS), random.uniform(*FALSE_STRIKE), random) for i in range(voters)]
    spam = [Voter(1 + voters + i, 0.0, 0.0, random, _SPAM_STRIKES * (1 - i % 2)) for i in range(spammers)]
    return [*crowd, *spam]
