"""The likeliest naming of all faces of a photo at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NEVER = 1e6  # the cost of a forbidden name: more than any sum of logarithms in a photo


def assign(probabilities: NDArray[np.float64], name_from: float) -> list[int | None]:
    """The likeliest naming of a whole photo in which nobody is named twice.

    A name that is not sure enough to be given keeps nobody else from it.

    Args:
        probabilities: (N, P + 1), "unknown" last.
        name_from: a face whose person is less likely than this stays unnamed.

    Returns:
        For each face the index of a person, or None.
    """
    faces, people = len(probabilities), probabilities.shape[1] - 1
    with np.errstate(divide="ignore"):
        costs = np.minimum(-np.log(probabilities), _NEVER)
    costs[:, :-1][probabilities[:, :-1] < name_from] = _NEVER
    unknown = np.repeat(costs[:, -1:], faces, axis=1)  # any number of faces may stay unknown
    rows, columns = linear_sum_assignment(np.hstack([costs[:, :-1], unknown]))
    sure = [
        column < people and probabilities[row, column] >= name_from for row, column in zip(rows, columns, strict=True)
    ]
    return [int(column) if named else None for column, named in zip(columns, sure, strict=True)]
