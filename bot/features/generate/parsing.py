"""Parse what members type for seeds and traits."""

from __future__ import annotations

import re
from collections.abc import Mapping

from core.domain.errors import ErrorCode, OmokageError
from core.domain.generation import MAX_MIXED, MAX_SEED, MAX_TRAIT
from core.domain.training.presets import bad_option

_BETWEEN = re.compile(r"[\s,;、，；]+")
_SEED = re.compile(r"[0-9]{1,10}", re.ASCII)
_BETWEEN_TRAITS = re.compile(r"[\s,;:=、，；：＝]+")
_AMOUNT = re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{1,6})?", re.ASCII)
# Without a number: once the mean difference between faces with the trait and faces without it.
_DEFAULT_AMOUNT = 1.0


def parse_seeds(option: str, typed: str | None) -> tuple[int, ...]:
    """Parse seeds between spaces or commas: `3 5 9`.

    Raises:
        OmokageError: BAD_OPTION.
    """
    words = [word for word in _BETWEEN.split(typed or "") if word]
    for word in words:
        if not _SEED.fullmatch(word) or int(word) > MAX_SEED:
            raise bad_option(option, word[:20], f"0 to {MAX_SEED}")
    if len(words) > MAX_MIXED:
        raise bad_option(option, f"{len(words)}", f"1 to {MAX_MIXED}")
    return tuple(map(int, words))


def parse_traits(typed: str | None) -> dict[str, float]:
    """Parse amounts of traits: `smile 1.5, glasses -1`, `smile=1.5`, or `smile` alone, which is 1.

    Raises:
        OmokageError: BAD_OPTION.
    """
    amounts: dict[str, float] = {}
    awaiting: str | None = None
    for word in filter(None, _BETWEEN_TRAITS.split(typed or "")):
        if not _AMOUNT.fullmatch(word):
            awaiting = word[:40].lower()
            amounts[awaiting] = _DEFAULT_AMOUNT
        elif awaiting is None:
            raise OmokageError(ErrorCode.BAD_OPTION, reason="trait-form")
        else:
            amounts[awaiting], awaiting = _amount(awaiting, float(word)), None
    return amounts


def change_trait(traits: Mapping[str, float], name: str, step: float) -> dict[str, float]:
    """Add to a trait within what is allowed; traits whose amount becomes 0 are left out."""
    value = max(-MAX_TRAIT, min(MAX_TRAIT, traits.get(name, 0.0) + step))
    return {key: amount for key, amount in {**traits, name: value}.items() if amount}


def _amount(name: str, value: float) -> float:
    if abs(value) > MAX_TRAIT:
        raise bad_option(name, value, f"{-MAX_TRAIT:g} to {MAX_TRAIT:g}")
    return value
