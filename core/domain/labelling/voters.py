"""Voters: how they err, whether they look at all, and when their votes stop to count."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from core.domain.labelling.consensus import NEW_VOTER, Reliability

HASTY_S = 0.8  # a grid of nine faces takes people seconds
SLOW_DOWN_FROM = 3  # hasty answers in a row from which on a member is asked to take the time
MUTE_FROM = 6  # ... and from which on their votes do not count
MIN_INFORMEDNESS = 0.5  # of a voter whose votes count: a coin has 0, the members of our simulations 0.8 and more
MIN_ANSWERS = 40  # from which a voter is judged: four grids, by which chance alone mutes one in a thousand


@dataclass(frozen=True, slots=True)
class Voter:
    """A member who answers cards; `hasty`: too fast answers in a row; `muted_at`: since when votes do not count."""

    reliability: Reliability = NEW_VOTER
    hasty: int = 0
    muted_at: datetime | None = None

    def after_answer(self, seconds: float, *, is_grid: bool, now: datetime) -> Voter:
        """Return the voter after an answer that took `seconds`."""
        hasty = self.hasty if not is_grid else self.hasty + 1 if seconds < HASTY_S else 0
        muted_at = self.muted_at or (now if hasty >= MUTE_FROM else None)
        return replace(self, hasty=hasty, muted_at=muted_at)

    def judged(self, reliability: Reliability, now: datetime) -> Voter:
        """Return the voter with a new estimate: muted where it is bad, and no longer where it has become good."""
        is_bad = reliability.answers >= MIN_ANSWERS and reliability.informedness < MIN_INFORMEDNESS
        if is_bad or self.hasty >= MUTE_FROM:
            return replace(self, reliability=reliability, muted_at=self.muted_at or now)
        return replace(self, reliability=reliability, muted_at=None)
