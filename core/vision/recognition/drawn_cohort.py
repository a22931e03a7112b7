"""Drawn people who do not exist, with whom each face is compared: a stranger who is drawn must not get a name.

To networks that learnt from photographs all drawings look alike: two drawn people lie nearer to each other than two
photographs of one person. So a drawn face is named only where it is nearer to its person than to every member of this
cohort, which counts as "unknown". A photographed face lies so far from all of them that they change nothing
(decision 020). `python -m core.services.starter.cohort` makes the file.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from core.domain.embedders import DLIB_AND_SFACE
from core.vision.recognition.calibrated_distances import CohortDistances, means_of, squared_distances

if TYPE_CHECKING:
    from numpy.typing import NDArray

COHORT_FILE = Path(__file__).with_name("drawn_cohort.npz")


class DrawnCohort(NamedTuple):
    """The cohort's pictures: `embeddings` (M, 256), `owners` (M,) in 0..people-1."""

    embeddings: NDArray[np.float32]
    owners: NDArray[np.intp]

    @property
    def people(self) -> int:
        """How many people the cohort has."""
        return int(self.owners.max()) + 1


@cache
def drawn_cohort(embedder: str) -> DrawnCohort | None:
    """Return the cohort as an embedder sees it; None of dlib's alone, which has never had a cohort."""
    if embedder != DLIB_AND_SFACE:
        return None
    with np.load(COHORT_FILE, allow_pickle=False) as file:
        return DrawnCohort(file["embeddings"].astype(np.float32), file["owners"].astype(np.intp))


class MeanCohort:
    """The mean embedding of each person of a cohort."""

    def __init__(self, cohort: DrawnCohort) -> None:
        self._counts = np.bincount(cohort.owners)
        self._means = means_of(cohort.embeddings, cohort.owners, self._counts)

    def distances(self, queries: NDArray[np.floating]) -> CohortDistances:
        """Return the squared distances of embeddings (N, D) to the people of the cohort."""
        return CohortDistances(squared_distances(queries, self._means), self._counts)


@cache
def load_mean_cohort(embedder: str) -> MeanCohort | None:
    """Return the means of `drawn_cohort`, or None where there is no cohort."""
    cohort = drawn_cohort(embedder)
    return None if cohort is None else MeanCohort(cohort)
