"""Curation: which pictures are worth learning from, and why the others are not; with its JSON form."""

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

    Turned by `degrees` towards the picture's bottom right, clockwise as it is seen.
    """

    x: float
    y: float
    side: float
    degrees: float = 0.0


@dataclass(frozen=True, slots=True)
class CurationLimits:
    """Thresholds of a picture that is good enough; measured in docs/decisions/014."""

    min_side: float = 64.0  # pixels of the crop: the smallest networks that draw make so many
    min_face: float = 48.0  # pixels of the face itself, as preflight has it
    # Share of the contrast that is lost when the crop, brought to 128 pixels, is shrunk to 32 and enlarged again. 98 in
    # 100 good pictures lose more; hardly one does that is blurred by 2 % of its side, or has 28 pixels.
    min_detail: float = 0.1
    max_text: float = 0.015  # share of the crop under letters; a date in a corner has less
    min_subject: float = 0.02  # probability that it is what the others are: 1 in 50 cats and no wall has less
    max_bits: int = 26  # of 256 in which the hashes of two copies differ


LIMITS = CurationLimits()


@dataclass(frozen=True, slots=True)
class Measures:
    """The measurements of one picture.

    `subject`: in [0, 1], how sure it is that it is shown. `face`: the face's size in pixels, None: not a face.
    `side`: of the crop, in pixels of the picture. `detail`, `text`: see `CurationLimits`.
    """

    subject: float
    side: float
    detail: float
    text: float
    face: float | None = None

    def to_json(self) -> dict[str, JSON]:
        """Return the measurements, rounded to three places."""
        fields = {
            "subject": self.subject,
            "side": self.side,
            "detail": self.detail,
            "text": self.text,
            "face": self.face,
        }
        return {name: round(value, 3) for name, value in fields.items() if value is not None}


@dataclass(frozen=True, slots=True)
class CuratedPicture:
    """A picture and the decision about it. `copy_of`: the source of the picture that was kept in its place.

    `reason` None: kept; `by_hand`: somebody decided so. `why`: of what cannot be read, the error's code.
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
        """Return the picture's entry in the report: see docs/data.md."""
        crop = (
            {name: round(getattr(self.crop, name), 2) for name in ("x", "y", "side", "degrees")} if self.crop else None
        )
        fields: dict[str, JSON] = {"source": self.source, "sha256": self.sha256, "kept": self.reason is None}
        more: dict[str, JSON] = {
            "reason": self.reason.value if self.reason else None,
            "measures": self.measures.to_json() if self.measures else None,
            "crop": crop,
            "copy_of": self.copy_of,
            "by_hand": self.by_hand or None,
            "why": self.why,
        }
        return fields | {name: value for name, value in more.items() if value is not None}

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> CuratedPicture:
        """Read what `to_json` returns."""
        reason, measures, crop = fields.get("reason"), fields.get("measures"), fields.get("crop")
        return cls(
            str(fields["source"]),
            str(fields["sha256"]),
            Reason(reason) if reason else None,
            Measures(**measures) if measures else None,
            Crop(**crop) if crop else None,
            fields.get("copy_of"),
            bool(fields.get("by_hand")),
            fields.get("why"),
        )


@dataclass(frozen=True, slots=True)
class Curation:
    """All pictures of a folder or data set, in its order."""

    subject: Subject
    pictures: tuple[CuratedPicture, ...]

    @property
    def kept(self) -> tuple[CuratedPicture, ...]:
        """The pictures worth learning from."""
        return tuple(picture for picture in self.pictures if picture.reason is None)

    @property
    def dropped(self) -> tuple[CuratedPicture, ...]:
        """The pictures that are left out."""
        return tuple(picture for picture in self.pictures if picture.reason is not None)

    @property
    def counts(self) -> dict[Reason, int]:
        """How many were left out for which reason, in the order of the reasons."""
        counts = Counter(picture.reason for picture in self.pictures)
        return {reason: counts[reason] for reason in Reason if counts[reason]}

    def to_json(self) -> dict[str, JSON]:
        """Return the report; it depends on the pictures alone."""
        return {
            "format": FORMAT,
            "subject": self.subject.value,
            "kept": len(self.kept),
            "dropped": {reason.value: count for reason, count in self.counts.items()},
            "pictures": [picture.to_json() for picture in self.pictures],
        }

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Curation:
        """Read what `to_json` returns; KeyError, TypeError or ValueError for anything else."""
        if fields["format"] != FORMAT:
            raise ValueError(f"a report of format {fields['format']}, not {FORMAT}")
        return cls(Subject(fields["subject"]), tuple(map(CuratedPicture.from_json, fields["pictures"])))


@dataclass(frozen=True, slots=True)
class ManualOverrides:
    """Pictures that somebody decided to keep or to drop, whatever was measured, by source or sha256."""

    keep: frozenset[str] = frozenset()
    drop: frozenset[str] = field(default_factory=frozenset)

    def unknown(self, pictures: Sequence[CuratedPicture]) -> list[str]:
        """Return the names that no picture has."""
        names = {name for picture in pictures for name in (picture.source, picture.sha256)}
        return sorted((self.keep | self.drop) - names)


def find_reason(measures: Measures, limits: CurationLimits = LIMITS) -> Reason | None:
    """Return the reason to leave a picture out, without regard to the others."""
    if measures.subject < limits.min_subject:
        return Reason.NO_SUBJECT
    if measures.side < limits.min_side or (measures.face is not None and measures.face < limits.min_face):
        return Reason.TINY
    if measures.detail < limits.min_detail:
        return Reason.BLURRED
    return Reason.TEXT if measures.text > limits.max_text else None


def apply_overrides(picture: CuratedPicture, overrides: ManualOverrides) -> CuratedPicture:
    """Return the picture after the manual overrides; an unreadable picture stays unreadable."""
    names = {picture.source, picture.sha256}
    if names & overrides.drop:
        return replace(picture, reason=Reason.BY_HAND, copy_of=None, by_hand=True)
    if names & overrides.keep and picture.reason is not Reason.UNREADABLE:
        return replace(picture, reason=None, copy_of=None, by_hand=True)
    return picture
