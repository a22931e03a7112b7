"""Presets of networks: what a network is trained with, changed by the options of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from core.domain.errors import ErrorCode, OmokageError

P = TypeVar("P")  # a frozen dataclass with `steps` and the options as fields


def preset_with_options(
    presets: Mapping[str, P], name: str, steps: int, config: Mapping[str, Any], options: Sequence[str]
) -> P:
    """Return the preset of that name, changed by those options of a run that have a value.

    Raises:
        OmokageError: UNKNOWN_PRESET.
    """
    if name not in presets:
        raise OmokageError(ErrorCode.UNKNOWN_PRESET, preset=name, known=", ".join(presets))
    given = {option: config[option] for option in options if config.get(option) is not None}
    return replace(presets[name], steps=steps, **given)  # type: ignore[type-var]
