"""When a part that has died is started again. Pure rules; the supervisor has the processes."""

from __future__ import annotations

from dataclasses import dataclass

FAST_S = 30.0  # a part that lived for longer was well; its death is the first of a new series
MOST_FAST_DEATHS = 5
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 8.0
# Beats come every two seconds. A process that gives none for so long hangs.
SILENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Deaths:
    """Of one part: how many fast ones there were in a row."""

    fast: int = 0

    def after(self, lived_s: float) -> Deaths:
        """One more."""
        return Deaths(self.fast + 1 if lived_s < FAST_S else 1)

    @property
    def too_many(self) -> bool:
        """Whether another start would only fail again."""
        return self.fast >= MOST_FAST_DEATHS

    @property
    def pause_s(self) -> float:
        """Before the next start: 0.5, 1, 2, 4 seconds."""
        return float(min(_FIRST_PAUSE_S * 2 ** max(0, self.fast - 1), _LONGEST_PAUSE_S))


@dataclass(frozen=True, slots=True)
class Heard:
    """A part's last beat, and when it came by our own clock: theirs may jump, and both stand still in sleep."""

    beat: float | None
    at: float

    def again(self, beat: float | None, now: float) -> Heard:
        """After another look."""
        return self if beat == self.beat else Heard(beat, now)

    def silent(self, now: float) -> bool:
        """Whether the part hangs."""
        return now - self.at > SILENCE_S
