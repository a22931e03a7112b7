"""What can be asked of a model that draws faces: grids, films, morphs, mixes; requests and answers as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.domain.jobs import JSON
from core.domain.training.presets import bad_option

MAX_FACES = 64  # of a grid, 8 by 8: more would be stamps
MAX_SEED = 2**31 - 1
MAX_TRUNCATION = 1.0  # 1: faces as various as the model can; towards 0: all of them near its mean face
MAX_MIXED = 8  # faces that are added, and that are subtracted
MAX_TRAIT = 3.0  # times the difference between faces with and without it
MAX_FILM_FACES = 8  # faces that a film walks through
STARTER = "starter"  # the first word of what the models are called that come with the product


@dataclass(frozen=True, slots=True)
class Face:
    """A face that is meant: what a model draws for a seed, or one in a photo.

    `photo` is a blob's name; `index` is the face's place in it, best first, from 0, None: the only one.
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
        """For a job's parameters."""
        return _without_none(seed=self.seed, photo=self.photo, index=self.index)

    @classmethod
    def from_json(cls, said: Any) -> Face:
        """What `to_json` gave."""
        return cls(said.get("seed"), said.get("photo"), said.get("index"))


@dataclass(frozen=True, slots=True)
class GridRequest:
    """Some faces: those of `seed`, `seed + 1` and so on, or variations of one.

    `model`: by name (`dcgan v3`, `starter vae`), None: what answers in the guild. `truncation`: see MAX_TRUNCATION.
    `like`: variations of this face. `traits`: how much of each is added.
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

    def to_json(self) -> dict[str, JSON]:
        """For a job's parameters."""
        like = self.like.to_json() if self.like else None
        given: dict[str, JSON] = {"count": self.count, "seed": self.seed, "truncation": self.truncation}
        return given | _without_none(model=self.model, like=like, traits=dict(self.traits) or None)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> GridRequest:
        """What `to_json` gave; BAD_OPTION for what cannot be."""
        like = said.get("like")
        return cls(
            int(said["count"]),
            int(said["seed"]),
            said.get("model"),
            float(said.get("truncation", 1.0)),
            Face.from_json(like) if like else None,
            _traits_of(said),
        )


@dataclass(frozen=True, slots=True)
class MorphRequest:
    """A strip and a film from one face to another."""

    a: Face
    b: Face
    model: str | None = None

    def to_json(self) -> dict[str, JSON]:
        """For a job's parameters."""
        given: dict[str, JSON] = {"a": self.a.to_json(), "b": self.b.to_json()}
        return given | _without_none(model=self.model)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> MorphRequest:
        """What `to_json` gave."""
        return cls(Face.from_json(said["a"]), Face.from_json(said["b"]), said.get("model"))


@dataclass(frozen=True, slots=True)
class MixRequest:
    """What the faces of `add` differ by from the mean face, less what those of `subtract` do, and traits on top."""

    add: tuple[Face, ...]
    subtract: tuple[Face, ...] = ()
    model: str | None = None
    traits: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check("add", len(self.add), 1, MAX_MIXED)
        _check("subtract", len(self.subtract), 0, MAX_MIXED)
        _check_traits(self.traits)

    def to_json(self) -> dict[str, JSON]:
        """For a job's parameters."""
        given: dict[str, JSON] = {"add": [one.to_json() for one in self.add]}
        given["subtract"] = [one.to_json() for one in self.subtract]
        return given | _without_none(model=self.model, traits=dict(self.traits) or None)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> MixRequest:
        """What `to_json` gave; BAD_OPTION for what cannot be."""
        add, subtract = (tuple(map(Face.from_json, said.get(name) or ())) for name in ("add", "subtract"))
        return cls(add, subtract, said.get("model"), _traits_of(said))


