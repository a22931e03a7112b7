"""Requests to models that generate faces (grids, films, morphs, mixes, nearest pictures) and their results, as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.domain.jobs import JSON
from core.domain.training.presets import bad_option

MAX_FACES = 64  # of a grid, 8 by 8: more could not be told apart in a chat
MAX_SEED = 2**31 - 1
MAX_TRUNCATION = 1.0  # 1: as diverse as the model can; towards 0: all of them near its mean face
MAX_MIXED = 8  # faces that are added, and that are subtracted
MAX_TRAIT = 3.0  # strength: times the difference between faces with and without it
MAX_FILM_FACES = 8  # key frames
STARTER = "starter"  # first word of the names of the models that come with the product


@dataclass(frozen=True, slots=True)
class Face:
    """A reference to a face: what a model generates for a seed, or a face in a photo.

    `photo` is a blob's name; `index` counts the faces in it from 0, best first; None: the only one.
    """

    seed: int | None = None
    photo: str | None = None
    index: int | None = None

    def __post_init__(self) -> None:
        if (self.seed is None) == (self.photo is None):
            raise bad_option("face", str(self.seed), "a seed or a photo")
        if self.seed is not None:
            _check("seed", self.seed, 0, MAX_SEED)

    def to_json(self) -> dict[str, JSON]:
        """Encode for a job's parameters."""
        return _without_none(seed=self.seed, photo=self.photo, index=self.index)

    @classmethod
    def from_json(cls, payload: Any) -> Face:
        """Decode what `to_json` returned."""
        return cls(payload.get("seed"), payload.get("photo"), payload.get("index"))


@dataclass(frozen=True, slots=True)
class GridRequest:
    """A request for a grid of faces: those of `seed`, `seed + 1` and so on, or variations of one face.

    `model`: by name (`dcgan v3`, `starter vae`), None: the guild's default. `truncation`: see MAX_TRUNCATION.
    `like`: the face to vary; None: no variations. `traits`: strength of each trait that is added.
    """

    count: int
    seed: int
    model: str | None = None
    truncation: float = 1.0
    like: Face | None = None
    traits: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check("count", self.count, 1, MAX_FACES)
        _check("seed", self.seed, 0, MAX_SEED - MAX_FACES)
        _check("truncation", self.truncation, 0.1, MAX_TRUNCATION)
        _check_traits(self.traits)

    def faces_by_field(self) -> dict[str, Face]:
        """Map the request's field (as in `FaceChoice.which`) to each face that it refers to, in order."""
        return {} if self.like is None else {"like": self.like}

    def to_json(self) -> dict[str, JSON]:
        """Encode for a job's parameters."""
        like = self.like.to_json() if self.like else None
        encoded: dict[str, JSON] = {"count": self.count, "seed": self.seed, "truncation": self.truncation}
        return encoded | _without_none(model=self.model, like=like, traits=dict(self.traits) or None)

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> GridRequest:
        """Decode what `to_json` returned; BAD_OPTION for values out of range."""
        like = payload.get("like")
        return cls(
            int(payload["count"]),
            int(payload["seed"]),
            payload.get("model"),
            float(payload.get("truncation", 1.0)),
            Face.from_json(like) if like else None,
            _traits_of(payload),
        )


@dataclass(frozen=True, slots=True)
class MorphRequest:
    """A request for a strip and a film that change one face into another."""

    a: Face
    b: Face
    model: str | None = None

    def faces_by_field(self) -> dict[str, Face]:
        """Map the request's field (as in `FaceChoice.which`) to each face that it refers to, in order."""
        return {"a": self.a, "b": self.b}

    def to_json(self) -> dict[str, JSON]:
        """Encode for a job's parameters."""
        encoded: dict[str, JSON] = {"a": self.a.to_json(), "b": self.b.to_json()}
        return encoded | _without_none(model=self.model)

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> MorphRequest:
        """Decode what `to_json` returned."""
        return cls(Face.from_json(payload["a"]), Face.from_json(payload["b"]), payload.get("model"))


@dataclass(frozen=True, slots=True)
class MixRequest:
    """A request for latent arithmetic: the sum of `add` minus the sum of `subtract`, relative to the mean face.

    `traits` are added to the result.
    """

    add: tuple[Face, ...]
    subtract: tuple[Face, ...] = ()
    model: str | None = None
    traits: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check("add", len(self.add), 1, MAX_MIXED)
        _check("subtract", len(self.subtract), 0, MAX_MIXED)
        _check_traits(self.traits)

    def faces_by_field(self) -> dict[str, Face]:
        """Map the request's field (as in `FaceChoice.which`) to each face that it refers to, in order."""
        return _numbered("add", self.add) | _numbered("subtract", self.subtract)

    def to_json(self) -> dict[str, JSON]:
        """Encode for a job's parameters."""
        encoded: dict[str, JSON] = {"add": [face.to_json() for face in self.add]}
        encoded["subtract"] = [face.to_json() for face in self.subtract]
        return encoded | _without_none(model=self.model, traits=dict(self.traits) or None)

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> MixRequest:
        """Decode what `to_json` returned; BAD_OPTION for values out of range."""
        add, subtract = (tuple(map(Face.from_json, payload.get(name) or ())) for name in ("add", "subtract"))
        return cls(add, subtract, payload.get("model"), _traits_of(payload))


