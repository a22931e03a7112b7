"""The state of a robustness check: the outcomes so far, and the next attack that they call for.

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
    """Attacks on a face: the most levels that it withstood, and the fewest that fooled it (0: none did yet)."""

    withstood: int = 0
    fooled: int = 0


@dataclass(frozen=True, slots=True)
class AttackBatch:
    """The next attack: on the faces `rows`, by at most `level` levels each."""

    level: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CheckState:
    """The outcomes of a check so far, small enough for a job's parameters.

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
        half = sorted(face.fooled for face in self.faces if face.fooled)[: -(-len(self.faces) // 2)]
        return half[-1] if half and 2 * len(half) >= len(self.faces) else None

    @property
    def done(self) -> bool:
        """Whether the check is complete."""
        return next_attack(self, 1) is None and self.textures >= self.wanted

    @property
    def fraction(self) -> float:
        """About how much of it is done, [0, 1]; attacks take most of the time."""
        tried = [1.0 if face.fooled else sum(face.withstood >= level for level in LEVELS) / 4 for face in self.faces]
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
            fooled=sum(face.fooled > 0 for face in self.faces) / max(1, count),
            median_linf=None if median is None else float(median),
            textures=self.textures,
            named_closed=self.closed / shown,
            named_open=self.opened / shown,
        )

    def to_json(self) -> dict[str, JSON]:
        """For a job's parameters."""
        counts = {"textures": self.textures, "closed": self.closed, "opened": self.opened, "wanted": self.wanted}
        return {"faces": [[face.withstood, face.fooled] for face in self.faces], **counts}

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> CheckState:
        """What `to_json` gave."""
        return cls(**{**payload, "faces": tuple(AttackOutcome(*face) for face in payload["faces"])})


def next_attack(state: CheckState, max_faces: int) -> AttackBatch | None:
    """The next attack, on at most `max_faces` faces; None: the fooled fraction and the median are known."""
    for level in LEVELS:
        standing = [row for row, face in enumerate(state.faces) if not face.fooled and face.withstood < level]
        if standing:
            return AttackBatch(level, tuple(standing[:max_faces]))
    return _bisect(state, max_faces)


def robustness_from_metrics(metrics: Mapping[str, Any]) -> Robustness | None:
    """Read a version's metrics; None: it was not checked, or by a later Omokage."""
    payload = metrics.get("robustness")
    try:
        return Robustness.from_json(payload) if isinstance(payload, Mapping) else None
    except TypeError:
        return None


def _bisect(state: CheckState, max_faces: int) -> AttackBatch | None:
    """An attack at the middle of the gap in which the median lies."""
    median = state.median
    if median is None:
        return None
    doubtful = [face.withstood for face in state.faces if face.withstood < median - 1 and face.fooled >= median]
    if not doubtful:
        return None
    level = (min(doubtful) + median) // 2
    rows = [row for row, face in enumerate(state.faces) if face.withstood < level and face.fooled >= median]
    return AttackBatch(level, tuple(rows[:max_faces]))
