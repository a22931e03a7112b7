"""What networks in training have in common: state as tensors by name, figures that wait for a report, options."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from core.domain.errors import ErrorCode, OmokageError
from core.models.common import weights_file
from core.models.common.backend import Tensors, to_numpy

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BEST, _SAID = "best/", "run"  # what names of the best model's tensors begin with; the key of the JSON
P = TypeVar("P")  # a network's preset: a frozen dataclass with `steps`


def numbered(groups: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Keras variables of several groups by name; their positions make the names unique."""
    return {
        f"{group}/{index:03d}/{variable.name}": variable
        for group, variables in groups.items()
        for index, variable in enumerate(variables)
    }


def values_of(variables: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """The variables' values."""
    return {name: to_numpy(variable) for name, variable in variables.items()}


def assign(variables: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]]) -> None:
    """Give variables the values that `values_of` read, all or none.

    Raises:
        ValueError: tensors of other names or shapes: of another network.
    """
    shapes = {name: tuple(variable.shape) for name, variable in variables.items()}
    if shapes != {name: tensor.shape for name, tensor in tensors.items()}:
        raise ValueError("these are not the tensors of this network")
    for name, variable in variables.items():
        variable.assign(tensors[name])


def check_finite(tensors: Mapping[str, NDArray[Any]], step: int) -> None:
    """The loss of the step that makes weights infinite may still be a number.

    Raises:
        OmokageError: DIVERGED.
    """
    if not all(np.isfinite(tensor).all() for tensor in tensors.values()):
        raise OmokageError(ErrorCode.DIVERGED, step=step, name="weights")


def means(waiting: Sequence[Tensors]) -> dict[str, float]:
    """Of the figures of some steps, by name; waits for the device."""
    names = waiting[0] if waiting else ()
    return {name: float(np.mean([to_numpy(one[name]) for one in waiting])) for name in names}


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


def pack(tensors: Mapping[str, NDArray[Any]], best: Mapping[str, NDArray[Any]], said: Mapping[str, Any]) -> bytes:
    """Return a saved state: the tensors, the best model so far, and what JSON holds."""
    named = {**tensors, **{_BEST + name: one for name, one in best.items()}}
    return weights_file.dump(named, {_SAID: json.dumps(dict(said))})


@contextmanager
def unpacked(data: bytes) -> Iterator[tuple[dict[str, NDArray[Any]], dict[str, NDArray[Any]], dict[str, Any]]]:
    """What `pack` was given; who cannot use it raises KeyError, TypeError or ValueError.

    Raises:
        OmokageError: BAD_WEIGHTS, a damaged file or one of another network.
    """
    tensors, meta = weights_file.load(data)
    best = {name.removeprefix(_BEST): tensors.pop(name) for name in list(tensors) if name.startswith(_BEST)}
    try:
        yield tensors, best, json.loads(meta[_SAID])
    except (KeyError, TypeError, ValueError) as error:
        raise OmokageError(ErrorCode.BAD_WEIGHTS, reason="another-network") from error