@dataclass(frozen=True, slots=True)
class FilmRequest:
    """A walk through faces, with traits on top, and back to the first."""

    faces: tuple[Face, ...]
    model: str | None = None
    truncation: float = 1.0
    traits: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check("faces", len(self.faces), 2, MAX_FILM_FACES)
        _check_traits(self.traits)

    def to_json(self) -> dict[str, JSON]:
        """For a job's parameters."""
        given: dict[str, JSON] = {"faces": [face.to_json() for face in self.faces], "truncation": self.truncation}
        return given | _without_none(model=self.model, traits=dict(self.traits) or None)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> FilmRequest:
        """What `to_json` gave; BAD_OPTION for what cannot be."""
        faces = tuple(map(Face.from_json, said["faces"]))
        return cls(faces, said.get("model"), float(said.get("truncation", 1.0)), _traits_of(said))


@dataclass(frozen=True, slots=True)
class NearestRequest:
    """The pictures of a model's training set that a face which it drew, with traits on top, is most like."""

    face: Face
    model: str | None = None
    truncation: float = 1.0
    traits: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_traits(self.traits)

    def to_json(self) -> dict[str, JSON]:
        """For a job's parameters."""
        given: dict[str, JSON] = {"face": self.face.to_json(), "truncation": self.truncation}
        return given | _without_none(model=self.model, traits=dict(self.traits) or None)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> NearestRequest:
        """What `to_json` gave; BAD_OPTION for what cannot be."""
        face = Face.from_json(said["face"])
        return cls(face, said.get("model"), float(said.get("truncation", 1.0)), _traits_of(said))


@dataclass(frozen=True, slots=True)
class FaceChoice:
    """A photo shows several faces, so somebody has to say which is meant.

    `which`: the request's field (`a`, `b`, `add/0`, `like`); `picture`: the photo with numbered boxes, a blob.
    """

    which: str
    photo: str
    faces: int
    picture: str


@dataclass(frozen=True, slots=True)
class GenerationResult:
    """What came of a request. Blobs: `picture` (PNG), `film` (`film_name` says which format).

    `model`: the name to ask the same model by again; `label`: as answers name it. `seeds`: of the faces in the
    picture, in order, where they have some. `traits`: what the model knows to add. `distances`: of nearest pictures,
    1 is how far held-out pictures are from their nearest. `choice`: there is no picture yet, a face must be chosen.
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
        """A job's result."""
        choice: dict[str, JSON] | None = None
        if self.choice is not None:
            choice = {"which": self.choice.which, "photo": self.choice.photo}
            choice |= {"faces": self.choice.faces, "picture": self.choice.picture}
        given: dict[str, JSON] = {"model": self.model, "label": self.label, "version_id": self.version_id}
        given |= {"seeds": list(self.seeds), "traits": list(self.traits), "distances": list(self.distances)}
        return given | _without_none(picture=self.picture, film=self.film, film_name=self.film_name, choice=choice)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> GenerationResult:
        """What `to_json` gave."""
        choice = said.get("choice")
        return cls(
            said["model"],
            said["label"],
            said["version_id"],
            said.get("picture"),
            said.get("film"),
            said.get("film_name"),
            tuple(said.get("seeds") or ()),
            tuple(said.get("traits") or ()),
            tuple(said.get("distances") or ()),
            FaceChoice(**choice) if choice else None,
        )


def _check(option: str, value: float, least: float, most: float) -> None:
    if isinstance(value, bool) or not least <= value <= most:
        raise bad_option(option, value, f"{least:g} to {most:g}")


def _check_traits(traits: Mapping[str, float]) -> None:
    for name, value in traits.items():
        _check(name, value, -MAX_TRAIT, MAX_TRAIT)


def _traits_of(said: Mapping[str, Any]) -> dict[str, float]:
    return {str(name): float(value) for name, value in (said.get("traits") or {}).items()}


def _without_none(**values: JSON) -> dict[str, JSON]:
    return {name: value for name, value in values.items() if value is not None}


def seeds_of(first: int, count: int) -> Sequence[int]:
    """The seeds of a grid's faces."""
    return range(first, first + count)