@dataclass(frozen=True, slots=True)
class FilmRequest:
    """A request for a film through faces, each with the traits, and back to the first."""

    faces: tuple[Face, ...]
    model: str | None = None
    truncation: float = 1.0
    traits: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check("faces", len(self.faces), 2, MAX_FILM_FACES)
        _check_traits(self.traits)

    def faces_by_field(self) -> dict[str, Face]:
        """Map the request's field (as in `FaceChoice.which`) to each face that it refers to, in order."""
        return _numbered("faces", self.faces)

    def to_json(self) -> dict[str, JSON]:
        """Encode for a job's parameters."""
        encoded: dict[str, JSON] = {"faces": [face.to_json() for face in self.faces], "truncation": self.truncation}
        return encoded | _without_none(model=self.model, traits=dict(self.traits) or None)

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> FilmRequest:
        """Decode what `to_json` returned; BAD_OPTION for values out of range."""
        faces = tuple(map(Face.from_json, payload["faces"]))
        return cls(faces, payload.get("model"), float(payload.get("truncation", 1.0)), _traits_of(payload))


@dataclass(frozen=True, slots=True)
class NearestRequest:
    """A request for the pictures of a model's training set nearest to a generated face with traits."""

    face: Face
    model: str | None = None
    truncation: float = 1.0
    traits: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_traits(self.traits)

    def faces_by_field(self) -> dict[str, Face]:
        """Map the request's field (as in `FaceChoice.which`) to each face that it refers to, in order."""
        return {"face": self.face}

    def to_json(self) -> dict[str, JSON]:
        """Encode for a job's parameters."""
        encoded: dict[str, JSON] = {"face": self.face.to_json(), "truncation": self.truncation}
        return encoded | _without_none(model=self.model, traits=dict(self.traits) or None)

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> NearestRequest:
        """Decode what `to_json` returned; BAD_OPTION for values out of range."""
        face = Face.from_json(payload["face"])
        return cls(face, payload.get("model"), float(payload.get("truncation", 1.0)), _traits_of(payload))


@dataclass(frozen=True, slots=True)
class FaceChoice:
    """A question to the member: a photo shows several faces, and one has to be chosen.

    `which`: the request's field (`a`, `b`, `add/0`, `like`); `picture`: the photo with numbered boxes, a blob.
    """

    which: str
    photo: str
    faces: int
    picture: str


@dataclass(frozen=True, slots=True)
class GenerationResult:
    """The result of a request. Blobs: `picture` (PNG), `film` (its format is in `film_name`).

    `model`: the name to request the same model again; `label`: its name in answers. `seeds`: of the faces in the
    picture, in order, where they have seeds. `traits`: those that the model can add. `distances`: of nearest
    neighbours; 1 is the median distance of held-out pictures to their nearest. `choice`: there is no picture yet, a
    face must be chosen.
    """

    model: str
    label: str
    version_id: int | None
    picture: str | None = None
    film: str | None = None
    film_name: str | None = None
    seeds: tuple[int, ...] = ()
    traits: tuple[str, ...] = ()
    distances: tuple[float, ...] = ()
    choice: FaceChoice | None = None

    def to_json(self) -> dict[str, JSON]:
        """Encode as a job's result."""
        choice: dict[str, JSON] | None = None
        if self.choice is not None:
            choice = {"which": self.choice.which, "photo": self.choice.photo}
            choice |= {"faces": self.choice.faces, "picture": self.choice.picture}
        encoded: dict[str, JSON] = {"model": self.model, "label": self.label, "version_id": self.version_id}
        encoded |= {"seeds": list(self.seeds), "traits": list(self.traits), "distances": list(self.distances)}
        return encoded | _without_none(picture=self.picture, film=self.film, film_name=self.film_name, choice=choice)

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> GenerationResult:
        """Decode what `to_json` returned."""
        choice = payload.get("choice")
        return cls(
            payload["model"],
            payload["label"],
            payload["version_id"],
            payload.get("picture"),
            payload.get("film"),
            payload.get("film_name"),
            tuple(payload.get("seeds") or ()),
            tuple(payload.get("traits") or ()),
            tuple(payload.get("distances") or ()),
            FaceChoice(**choice) if choice else None,
        )


def _check(option: str, value: float, minimum: float, maximum: float) -> None:
    if isinstance(value, bool) or not minimum <= value <= maximum:
        raise bad_option(option, value, f"{minimum:g} to {maximum:g}")


def _numbered(field_name: str, faces: Sequence[Face]) -> dict[str, Face]:
    return {f"{field_name}/{index}": face for index, face in enumerate(faces)}


def _check_traits(traits: Mapping[str, float]) -> None:
    for name, value in traits.items():
        _check(name, value, -MAX_TRAIT, MAX_TRAIT)


def _traits_of(payload: Mapping[str, Any]) -> dict[str, float]:
    return {str(name): float(value) for name, value in (payload.get("traits") or {}).items()}


def _without_none(**values: JSON) -> dict[str, JSON]:
    return {name: value for name, value in values.items() if value is not None}


def seeds_of(first: int, count: int) -> Sequence[int]:
    """Return the seeds of a grid's faces: consecutive numbers."""
    return range(first, first + count)
