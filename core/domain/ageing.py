"""Requests to show a face at another age, their results, and the rules about ages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.domain.jobs import JSON
from core.domain.training.presets import bad_option

# First and last year of the ten bins, as the conditional adversarial autoencoder has them (Zhang et al. 2017,
# arXiv 1702.08423); of the last, 90 is where its pictures end.
AGE_BINS = ((0, 5), (6, 10), (11, 15), (16, 20), (21, 30), (31, 40), (41, 50), (51, 60), (61, 70), (71, 90))
MIN_AGE, MAX_AGE = 1, 90  # that may be asked for
ADULT_BIN = 4  # from 21 on; a face below it changes by `MAX_CHILD_BINS` at most
MAX_CHILD_BINS = 2
STRIP_AGES = (10, 20, 30, 40, 50, 60, 70, 80)


def age_bin(age: float) -> int:
    """Return the index in `AGE_BINS` of an age in years; beyond the last bin, the last."""
    return next((index for index, (_, last) in enumerate(AGE_BINS) if age < last + 1), len(AGE_BINS) - 1)


def age_is_allowed(present: float, age: float) -> bool:
    """Whether a face that looks `present` years old may be shown at `age`: children only two bins older or younger."""
    return age_bin(present) >= ADULT_BIN or abs(age_bin(age) - age_bin(present)) <= MAX_CHILD_BINS


class AgeOutput(StrEnum):
    """What is made of a photo."""

    PHOTO = "photo"  # the photo with its faces at another age
    STRIP = "strip"  # one face, at the decades side by side, the photo's own first
    FILM = "film"  # one face, from young to old


class AgeRefusal(StrEnum):
    """Why a face is left as it is."""

    OBJECTED = "objected"  # the person does not want it
    PROFILE = "profile"
    SUNGLASSES = "sunglasses"
    TOO_SMALL = "too-small"
    UNLIKE_TRAINING = "unlike-training"  # unlike the faces that the model learnt from: drawn, or no face
    CHILD = "child"  # the step is too large for a child's face


@dataclass(frozen=True, slots=True)
class AgeRequest:
    """A request to show faces of a photo at another age.

    `photo` is a blob's name. Either `to`, an age in years, or `years`, which are added to how old each face looks, is
    given for a photo; neither for a strip or film. `faces` count the photo's faces from 0, best first; empty: all of
    them, or for a strip or film the only one. `model` is a version's name or a starter model's; None: the guild's
    default.
    """

    photo: str
    output: AgeOutput = AgeOutput.PHOTO
    to: int | None = None
    years: int | None = None
    faces: tuple[int, ...] = ()
    model: str | None = None

    def __post_init__(self) -> None:
        if self.to is not None and not MIN_AGE <= self.to <= MAX_AGE:
            raise bad_option("to", self.to, f"{MIN_AGE} to {MAX_AGE}")
        if self.years is not None and not 0 < abs(self.years) <= MAX_AGE - MIN_AGE:
            raise bad_option("years", self.years, f"-{MAX_AGE - MIN_AGE} to {MAX_AGE - MIN_AGE}, not 0")
        if self.output is AgeOutput.PHOTO and (self.to is None) == (self.years is None):
            raise bad_option("to", str(self.to), "an age, or years to add, and not both")
        if self.output is not AgeOutput.PHOTO and len(self.faces) > 1:
            raise bad_option("face", len(self.faces), "one face")

    def to_json(self) -> dict[str, JSON]:
        """Encode for a job's parameters."""
        encoded: dict[str, JSON] = {"photo": self.photo, "output": self.output.value}
        given: dict[str, JSON] = {"to": self.to, "years": self.years, "faces": list(self.faces), "model": self.model}
        return encoded | {name: value for name, value in given.items() if value not in (None, [])}

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> AgeRequest:
        """Decode what `to_json` returned; BAD_OPTION for values out of range."""
        return cls(
            str(payload["photo"]),
            AgeOutput(payload.get("output", AgeOutput.PHOTO)),
            payload.get("to"),
            payload.get("years"),
            tuple(payload.get("faces", ())),
            payload.get("model"),
        )


@dataclass(frozen=True, slots=True)
class AgedFace:
    """A face of the photo.

    `index` counts the photo's faces from 0, best first. `present` is how old it looks, in years; None where no age is
    told: of faces that are refused for another reason than CHILD. `age` is the age that it is shown at; None in a strip
    or film, which shows many. `similarity`: the probability that both faces, before and after, are taken for one
    person, 0 to 1; of a strip or film, the least of its ages. A face that is left as it is has a `refusal`.
    """

    index: int
    present: int | None
    age: int | None = None
    similarity: float | None = None
    refusal: AgeRefusal | None = None

    def to_json(self) -> dict[str, JSON]:
        """Encode for a job's result."""
        return {
            "index": self.index,
            "present": self.present,
            "age": self.age,
            "similarity": self.similarity,
            "refusal": self.refusal and self.refusal.value,
        }

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> AgedFace:
        """Decode what `to_json` returned."""
        refusal = payload["refusal"]
        return cls(
            int(payload["index"]),
            payload["present"],
            payload["age"],
            payload["similarity"],
            AgeRefusal(refusal) if refusal else None,
        )


@dataclass(frozen=True, slots=True)
class AgeResult:
    """The answer to an `AgeRequest`.

    `picture` and `film` are blobs: the aged photo or the strip (None where every face was refused), and the film; the
    ends of `picture_name` and `film_name` are their formats. `choice` is a blob (JPEG) with the photo's faces numbered,
    for a strip or film of a photo with several. `age_error` is the mean error of `present` in years, as measured.
    `starter`: the model came with the product and knows drawn people only.
    """

    model: str
    model_label: str
    faces: Sequence[AgedFace]
    age_error: float
    picture: str | None = None
    film: str | None = None
    choice: str | None = None
    version_id: int | None = None
    starter: bool = False
    picture_name: str | None = None
    film_name: str | None = None

    def to_json(self) -> dict[str, JSON]:
        """Encode for a job's result."""
        return {
            "model": self.model,
            "model_label": self.model_label,
            "faces": [face.to_json() for face in self.faces],
            "age_error": self.age_error,
            "picture": self.picture,
            "film": self.film,
            "choice": self.choice,
            "version_id": self.version_id,
            "starter": self.starter,
            "picture_name": self.picture_name,
            "film_name": self.film_name,
        }

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> AgeResult:
        """Decode what `to_json` returned."""
        names = ("picture", "film", "choice", "version_id", "starter", "picture_name", "film_name")
        fields = {name: payload[name] for name in names}
        faces = tuple(AgedFace.from_json(face) for face in payload["faces"])
        return cls(str(payload["model"]), str(payload["model_label"]), faces, float(payload["age_error"]), **fields)
