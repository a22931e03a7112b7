"""What can be trained, by name, and which options it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JSON
from core.domain.training.folds import FOLDS
from core.domain.training.runs import RunKind

EMBEDDING, CNN, DCGAN, VAE = "embedding", "cnn", "dcgan", "vae"
LOSSES = ("non-saturating", "hinge", "two-class")
SIZES = (96, 80, 64, 48, 32)
MOST_STEPS = 1_000_000  # a run of weeks; more is a slip of the keyboard


@dataclass(frozen=True, slots=True)
class Preset:
    """A recipe by name: `head` chooses the trainer, `steps` is how long it takes unless somebody says otherwise."""

    name: str
    head: str
    steps: int


# The networks' own numbers are in core/models/cnn/presets.py.
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
}
_HEADS = {EMBEDDING: "embedding", CNN: "modern"}  # the preset that stands for a head


@dataclass(frozen=True, slots=True)
class _Range:
    """Numbers that an option may have; `whole` numbers only, or any."""

    least: float
    most: float
    whole: bool = True

    def holds(self, value: JSON) -> bool:
        fits = isinstance(value, int) if self.whole else isinstance(value, int | float)
        return fits and not isinstance(value, bool) and self.least <= value <= self.most  # type: ignore[operator]

    def __str__(self) -> str:
        return f"{self.least:g} to {self.most:g}"


_COMMON: Mapping[str, _Range | tuple[JSON, ...]] = {
    "batch": _Range(8, 1024),
    "learning_rate": _Range(1e-6, 1.0, whole=False),
}
_OPTIONS: Mapping[RunKind, Mapping[str, _Range | tuple[JSON, ...]]] = {
    RunKind.RECOGNISER: {"size": SIZES, "fold": _Range(0, FOLDS - 1), **_COMMON},  # `fold`: the held-out one
    # `augment`: strength of DiffAugment, 0: none; not said: as the number of pictures needs it.
    RunKind.DCGAN: {"loss": LOSSES, "augment": _Range(0, 1, whole=False), **_COMMON},
    RunKind.VAE: {"size": (96, 64), "kl": _Range(0, 100, whole=False), **_COMMON},  # `kl`: weight of the divergence
}


def find_preset(kind: RunKind, name: str | None = None, head: str | None = None) -> Preset:
    """The preset of that name, or the one that stands for a head; by default the first, which is the quickest.

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
    raise OmokageError(ErrorCode.UNKNOWN_PRESET, preset=name, known=", ".join(one.name for one in presets))


def complete(preset: Preset, config: Mapping[str, JSON]) -> dict[str, JSON]:
    """The options with the head and a recogniser's held-out fold added; an option that is None counts as not said.

    Raises:
        OmokageError: BAD_OPTION, an option that there is not or whose value cannot be right.
    """
    said = {name: value for name, value in config.items() if value is not None}
    if said.pop("head", preset.head) != preset.head:
        raise bad_option("head", config["head"], preset.head)
    kind = next(kind for kind, presets in PRESETS.items() if preset in presets)
    for name, value in said.items():
        allowed = _OPTIONS[kind].get(name)
        if allowed is None:
            raise bad_option(name, value, ", ".join(_OPTIONS[kind]))
        if not (allowed.holds(value) if isinstance(allowed, _Range) else value in allowed):
            raise bad_option(name, value, str(allowed) if isinstance(allowed, _Range) else ", ".join(map(str, allowed)))
    return {"head": preset.head, **({"fold": 0} if kind is RunKind.RECOGNISER else {}), **said}


def check_steps(preset: Preset, steps: int) -> int:
    """How many steps a run takes; 0: as many as the preset says.

    Raises:
        OmokageError: BAD_OPTION.
    """
    if not 0 <= steps <= MOST_STEPS:
        raise bad_option("steps", steps, f"1 to {MOST_STEPS}")
    return steps or preset.steps


def bad_option(option: str, value: JSON, allowed: str) -> OmokageError:
    """That an option cannot have this value."""
    return OmokageError(ErrorCode.BAD_OPTION, option=option, value=str(value), allowed=allowed)
