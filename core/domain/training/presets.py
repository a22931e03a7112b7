"""The presets that a run may name, and the options that it takes: each is written once, here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JSON
from core.domain.training.folds import FOLDS
from core.domain.training.runs import RunKind

EMBEDDING, CNN, DCGAN, VAE, CAAE, REAGE = "embedding", "cnn", "dcgan", "vae", "caae", "reage"
LOSSES = ("non-saturating", "hinge", "two-class")
SIZES = (96, 80, 64, 48, 32)
ALL_SIZES = (128, *SIZES)  # of any kind
MAX_STEPS = 1_000_000  # a run of weeks; more is a slip of the keyboard


@dataclass(frozen=True, slots=True)
class Preset:
    """A preset by its name: `head` chooses the family of models, `steps` are those of a run that asks for no number."""

    name: str
    head: str
    steps: int


# What each network is trained with is in core/models/<network>/presets.py.
PRESETS: Mapping[RunKind, tuple[Preset, ...]] = {
    RunKind.RECOGNISER: (
        Preset("embedding", EMBEDDING, FOLDS),  # a fold a step
        Preset("modern", CNN, 4000),
        Preset("classic", CNN, 8000),
        Preset("slim", CNN, 8000),
        Preset("gray", CNN, 8000),
    ),
    RunKind.DCGAN: (
        Preset("light", DCGAN, 24000),
        Preset("small", DCGAN, 24000),
        Preset("classic", DCGAN, 7000),
    ),
    RunKind.VAE: (
        Preset("vae", VAE, 6000),
        Preset("autoencoder", VAE, 6000),
    ),
    RunKind.REAGE: (Preset("reage", REAGE, 12000),),
    RunKind.CAAE: (
        Preset("light", CAAE, 12000),
        Preset("paper", CAAE, 12000),
    ),
}
_HEADS = {EMBEDDING: "embedding", CNN: "modern"}  # the preset that stands for a head


@dataclass(frozen=True, slots=True)
class NumberRange:
    """Numbers that an option may have, both ends included; integers only, or any."""

    min: float
    max: float
    integer: bool = True

    def holds(self, value: JSON) -> bool:
        """Whether a value is a number of this range."""
        fits = isinstance(value, int) if self.integer else isinstance(value, int | float)
        return fits and not isinstance(value, bool) and self.min <= value <= self.max  # type: ignore[operator]

    def __str__(self) -> str:
        return f"{self.min:g} to {self.max:g}"


BATCH = NumberRange(8, 1024)
LEARNING_RATE = NumberRange(0.000001, 1.0, integer=False)
FOLD = NumberRange(0, FOLDS - 1)  # the one that is held out
AUGMENT = NumberRange(0.0, 1.0, integer=False)  # strength of DiffAugment; without it as the number of pictures needs it
KL = NumberRange(0.0, 100.0, integer=False)  # weight of the divergence

# The options of a run and, for each kind that takes one, its values. The shell and the trainers take the names from
# here, the bot the values, too; a network's preset has a field of the same name (core/models/<network>/presets.py).
OPTIONS: Mapping[str, Mapping[RunKind, NumberRange | tuple[JSON, ...]]] = {
    "size": {RunKind.RECOGNISER: SIZES, RunKind.VAE: (96, 64), RunKind.REAGE: (96, 64), RunKind.CAAE: (128, 96, 64)},
    "batch": dict.fromkeys(RunKind, BATCH),
    "learning_rate": dict.fromkeys(RunKind, LEARNING_RATE),
    "fold": {RunKind.RECOGNISER: FOLD},
    "loss": {RunKind.DCGAN: LOSSES},
    "augment": {RunKind.DCGAN: AUGMENT},
    "kl": {RunKind.VAE: KL},
}


def find_preset(kind: RunKind, name: str | None = None, head: str | None = None) -> Preset:
    """Find the preset of that name, or the one that stands for a head; by default the first, which is the quickest.

    Raises:
        OmokageError: UNKNOWN_PRESET, with those that there are; BAD_OPTION, a head that is none or another's.
    """
    if head is not None and head not in _HEADS:
        raise bad_option("head", head, ", ".join(_HEADS))
    presets = PRESETS[kind]
    if name is None:
        name = _HEADS[head] if head is not None else presets[0].name
    for preset in presets:
        if preset.name == name:
            if head not in {None, preset.head}:
                raise bad_option("head", head, preset.head)
            return preset
    raise OmokageError(ErrorCode.UNKNOWN_PRESET, preset=name, known=", ".join(preset.name for preset in presets))


def complete(preset: Preset, config: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return a run's options with the head and a recogniser's held-out fold; an option that is None is left out.

    Raises:
        OmokageError: BAD_OPTION, an option that there is not or whose value cannot be right.
    """
    given = {name: value for name, value in config.items() if value is not None}
    if given.pop("head", preset.head) != preset.head:
        raise bad_option("head", config["head"], preset.head)
    kind = next(kind for kind, presets in PRESETS.items() if preset in presets)
    for name, value in given.items():
        _check_option(kind, name, value)
    return {"head": preset.head, **({"fold": 0} if kind is RunKind.RECOGNISER else {}), **given}


def _check_option(kind: RunKind, name: str, value: JSON) -> None:
    allowed = OPTIONS.get(name, {}).get(kind)
    if allowed is None:
        raise bad_option(name, value, ", ".join(_options_of(kind)))
    if isinstance(allowed, NumberRange):
        if not allowed.holds(value):
            raise bad_option(name, value, str(allowed))
    elif value not in allowed:
        raise bad_option(name, value, ", ".join(map(str, allowed)))


def _options_of(kind: RunKind) -> list[str]:
    """Return the names of a kind's options, those that every kind has last."""
    of_all = [name for name, values in OPTIONS.items() if len(values) == len(RunKind)]
    return [*(name for name, values in OPTIONS.items() if kind in values and name not in of_all), *of_all]


def check_steps(preset: Preset, steps: int) -> int:
    """Return how many steps a run takes; 0: as many as the preset says.

    Raises:
        OmokageError: BAD_OPTION.
    """
    if not 0 <= steps <= MAX_STEPS:
        raise bad_option("steps", steps, f"1 to {MAX_STEPS}")
    return steps or preset.steps


def bad_option(option: str, value: JSON, allowed: str) -> OmokageError:
    """Make the error that an option cannot have this value."""
    return OmokageError(ErrorCode.BAD_OPTION, option=option, value=str(value), allowed=allowed)
