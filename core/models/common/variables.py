"""Keras variables as named tensors, and figures that wait on the device."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from core.models.common.backend import Tensors, to_numpy

if TYPE_CHECKING:
    from numpy.typing import NDArray


def numbered(groups: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Return the variables of several groups by name; their positions make the names unique."""
    return {
        f"{group}/{index:03d}/{variable.name}": variable
        for group, variables in groups.items()
        for index, variable in enumerate(variables)
    }


def values_of(variables: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """Return the variables' values."""
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


def means(figures: Sequence[Tensors]) -> dict[str, float]:
    """Return the mean of each figure over some steps; waits for the device."""
    names = figures[0] if figures else ()
    return {name: float(np.mean([to_numpy(each[name]) for each in figures])) for name in names}
