"""What a guild takes along when it moves: people, their faces and labels, without anything of Discord's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from core.domain.faces import Box, Point
from core.domain.jobs import JSON
from core.domain.people import Label

MAX_FACES = 40_000  # each brings two files at most, and an archive with more than 100,000 files is not read
IMPORT_SOURCE = "import"  # what the source of an imported label begins with
MAX_SOURCE = 512  # characters of a label's source, as the database has room for
MAX_MEMBER_ID = 2**63 - 1  # a snowflake is a signed number of 64 bits in the database


@dataclass(frozen=True, slots=True)
class MovedPerson:
    """A person by name. `since`: when somebody first named them; `objected_at` and `aliases`: as of `Person`."""

    name: str
    since: datetime
    objected_at: datetime | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MovedLabel:
    """A label of a face that holds: whom it shows, or does not show.

    `by`: the member who gave it, 0 the operator; None: that is not taken along. `source`: as of `LabelProvenance`.
    """

    person: str
    label: Label
    source: str
    at: datetime
    by: int | None = None


@dataclass(frozen=True, slots=True)
class MovedFace:
    """A labelled face, in pixels of its photo.

    `photo`: sha256 of the photo's bytes, which are taken along; None: they are gone. `embedding`: float32,
    little-endian, by `embedder`. Of `labels` at most one says whom the face shows.
    """

    photo: str | None
    box: Box
    score: float
    landmarks: tuple[Point, ...]
    embedding: bytes = field(repr=False)
    embedder: str
    labels: tuple[MovedLabel, ...]

    @property
    def shows(self) -> MovedLabel | None:
        """The label that says whom the face shows, if any does."""
        return next((label for label in self.labels if label.label is Label.IS), None)


@dataclass(frozen=True, slots=True)
class GuildFaces:
    """All people of a guild by name, and all faces that have a label, from the oldest."""

    people: tuple[MovedPerson, ...]
    faces: tuple[MovedFace, ...]

    def photos(self) -> dict[str, list[int]]:
        """Return, by each photo's sha256, which of `faces` are in it (indices); faces without a photo are in none."""
        photos: dict[str, list[int]] = {}
        for index, face in enumerate(self.faces):
            if face.photo is not None:
                photos.setdefault(face.photo, []).append(index)
        return photos


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export holds.

    `without_photo`: faces whose photo is gone, damaged, or does not show them where they are said to lie.
    """

    people: int
    faces: int
    photos: int
    without_photo: int


@dataclass(frozen=True, slots=True)
class ChatExportResult:
    """What came of an export in the chat.

    `fits`: whether a message can hold the file. `file`: its blob; empty where it does not fit, and once it is deleted,
    which is a moment after it was posted.
    """

    people: int
    faces: int
    photos: int
    fits: bool
    file: str = ""

    def to_json(self) -> dict[str, JSON]:
        """Return what `Job.result` holds."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ChatExportResult:
        """Read what `to_json` wrote."""
        return cls(**data)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import added, or would add.

    Args:
        added: names of people who were not known.
        merged: names of people who were known already, and got what the file says besides.
        faces: faces that were added.
        labels: labels that were given to faces that were there already.
        present: labels that were there already.
        contradicted: labels that say otherwise than the guild does.
        photos: photos in the file.
        older: added faces whose embedding is not the present embedder's; a worker embeds them anew.
        aliases: aliases that were given to people.
        aliases_left_out: aliases that somebody else has as a name or alias, or for which a person has too many.
    """

    added: tuple[str, ...]
    merged: tuple[str, ...]
    faces: int
    labels: int
    present: int
    contradicted: int
    photos: int
    older: int
    aliases: int = 0
    aliases_left_out: int = 0


def imported_source(source: str) -> str:
    """Return the source of an imported label: "import:" and the original's, however often it has moved.

    A label must not pass for one that a button of this guild gave: undoing a card, for one, finds its labels by that.
    """
    original = source.removeprefix(f"{IMPORT_SOURCE}:")
    return f"{IMPORT_SOURCE}:{original}"[:MAX_SOURCE]


def original_source(source: str) -> str:
    """Return a label's source as an export writes it: without the mark of an earlier import."""
    return source.removeprefix(f"{IMPORT_SOURCE}:")
