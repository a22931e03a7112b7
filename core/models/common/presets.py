"""Presets of networks: what a network is trained with, changed by the options of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

from core.domain.errors import ErrorCode, OmokageError
from core.domain.training.presets import OPTIONS

P = TypeVar("P")  # a frozen dataclass with `steps` and options as fields


def preset_with_options(presets: Mapping[str, P], name: str, steps: int, config: Mapping[str, Any]) -> P:
    """Return the preset of that name, changed by those options of a run that are among its fields and have a value.

    Raises:
        OmokageError: UNKNOWN_PRESET.
    """
    if name not in presets:
        raise OmokageError(ErrorCode.UNKNOWN_PRESET, preset=name, known=", ".join(presets))
    preset: Any = presets[name]
    options = OPTIONS.keys() & {field.name for field in fields(preset)}
    given = {option: config[option] for option in options if config.get(option) is not None}
    return replace(preset, steps=steps, **given)  # type: ignore[no-any-return]
