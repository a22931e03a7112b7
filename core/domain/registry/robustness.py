"""How the check of a version goes on: which attack comes next, and what the ones before it have shown.

A face that withstood few levels is tried with more. Once it is known at which of these half of the faces fall, the gap
below is halved until the median is exact to a level; what is not needed for that is not tried.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.domain.jobs import JSON
from core.domain.optimisation import DEFAULT_EPSILON, Robustness

LEVELS = (1, 2, 4, DEFAULT_EPSILON)  # an undefended network falls to the first or the second, so few faces see the last
FACES = 100  # a share of them is within a tenth of the truth, nineteen times in twenty
TEXTURES = 1000  # so that one in a hundred is told from one in thirty


@dataclass(frozen=True, slots=True)
class AttackOutcome:
    """What a face has gone through: the most levels that it withstood, and the fewest that fooled (0: none did yet)."""

    withstood: int = 0
    fooled: int = 0


@dataclass(frozen=True, slots=True)
class AttackBatch:
    """What is to be tried next: the faces `rows`, each by at most `level` levels."""

    level: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CheckState:
    """All that a check has found so far; it fits a job's parameters.

    `textures` were shown, of which `closed` were named with confidence as if each had to be somebody, and `opened`
    after "unknown" had its say. `wanted`: how many are to be shown.
    """

    faces: tuple[AttackOutcome, ...]
    textures: int = 0
    closed: int = 0
    opened: int = 0
    wanted: int = TEXTURES

    @property
    def median(self) -> int | None:
        """The fewest known levels by which at least half of the faces are fooled; None: not even the most do."""
        half = sorted(one.fooled for one in self.faces if one.fooled)[: -(-len(self.faces) // 2)]
        return half[-1] if half and 2 * len(half) >= len(self.faces) else None

    @property
    def done(self) -> bool:
        """Whether everything has been asked."""
        return next_attack(self, 1) is None and self.textures >= self.wanted

    @property
    def fraction(self) -> float:
        """About how much of it is done, [0, 1]; attacks take most of the time."""
        tried = [1.0 if one.fooled else sum(one.withstood >= level for level in LEVELS) / 4 for one in self.faces]
        attacks = sum(tried) / len(tried) if tried else 1.0
        return 0.8 * attacks + 0.2 * (self.textures / self.wanted if self.wanted else 1.0)

    def attacked(self, attack: AttackBatch, fooled: Sequence[bool]) -> CheckState:
        """After an attack, of which `fooled` tells for each of its rows whether it succeeded."""
        faces = list(self.faces)
        for row, success in zip(attack.rows, fooled, strict=True):
            faces[row] = replace(faces[row], **{"fooled" if success else "withstood": attack.level})
        return replace(self, faces=tuple(faces))

    def shown(self, count: int, closed: int, opened: int) -> CheckState:
        """After so many more textures."""
        return replace(self, textures=self.textures + count, closed=self.closed + closed, opened=self.opened + opened)

    def result(self) -> Robustness:
        """As a version's card has it."""
        count, shown = len(self.faces), max(1, self.textures)
        median = self.median
        return Robustness(
            faces=count,
            epsilon=DEFAULT_EPSILON,
            fooled=sum(one.fooled > 0 for one in self.faces) / max(1, count),
            median_linf=None if median is None else float(median),
            textures=self.textures,
            named_closed=self.closed / shown,
            named_open=self.opened / shown,
        )

    def to_json(self) -> dict[str, JSON]:
        """For a job's parameters."""
        counts = {"textures": self.textures, "closed": self.closed, "opened": self.opened, "wanted": self.wanted}
        return {"faces": [[one.withstood, one.fooled] for one in self.faces], **counts}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> CheckState:
        """What `to_json` gave."""
        return cls(**{**said, "faces": tuple(AttackOutcome(*one) for one in said["faces"])})


def next_attack(state: CheckState, most: int) -> AttackBatch | None:
    """The next attack, on at most so many faces; None: fooled share and median are known."""
    for level in LEVELS:
        standing = [row for row, one in enumerate(state.faces) if not one.fooled and one.withstood < level]
        if standing:
            return AttackBatch(level, tuple(standing[:most]))
    return _between(state, most)


def robustness_from_metrics(metrics: Mapping[str, Any]) -> Robustness | None:
    """What a version's metrics hold of it; None: it was not checked, or by a later Omokage."""
    said = metrics.get("robustness")
    try:
        return Robustness.from_json(said) if isinstance(said, Mapping) else None
    except TypeError:
        return None


def _between(state: CheckState, most: int) -> AttackBatch | None:
    """Halve the gap in which the median lies."""
    median = state.median
    if median is None:
        return None
    doubtful = [one.withstood for one in state.faces if one.withstood < median - 1 and one.fooled >= median]
    if not doubtful:
        return None
    level = (min(doubtful) + median) // 2
    rows = [row for row, one in enumerate(state.faces) if one.withstood < level and one.fooled >= median]
    return AttackBatch(level, tuple(rows[:most]))
