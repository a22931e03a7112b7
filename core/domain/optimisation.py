"""Requests, progress and results of pictures that are optimised until a recogniser takes them for a given person.

The recogniser is frozen and the picture is changed, see docs/decisions/015-fooling.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from core.domain.faces import Candidate
from core.domain.generation import MAX_SEED, Face, FaceChoice
from core.domain.jobs import JSON
from core.domain.training.presets import bad_option

MAX_STEPS = 2000  # a minute or two; from there on, "continue" goes on
MAX_EPSILON = 32  # an eighth of the range: beyond it everybody sees the change
DEFAULT_EPSILON = 8  # of 255: the bound that most of the literature uses, and that hardly anybody sees
# In `OptimizeResult.networks`, beside those of core.domain.embedders.EMBEDDER_NETWORKS.
CNN_NETWORK = "cnn"


class OptimizeMode(StrEnum):
    """Where the picture begins, and what keeps it in bounds."""

    NOISE = "noise"  # random noise, unbounded: it stays noise to the eye
    FOOL = "fool"  # a photo, each channel of each pixel within `epsilon` levels of what it was
    DREAM = "dream"  # smooth noise and a picture that must work turned and moved: structure appears


# Half of the pictures settle within 45 and 7 steps, the slowest need nearly all; a dream uses all that it gets.
DEFAULT_STEPS: Mapping[OptimizeMode, int] = {OptimizeMode.NOISE: 300, OptimizeMode.FOOL: 100, OptimizeMode.DREAM: 300}


@dataclass(frozen=True, slots=True)
class OptimizeRequest:
    """One picture for one person.

    `target`: the person's name, and `person_id`, None where only a name is known. `start`: the photo of `fool`.
    `steps`: None: as many as the mode needs. `epsilon`: of 255 levels, of `fool`. `robust`: it must survive JPEG
    compression. `seed`: of all random numbers. `version_id`: of the recogniser, None: the one that serves. `so_far`:
    blob of an earlier request's picture, to continue from; the bound stays that of `start`.
    """

    target: str
    mode: OptimizeMode
    person_id: int | None = None
    start: Face | None = None
    steps: int | None = None
    epsilon: int = DEFAULT_EPSILON
    robust: bool = False
    seed: int = 0
    version_id: int | None = None
    so_far: str | None = None

    def __post_init__(self) -> None:
        if self.steps is not None and not 1 <= self.steps <= MAX_STEPS:
            raise bad_option("steps", self.steps, f"1 to {MAX_STEPS}")
        if not 1 <= self.epsilon <= MAX_EPSILON:
            raise bad_option("epsilon", self.epsilon, f"1 to {MAX_EPSILON}")
        if not 0 <= self.seed <= MAX_SEED:
            raise bad_option("seed", self.seed, f"0 to {MAX_SEED}")
        if (self.start is None) == (self.mode is OptimizeMode.FOOL):
            raise bad_option("start", self.mode.value, "a photo for fool, none for noise and dream")
        if self.start is not None and self.start.photo is None:
            raise bad_option("start", str(self.start.seed), "a photo")

    @property
    def all_steps(self) -> int:
        """How many, said or not."""
        return self.steps if self.steps is not None else DEFAULT_STEPS[self.mode]

    def to_json(self) -> dict[str, JSON]:
        """For a job's parameters."""
        payload: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        payload |= {"mode": self.mode.value, "start": self.start.to_json() if self.start else None}
        return {name: value for name, value in payload.items() if value is not None}

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> OptimizeRequest:
        """What `to_json` gave; BAD_OPTION for what cannot be."""
        mode = payload["mode"]
        if mode not in tuple(OptimizeMode):
            raise bad_option("mode", mode, ", ".join(OptimizeMode))
        given = {name: payload[name] for name in cls.__slots__ if name in payload}
        start = given.pop("start", None)
        return cls(**{**given, "mode": OptimizeMode(mode)}, start=Face.from_json(start) if start else None)


@dataclass(frozen=True, slots=True)
class OptimizeStep:
    """How far an optimisation is, while it goes on.

    `loss` and `probability` (the target's, [0, 1]) of the last step; `picture`: blob of a PNG that shows the current
    picture and the curve; the next one replaces it, and the end removes it. None: there is none yet.
    """

    step: int
    steps: int
    loss: float
    probability: float
    picture: str | None = None

    def to_json(self) -> dict[str, JSON]:
        """Return the detail of a progress event, in which the probability is `chance`."""
        return {
            "step": self.step,
            "steps": self.steps,
            "loss": self.loss,
            "chance": self.probability,
            "picture": self.picture,
        }

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> OptimizeStep:
        """What `to_json` gave."""
        return cls(**{"probability" if name == "chance" else name: value for name, value in dict(**payload).items()})


