"""What a guild's recogniser has learnt from labels: the data version, the head, and how much better it knows people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.domain.jobs import JSON

LEARN_FROM = 20  # faces named since the last data set of labels, from which on the head is trained anew: a round


class LearnOutcome(StrEnum):
    """What became of a head that was trained on a guild's labels."""

    UNCHANGED = "unchanged"  # no label has changed since the last one
    PROMOTED = "promoted"  # it answers from now on
    NOT_BETTER = "not-better"  # comparing pictures, which needs no training, is better on the same held-out pictures
    OTHER_SERVES = "other-serves"  # what a moderator has promoted answers, and is no head of labels


@dataclass(frozen=True, slots=True)
class PersonGain:
    """How many of a person's faces are named rightly, 0 to 1: by what was labelled before, and by what is now.

    Both are of the same faces, each of which is left out while it is asked about.
    """

    name: str
    faces: int
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class LearnResult:
    """The answer to a learn job.

    `title`: of the data set. `version`: number of the trained version, None where nothing was trained. `accuracy` is
    that of the head on held-out pictures, `baseline` that of what needs no training on the same; both 0 to 1.
    """

    outcome: LearnOutcome
    title: str
    pictures: int
    people: int
    new_faces: int
    version: int | None = None
    accuracy: float | None = None
    baseline: float | None = None
    gains: tuple[PersonGain, ...] = ()

    def to_json(self) -> dict[str, JSON]:
        """Encode for a job's result."""
        return {
            "outcome": self.outcome.value,
            "title": self.title,
            "pictures": self.pictures,
            "people": self.people,
            "new_faces": self.new_faces,
            "version": self.version,
            "accuracy": self.accuracy,
            "baseline": self.baseline,
            "gains": [[gain.name, gain.faces, gain.before, gain.after] for gain in self.gains],
        }

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> LearnResult:
        """Decode what `to_json` returned."""
        names = ("title", "pictures", "people", "new_faces", "version", "accuracy", "baseline")
        gains = tuple(PersonGain(*gain) for gain in payload["gains"])
        return cls(LearnOutcome(payload["outcome"]), gains=gains, **{name: payload[name] for name in names})
