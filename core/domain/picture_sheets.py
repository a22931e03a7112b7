"""A numbered sheet of the stored pictures of a person, by which moderators say which show somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from core.domain.jobs import JSON

PICTURES_PER_SHEET = 25  # Discord's select holds as many options


@dataclass(frozen=True, slots=True)
class SheetRequest:
    """A page of a person's pictures, from 0, the newest first; one beyond the last stands for the last."""

    person_id: int
    page: int = 0

    def to_json(self) -> dict[str, JSON]:
        """Return what `Job.params` holds."""
        return {"person_id": self.person_id, "page": self.page}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SheetRequest:
        """Read what `to_json` wrote."""
        return cls(int(data["person_id"]), int(data["page"]))


@dataclass(frozen=True, slots=True)
class SheetResult:
    """A drawn page.

    Attributes:
        person_id: whose pictures.
        page: which page, from 0.
        pictures: how many different ones there are on all pages.
        face_ids: the stored faces on this page, in the order of their numbers.
        picture: the sha256 of a JPEG.
        blurred: whether the faces in it are blurred, since the person objected to being shown.
    """

    person_id: int
    page: int
    pictures: int
    face_ids: tuple[int, ...]
    picture: str
    blurred: bool

    @property
    def first_number(self) -> int:
        """The number of the first picture on this page; numbers go on from page to page."""
        return self.page * PICTURES_PER_SHEET + 1

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.pictures // PICTURES_PER_SHEET))

    def to_json(self) -> dict[str, JSON]:
        """Return what `Job.result` holds."""
        return {**asdict(self), "face_ids": list(self.face_ids)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SheetResult:
        """Read what `to_json` wrote."""
        return cls(**{**data, "face_ids": tuple(data["face_ids"])})
