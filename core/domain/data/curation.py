"""Which pictures are worth learning from, and why the others are not; as JSON, so that it can be undone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from core.domain.jobs import JSON

FORMAT = 1  # of the report


class Subject(StrEnum):
    """What the pictures should show."""

    FACE = "face"
    ANY = "any"  # whatever most of them show


class Reason(StrEnum):
    """Why a picture is left out; of several the first that applies, in this order."""

    UNREADABLE = "unreadable"
    NO_SUBJECT = "no-subject"
    TINY = "tiny"
    BLURRED = "blurred"
    TEXT = "text"
    COPY = "copy"
    BY_HAND = "by-hand"


@dataclass(frozen=True, slots=True)
class Crop:
    """A square of the upright picture, in its pixels: its middle, its side, and how far it is turned, in degrees.

    Turned by `degrees` towards the picture's bottom right, as `FaceQuality.roll` counts.
    """

    x: float
    y: float
    side: float
    degrees: float = 0.0


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on a picture is good enough; measured in docs/decisions/014."""

    least_side: float = 64.0  # pixels of the crop: the smallest networks that draw make so many
    least_face: float = 48.0  # pixels of the face itself, as preflight has it
    # Share of the contrast that is lost when the crop, brought to 128 pixels, is shrunk to 32 and enlarged again. 98 in
    # 100 good pictures lose more; hardly one does that is blurred by 2 % of its side, or has 28 pixels.
    least_detail: float = 0.1
    most_text: float = 0.015  # share of the crop under letters; a date in a corner has less
    least_subject: float = 0.02  # probability that it is what the others are: 1 in 50 cats and no wall has less
    most_bits: int = 26  # of 256 in which the hashes of two copies differ


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Measures:
    """What was found out about one picture.

    `subject`: in [0, 1], how sure it is that it is shown. `face`: the face's size in pixels, None: not a face.
    `side`: of the crop, in pixels of the picture. `detail`, `text`: see `Limits`.
    """

    subject: float
    side: float
    detail: float
    text: float
    face: float | None = None

    def to_json(self) -> dict[str, JSON]:
        """Rounded: three places are more than anybody reads."""
        said = {"subject": self.subject, "side": self.side, "detail": self.detail, "text": self.text, "face": self.face}
        return {name: round(value, 3) for name, value in said.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Judged:
    """A picture and what became of it. `copy_of`: the source of the picture that was kept in its place.

    `reason` None: kept; `by_hand`: somebody said so. `why`: of what cannot be read, the error's code.
    """

    source: str
    sha256: str
    reason: Reason | None = None
    measures: Measures | None = None
    crop: Crop | None = None
    copy_of: str | None = None
    by_hand: bool = False
    why: str | None = None

    def to_json(self) -> dict[str, JSON]:
        """As docs/data.md has it."""
        crop = (
            {name: round(getattr(self.crop, name), 2) for name in ("x", "y", "side", "degrees")} if self.crop else None
        )
        said: dict[str, JSON] = {"source": self.source, "sha256": self.sha256, "kept": self.reason is None}
        more: dict[str, JSON] = {
            "reason": self.reason.value if self.reason else None,
            "measures": self.measures.to_json() if self.measures else None,
            "crop": crop,
            "copy_of": self.copy_of,
            "by_hand": self.by_hand or None,
            "why": self.why,
        }
        return said | {name: value for name, value in more.items() if value is not None}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Judged:
        """What `to_json` gave."""
        reason, measures, crop = said.get("reason"), said.get("measures"), said.get("crop")
        return cls(
            str(said["source"]),
            str(said["sha256"]),
            Reason(reason) if reason else None,
            Measures(**measures) if measures else None,
            Crop(**crop) if crop else None,
            said.get("copy_of"),
            bool(said.get("by_hand")),
            said.get("why"),
        )


@dataclass(frozen=True, slots=True)
class Curation:
    """All pictures of a folder or data set, in its order."""

    subject: Subject
    pictures: tuple[Judged, ...]

    @property
    def kept(self) -> tuple[Judged, ...]:
        """Those worth learning from."""
        return tuple(picture for picture in self.pictures if picture.reason is None)

    @property
    def dropped(self) -> tuple[Judged, ...]:
        """The others."""
        return tuple(picture for picture in self.pictures if picture.reason is not None)

    @property
    def counts(self) -> dict[Reason, int]:
        """How many were left out for which reason, in the order of the reasons."""
        found = Counter(picture.reason for picture in self.pictures)
        return {reason: found[reason] for reason in Reason if found[reason]}

    def to_json(self) -> dict[str, JSON]:
        """The report: the same pictures give the same one."""
        return {
            "format": FORMAT,
            "subject": self.subject.value,
            "kept": len(self.kept),
            "dropped": {reason.value: count for reason, count in self.counts.items()},
            "pictures": [picture.to_json() for picture in self.pictures],
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Curation:
        """What `to_json` gave; KeyError, TypeError or ValueError for anything else."""
        if said["format"] != FORMAT:
            raise ValueError(f"a report of format {said['format']}, not {FORMAT}")
        return cls(Subject(said["subject"]), tuple(map(Judged.from_json, said["pictures"])))


@dataclass(frozen=True, slots=True)
class Hand:
    """What somebody decided: sources or sha256 of pictures to keep, and to leave out, whatever was measured."""

    keep: frozenset[str] = frozenset()
    drop: frozenset[str] = field(default_factory=frozenset)

    def unknown(self, pictures: Sequence[Judged]) -> list[str]:
        """Those that no picture is called."""
        known = {name for picture in pictures for name in (picture.source, picture.sha256)}
        return sorted((self.keep | self.drop) - known)


def judge(measures: Measures, limits: Limits = LIMITS) -> Reason | None:
    """What speaks against one picture, taken alone."""
    if measures.subject < limits.least_subject:
        return Reason.NO_SUBJECT
    if measures.side < limits.least_side or (measures.face is not None and measures.face < limits.least_face):
        return Reason.TINY
    if measures.detail < limits.least_detail:
        return Reason.BLURRED
    return Reason.TEXT if measures.text > limits.most_text else None


def overruled(judged: Judged, hand: Hand) -> Judged:
    """What it is after somebody decided; what cannot be read stays unreadable."""
    names = {judged.source, judged.sha256}
    if names & hand.drop:
        return replace(judged, reason=Reason.BY_HAND, copy_of=None, by_hand=True)
    if names & hand.keep and judged.reason is not Reason.UNREADABLE:
        return replace(judged, reason=None, copy_of=None, by_hand=True)
    return judged
