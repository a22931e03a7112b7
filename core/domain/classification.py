"""The answer to "who is this?"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.domain.faces import Box, Candidate, RecognisedFace
from core.domain.jobs import JSON
from core.domain.people import NewFace


@dataclass(frozen=True, slots=True)
class FaceAnswer:
    """One face of the answer: `top` has three candidates at most, likeliest first; pixels of the upright photo.

    `withheld`, `confirmed_by` and `networks_disagree` are as in RecognisedFace; older answers have none of them. `age`
    is how old the face looks, in years; None: nobody wanted to know, or the face is too small to say.
    """

    number: int
    box: Box
    score: float
    person_id: int | None
    name: str | None
    top: tuple[Candidate, ...]
    withheld: Candidate | None = None
    confirmed_by: int | None = None
    networks_disagree: bool = False
    age: int | None = None

    def to_json(self) -> dict[str, JSON]:
        """What the database keeps."""
        withheld = self.withheld
        return {
            "number": self.number,
            "box": [self.box.x, self.box.y, self.box.w, self.box.h],
            "score": self.score,
            "person_id": self.person_id,
            "name": self.name,
            "top": [[one.person_id, one.name, one.probability] for one in self.top],
            "withheld": None if withheld is None else [withheld.person_id, withheld.name, withheld.probability],
            "confirmed_by": self.confirmed_by,
            "networks_disagree": self.networks_disagree,
            "age": self.age,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> FaceAnswer:
        """The reverse of `to_json`."""
        top = tuple(Candidate(person_id, name, probability) for person_id, name, probability in data["top"])
        person_id, name, withheld = data["person_id"], data["name"], data.get("withheld")
        return cls(
            data["number"],
            Box(*data["box"]),
            data["score"],
            person_id,
            name,
            top,
            withheld and Candidate(*withheld),
            data.get("confirmed_by"),
            data.get("networks_disagree", False),
            data.get("age"),
        )


@dataclass(frozen=True, slots=True)
class ClassifyResult:
    """All faces of one photo, best first; `picture` is the sha256 of the annotated picture.

    `turned`: by how many degrees clockwise the photo was turned upright; all else is of the turned photo. `age_error`
    is the mean error of the faces' ages in years, as measured; None where no face has an age.
    """

    width: int
    height: int
    picture: str
    picture_type: str
    faces: tuple[FaceAnswer, ...]
    model: str
    seconds: float
    turned: int = 0
    age_error: float | None = None

    def to_json(self) -> dict[str, JSON]:
        """What `Job.result` holds."""
        return {
            "width": self.width,
            "height": self.height,
            "picture": self.picture,
            "picture_type": self.picture_type,
            "faces": [face.to_json() for face in self.faces],
            "model": self.model,
            "seconds": self.seconds,
            "turned": self.turned,
            "age_error": self.age_error,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ClassifyResult:
        """The reverse of `to_json`."""
        faces = tuple(FaceAnswer.from_json(face) for face in data["faces"])
        fields = ("width", "height", "picture", "picture_type", "model", "seconds")
        later = {"turned": data.get("turned", 0), "age_error": data.get("age_error")}
        return cls(faces=faces, **later, **{name: data[name] for name in fields})

    def photo_json(self, photo_name: str) -> dict[str, JSON]:
        """The CLI's documented shape: boxes are [x, y, w, h] within `size`, `top` is [[name, probability], ...]."""
        turned: dict[str, JSON] = {"turned": self.turned} if self.turned else {}
        age_error: dict[str, JSON] = {} if self.age_error is None else {"age_error": self.age_error}
        size: JSON = [self.width, self.height]
        return {
            "photo": photo_name,
            "size": size,
            **turned,
            **age_error,
            "faces": [_face_json(face) for face in self.faces],
        }


@dataclass(frozen=True, slots=True)
class ClassifyOutcome:
    """What a classify job hands to JobService.finish."""

    result: ClassifyResult
    faces: tuple[NewFace, ...]


def best_first(faces: Sequence[RecognisedFace]) -> list[int]:
    """Indices in the order of the answer: named faces by probability, then the others by size."""

    def key(index: int) -> tuple[int, float, int]:
        face = faces[index]
        if face.named is not None:
            return (0, -face.named.probability, index)
        return (1, -face.detected.box.w * face.detected.box.h, index)

    return sorted(range(len(faces)), key=key)


def _face_json(face: FaceAnswer) -> dict[str, JSON]:
    shown: dict[str, JSON] = {
        "box": [face.box.x, face.box.y, face.box.w, face.box.h],
        "score": face.score,
        "name": face.name,
        "top": [[one.name, one.probability] for one in face.top],
    }
    if face.confirmed_by is not None:
        shown["confirmed"] = True
    if face.withheld is not None:
        shown["withheld"] = [face.withheld.name, face.withheld.probability]
    if face.networks_disagree:
        shown["networks_disagree"] = True
    if face.age is not None:
        shown["age"] = face.age
    return shown
