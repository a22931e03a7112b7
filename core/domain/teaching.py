"""Photos that a member contributes for the guild's recogniser: what is asked, and what is kept of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.domain.jobs import JSON

MAX_PHOTOS = 10  # Discord's limit for the files of a form, and for those of a message


class LeftOut(StrEnum):
    """Why a photo or a face is not learnt from."""

    UNREADABLE = "unreadable"  # the file is no photo, damaged or too large
    NO_FACE = "no-face"
    SMALL = "small"  # too few pixels to tell people apart
    BLURRED = "blurred"
    PROFILE = "profile"  # seen from the side, as one eye is hidden
    REPEATED = "repeated"  # the same face of the same photo was contributed before


@dataclass(frozen=True, slots=True)
class TeachRequest:
    """Photos, as blobs, and whom they show, as the member typed it; None: others are to say it.

    A name counts for photos with a single face, as the member's vote. `is_self`: the member says that the photos show
    nobody else, and that photos of the chat in which they are may be learnt from, too.
    """

    photos: tuple[str, ...]
    name: str | None = None
    is_self: bool = False

    def to_json(self) -> dict[str, JSON]:
        """Encode for a job's parameters."""
        files: list[JSON] = [{"photo": photo} for photo in self.photos]
        named: dict[str, JSON] = {} if self.name is None else {"name": self.name, "is_self": self.is_self}
        return {"files": files} | named

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> TeachRequest:
        """Decode what `to_json` returned."""
        return cls(
            tuple(str(file["photo"]) for file in payload["files"]), payload.get("name"), bool(payload.get("is_self"))
        )


@dataclass(frozen=True, slots=True)
class TeachResult:
    """What was kept of the photos.

    `crops`: the blob of each face that is kept, in the order of the faces' numbers from 1. `alone`: the numbers of
    those that were alone in their photo. `left_out`: how many photos and faces were not kept, by reason.
    """

    photos: int
    crops: tuple[str, ...]
    alone: tuple[int, ...]
    left_out: Mapping[LeftOut, int]

    def to_json(self) -> dict[str, JSON]:
        """Encode for a job's result."""
        return {
            "photos": self.photos,
            "crops": list(self.crops),
            "alone": list(self.alone),
            "left_out": {reason.value: count for reason, count in self.left_out.items()},
        }

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> TeachResult:
        """Decode what `to_json` returned."""
        left_out = {LeftOut(reason): int(count) for reason, count in payload["left_out"].items()}
        return cls(int(payload["photos"]), tuple(payload["crops"]), tuple(payload["alone"]), left_out)
