"""How near a face is to each of the people that are known by their pictures.

Two distances are kept, since each is right where the other is not (docs/decisions/009-embedding-head.md): to the mean
of a person's embeddings, which is best where there are few, and to the nearest pictures, which is best where there are
many and some show the person old, bearded or in profile.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

NEAREST = 3  # pictures of a person; one is a matter of luck, five are no better and need more pictures
KINDS = 2  # of distances: MEAN and NEAR
MEAN, NEAR = range(KINDS)
_BLOCK = 512  # faces at once: 40 MB of distances to 10,000 pictures


@dataclass(frozen=True, slots=True)
class Evidence:
    """Squared distances (2, N, P) of faces to people by `counts` (N, P) of their pictures, 0 where there are none.

    `cohort` are the distances of the same faces to people who do not exist, if they were compared with such.
    """

    distances: NDArray[np.float64]
    counts: NDArray[np.integer]
    cohort: Evidence | None = None

    @property
    def absent(self) -> NDArray[np.bool_]:
        """(N, P) where there is nothing to compare with."""
        return np.asarray(self.counts == 0)

    def without(self, people: NDArray[np.integer]) -> Evidence:
        """As if face i had never met person `people[i]`: how a stranger looks to the others."""
        rows = np.arange(len(people))
        distances, counts = self.distances.copy(), self.counts.copy()
        distances[:, rows, people] = 0.0
        counts[rows, people] = 0
        return Evidence(distances, counts)

    def of(self, rows: NDArray[np.bool_], people: NDArray[np.bool_]) -> Evidence:
        """Only these faces and only these people."""
        return Evidence(self.distances[:, rows][:, :, people], self.counts[rows][:, people])


class References:
    """The pictures that faces are compared with.

    Args:
        embeddings: (M, D).
        owners: (M,) in 0..people-1; somebody may have none.
        people: how many.
        cohort: pictures of people who do not exist, with which faces are compared besides; see drawn_cohort.py.
    """

    def __init__(
        self,
        embeddings: NDArray[np.floating],
        owners: NDArray[np.integer],
        people: int,
        cohort: References | None = None,
    ) -> None:
        self.cohort = cohort
        order = np.argsort(owners, kind="stable")  # so that a person's pictures lie side by side
        self._places = np.argsort(order)
        self.embeddings = np.ascontiguousarray(embeddings[order], np.float32)
        self.owners = owners[order]
        self.counts = np.bincount(owners, minlength=people)
        self._starts = np.concatenate([[0], np.cumsum(self.counts)])

    @cached_property
    def means(self) -> NDArray[np.float64]:
        """Of each person's pictures, (P, D); zeros where there are none."""
        sums = np.zeros((len(self.counts), self.embeddings.shape[1]))
        np.add.at(sums, self.owners, self.embeddings)
        return sums / np.maximum(1, self.counts)[:, None]

    @cached_property
    def spread(self) -> float:
        """Mean squared distance of a picture to its person's true mean, without bias; 0: one picture each."""
        freedom = len(self.owners) - int((self.counts > 0).sum())
        return float(((self.embeddings - self.means[self.owners]) ** 2).sum() / freedom) if freedom else 0.0

    def evidence(self, faces: NDArray[np.floating]) -> Evidence:
        """Of faces (N, D) that are not among the pictures."""
        own = self._own_evidence(faces)
        return own if self.cohort is None else replace(own, cohort=self.cohort.evidence(faces))

    def _own_evidence(self, faces: NDArray[np.floating]) -> Evidence:
        counts = np.broadcast_to(self.counts, (len(faces), len(self.counts)))
        distances = np.zeros((KINDS, *counts.shape))
        # The mean of n pictures lies off the true one, by spread / n on average.
        distances[MEAN] = _squared(faces, self.means) - self.spread / np.maximum(1, self.counts)
        for block in _blocks(len(faces)):
            distances[NEAR, block] = self._near(_squared(faces[block], self.embeddings))
        return Evidence(np.where(counts == 0, 0.0, distances), counts)

    def left_out(self, rows: NDArray[np.integer]) -> Evidence:
        """Of these of the pictures, by the order they were given in, each as if it were not there; no cohort."""
        places, mine = self._places[rows], np.arange(len(rows))
        owners = self.owners[places]
        plain = self._own_evidence(self.embeddings[places])
        others = self.counts[owners] - 1
        distances, counts = plain.distances.copy(), plain.counts.copy()
        counts[mine, owners] = others
        off_mean = ((self.embeddings[places] - self.means[owners]) ** 2).sum(1)
        ratio = self.counts[owners] / np.maximum(1, others)
        distances[MEAN, mine, owners] = off_mean * ratio**2 - self.spread / np.maximum(1, others)
        for person in np.unique(owners):
            own = slice(self._starts[person], self._starts[person + 1])
            indices = np.flatnonzero(owners == person)
            to_own = _squared(self.embeddings[places[indices]], self.embeddings[own])
            to_own[np.arange(len(indices)), places[indices] - own.start] = np.inf
            distances[NEAR, indices, person] = _mean_of_least(to_own, others[indices[0]])
        return Evidence(np.where(counts == 0, 0.0, distances), counts)

    def _near(self, distances: NDArray[np.floating]) -> NDArray[np.floating]:
        """(N, M) to pictures -> (N, P) to the nearest pictures of each person."""
        near = np.zeros((len(distances), len(self.counts)))
        for person, count in enumerate(self.counts):
            own = distances[:, self._starts[person] : self._starts[person + 1]]
            near[:, person] = _mean_of_least(own, count)
        return near


def _mean_of_least(distances: NDArray[np.floating], count: int) -> NDArray[np.floating]:
    nearest = min(NEAREST, int(count))
    if not nearest:
        return np.zeros(len(distances))
    if nearest == distances.shape[1]:
        return np.asarray(distances.mean(1))
    return np.asarray(np.partition(distances, nearest - 1, axis=1)[:, :nearest].mean(1))


def _squared(faces: NDArray[np.floating], others: NDArray[np.floating]) -> NDArray[np.floating]:
    squares = (faces**2).sum(1)[:, None] + (others**2).sum(1) - 2 * faces @ others.T
    return np.asarray(np.maximum(squares, 0.0))


def _blocks(count: int) -> Iterator[slice]:
    return (slice(start, start + _BLOCK) for start in range(0, count, _BLOCK))
