"""What agers are compared with: doing nothing, and real faces of the age in place of the face.

Between the two lies what an ager can reach. Ages near the present age are left out of the figures, so that doing
nothing scores below 0; and real faces show whether the judge sees what changes inside the ellipse at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.helpers.compared_agers import PROTOTYPE_VIEW
from core.models.ageing.face_ager import FaceChange

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEAR = 3.0  # years around an age within which a real face stands for it


class UnchangedAger:
    """Leaves faces as they are."""

    view = PROTOTYPE_VIEW

    def change(
        self, pictures: NDArray[np.uint8], present: NDArray[np.float32], ages: NDArray[np.float32]
    ) -> FaceChange:
        """Return no change."""
        return _whole(np.zeros(pictures.shape, np.float32))

    def typicality(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return 1 for each picture: it refuses none."""
        return np.ones(len(pictures), np.float32)


class RealFacesAger(UnchangedAger):
    """Puts a real face of the age in place of each face: the right age, and somebody else.

    Args:
        pictures: (N, S, S, 3) RGB in `PROTOTYPE_VIEW`.
        ages: (N,), years.
        seed: of which of them are taken.
    """

    def __init__(self, pictures: NDArray[np.uint8], ages: NDArray[np.floating], seed: int = 0) -> None:
        self._pictures, self._ages = pictures, ages
        self._random = np.random.default_rng(seed)

    def change(
        self, pictures: NDArray[np.uint8], present: NDArray[np.float32], ages: NDArray[np.float32]
    ) -> FaceChange:
        """Return the difference of each picture from a face within `NEAR` years of the age, or else the nearest."""
        distances = np.abs(self._ages[None] - ages[:, None])
        rows = [self._random.choice(np.flatnonzero(row <= max(NEAR, float(row.min())))) for row in distances]
        return _whole(self._pictures[rows].astype(np.float32) - pictures)


def _whole(delta: NDArray[np.float32]) -> FaceChange:
    return FaceChange(delta, np.ones((*delta.shape[:3], 1), np.float32))
