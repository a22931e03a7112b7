"""Why a face was named as somebody: the stored pictures that spoke most for the name, and what it would be without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from core.domain.jobs import JSON

DECIDING = 3  # pictures that are shown and left out: they fit beside the face, and a glance takes them in
# A smaller fall than this of the probability is no reason to say that pictures decided.
DECISIVE_FALL = 0.2


@dataclass(frozen=True, slots=True)
class WhyRequest:
    """A face of an answer: the classify job, and the face's number in it, from 1."""

    job_id: int
    number: int

    def to_json(self) -> dict[str, JSON]:
        """Return what `Job.params` holds."""
        return {"job_id": self.job_id, "number": self.number}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> WhyRequest:
        """Read what `to_json` wrote."""
        return cls(data["job_id"], data["number"])


@dataclass(frozen=True, slots=True)
class DecidingPicture:
    """A stored picture of the person that spoke for the name.

    Attributes:
        at: when it was named.
        by: the member who named it, 0 the operator.
        channel_id: where it was named.
        message_id: under which message; None: under none, as in the shell.
        copies: further pictures that are the same one, saved again; they are left out together with it.
        is_shown: False where its photo is not stored any more, so that a grey tile stands for it.
    """

    at: datetime
    by: int
    channel_id: int
    message_id: int | None
    copies: int
    is_shown: bool


@dataclass(frozen=True, slots=True)
class WhyResult:
    """Why a face was named as it was.

    Attributes:
        person_id: whom the face was named as.
        name: of that person.
        shown: the probability that the answer gave.
        before: that of comparing the face with all stored pictures, now.
        after: the same without `pictures`; 0 where the person has no others.
        pictures: those that spoke most for the name, the first one most; three at most.
        count: how many different pictures of the person there are.
        needed: how many of these must be left out until the face would not be named; None: more than were tried.
        model: the trained version whose probability `shown` is; "": it is that of comparing pictures, too.
        picture: the sha256 of a PNG: the face, then the pictures.
        face_ids: the stored faces that are in it.
        blurred: whether faces in it are blurred, since the person objected to changes of their face.
    """

    person_id: int
    name: str
    shown: float
    before: float
    after: float
    pictures: tuple[DecidingPicture, ...]
    count: int
    needed: int | None
    model: str
    picture: str
    face_ids: tuple[int, ...]
    blurred: bool

    @property
    def is_decisive(self) -> bool:
        """Whether the probability falls so far without the pictures that these can be said to decide."""
        return self.before - self.after >= DECISIVE_FALL

    def to_json(self) -> dict[str, JSON]:
        """Return what `Job.result` holds."""
        pictures = [{**asdict(picture), "at": picture.at.isoformat()} for picture in self.pictures]
        return {**asdict(self), "pictures": pictures}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> WhyResult:
        """Read what `to_json` wrote."""
        pictures = tuple(
            DecidingPicture(**{**picture, "at": datetime.fromisoformat(picture["at"])}) for picture in data["pictures"]
        )
        return cls(**{**data, "pictures": pictures, "face_ids": tuple(data["face_ids"])})