@dataclass(frozen=True, slots=True)
class Prediction:
    """A recogniser's prediction for the bytes of a picture.

    `found`: the detector sees a face, the one that is meant; where it sees none, the whole picture is taken as one, as
    in training. `top`: the likeliest three of the people it knows, as if it had to be one of them, [0, 1]; `target`:
    the same for the person that was wanted. `unknown`: the chance that it is none of them. `named`: whom `/classify`
    names the face as; None: nobody, or it sees no face.
    """

    found: bool
    top: tuple[Candidate, ...]
    target: float
    unknown: float
    named: str | None

    def takes_for(self, target: str) -> bool:
        """Whether it is taken for the wanted person: named so, or, without a face, more likely than not."""
        return self.named == target if self.found else self.target > 0.5

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> Prediction:
        """What `asdict` gave."""
        return cls(**{**payload, "top": tuple(Candidate(**candidate) for candidate in payload["top"])})


@dataclass(frozen=True, slots=True)
class Transfer:
    """Another recogniser's predictions for the same bytes: `model` as answers name it, `before` and `after`."""

    model: str
    before: Prediction
    after: Prediction

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> Transfer:
        """What `asdict` gave."""
        return cls(payload["model"], Prediction.from_json(payload["before"]), Prediction.from_json(payload["after"]))


@dataclass(frozen=True, slots=True)
class Norms:
    """How far a picture is from where it began.

    `changed`: share of pixels, [0, 1]. `l2`: Euclidean, with 1 for the whole range of a channel. `linf`: the most that
    one channel of one pixel changed, 0 to 255.
    """

    changed: float
    l2: float
    linf: int


@dataclass(frozen=True, slots=True)
class OptimizeResult:
    """What came of a request. Blobs, PNG: `picture` is the very file that is posted and that `after` judges, `sheet`
    shows it beside its beginning, the difference and the curve.

    `jpeg`: the verdict once the picture is compressed with quality 85 and halved colour. `steps`, `seconds`: of the
    optimisation; `stopped`: somebody ended it early. `curve`: (step, loss, probability of the target on the way).
    `choice`: there is no picture yet, a face must be chosen. `networks`: those that were attacked, all at once: `cnn`
    and `EMBEDDER_NETWORKS`; of results from before there were two face networks: none.
    """

    mode: OptimizeMode
    target: str
    model: str
    version_id: int
    picture: str | None = None
    sheet: str | None = None
    before: Prediction | None = None
    after: Prediction | None = None
    jpeg: Prediction | None = None
    norms: Norms | None = None
    transfer: tuple[Transfer, ...] = ()
    steps: int = 0
    seconds: float = 0.0
    stopped: bool = False
    curve: tuple[tuple[int, float, float], ...] = ()
    choice: FaceChoice | None = None
    networks: tuple[str, ...] = ()

    @property
    def succeeded(self) -> bool:
        """Whether the posted bytes are taken for the target."""
        return self.after is not None and self.after.takes_for(self.target)

    def to_json(self) -> dict[str, JSON]:
        """A job's result."""
        return asdict(self)

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> OptimizeResult:
        """What `to_json` gave."""
        stages = [name for name in ("before", "after", "jpeg") if payload.get(name)]
        predictions = {name: Prediction.from_json(payload[name]) for name in stages}
        return cls(**{
            **payload,
            **predictions,
            "mode": OptimizeMode(payload["mode"]),
            "norms": Norms(**payload["norms"]) if payload.get("norms") else None,
            "transfer": tuple(map(Transfer.from_json, payload.get("transfer") or ())),
            "curve": tuple((int(step), float(loss), float(value)) for step, loss, value in payload.get("curve") or ()),
            "choice": FaceChoice(**payload["choice"]) if payload.get("choice") else None,
            "networks": tuple(payload.get("networks") or ()),
        })  # fmt: skip


@dataclass(frozen=True, slots=True)
class Robustness:
    """A version's robustness: how easily it is fooled by attacks, and how often by textures.

    Of `faces` faces, each changed by at most `epsilon` levels towards another person: `fooled`, the share that is then
    named as that person, and `median_linf`, how many levels that takes for half of them (None: more than `epsilon`).
    Of `textures` pictures of no face: the share that is named with confidence, `named_closed` as if each had to be
    somebody, and `named_open` after "unknown" had its say. Shares in [0, 1].
    """

    faces: int
    epsilon: int
    fooled: float
    median_linf: float | None
    textures: int
    named_closed: float
    named_open: float

    def to_json(self) -> dict[str, JSON]:
        """For a version's metrics, below `robustness`."""
        return asdict(self)

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> Robustness:
        """What `to_json` gave."""
        return cls(**payload)
