"""An embedding head's answer as a function of tensors, so that it can be followed backwards to a face's pixels.

The same as `References.evidence` and `OpenSet.logits`, in single precision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from keras import ops

from core.models.embedding.evidence import MEAN, NEAR, NEAREST
from core.models.embedding.open_set import RIVALS

if TYPE_CHECKING:
    from core.models.embedding.evidence import References
    from core.models.embedding.head import EmbeddingHead
    from core.models.embedding.open_set import OpenSet

_NEVER = -1e9  # the logit of somebody of whom there is no picture
_FAR = 1e9  # a squared distance that no face has


class OpenSetGraph:
    """Embeddings (N, D) -> logits (N, P + 1), "unknown" last, of the head's people."""

    def __init__(self, head: EmbeddingHead) -> None:
        references, self._open_set = head.references, head.open_set
        self._people = _People(references, self._open_set)
        self._offsets = self._open_set.offsets.astype(np.float32)
        self._cohort = None if references.cohort is None else _People(references.cohort, self._open_set)

    def __call__(self, embeddings: Any) -> Any:
        """As tensors."""
        to_means, pull = self._people(embeddings)
        people = ops.where(self._people.absent, _NEVER, self._offsets + pull)
        unknown = -float(self._open_set.rivals) * self._rivals(to_means)
        if self._cohort is not None:
            drawn = self._cohort(embeddings)[1]
            unknown = ops.logsumexp(ops.concatenate([unknown, drawn], axis=1), axis=1, keepdims=True)
        return ops.concatenate([people, unknown], axis=1)

    def _rivals(self, to_means: Any) -> Any:
        """How much further than usual the people after the nearest one are, (N, 1)."""
        present = ops.where(self._people.absent, _FAR, to_means)
        ranked = -ops.top_k(-present, min(RIVALS + 1, len(self._people.absent)))[0][:, 1:]
        further = ops.where(ranked < _FAR / 2, ranked - self._open_set.prior.rival_distance, 0.0)
        return ops.sum(further, axis=1, keepdims=True) / RIVALS


class _People:
    """Embeddings (N, D) -> squared distances to the means (N, P), and logits without offsets (N, P)."""

    def __init__(self, references: References, open_set: OpenSet) -> None:
        counts = references.counts
        self.absent = counts == 0
        self._weights, self._bias = open_set.weights.astype(np.float32), float(open_set.bias)
        self._clearness = open_set.prior.clearness(counts).astype(np.float32)
        self._pictures = references.embeddings
        self._means = references.means.astype(np.float32)
        self._noise = (references.spread / np.maximum(1, counts)).astype(np.float32)
        self._places, self._missing = _places(references.owners, len(counts))
        self._nearest = np.clip(counts, 1, NEAREST).astype(np.float32)

    def __call__(self, embeddings: Any) -> tuple[Any, Any]:
        to_means = _squared(embeddings, self._means) - self._noise
        to_nearest = self._near(_squared(embeddings, self._pictures))
        pull = self._bias - (self._weights[MEAN] * to_means + self._weights[NEAR] * to_nearest)
        return to_means, self._clearness * pull

    def _near(self, distances: Any) -> Any:
        """(N, M) to pictures -> (N, P), the mean to each person's nearest ones."""
        of_people = ops.where(self._missing, _FAR, ops.take(distances, self._places, axis=1))
        nearest = -ops.top_k(-of_people, min(NEAREST, self._places.shape[1]))[0]
        return ops.sum(ops.where(nearest < _FAR / 2, nearest, 0.0), axis=-1) / self._nearest


def _squared(faces: Any, others: np.ndarray) -> Any:
    """Euclidean distances squared, (N, D) and (M, D) -> (N, M)."""
    squares = ops.sum(ops.square(faces), axis=1, keepdims=True) + (others**2).sum(1)
    return ops.maximum(squares - 2 * ops.matmul(faces, others.T), 0.0)


def _places(owners: np.ndarray, people: int) -> tuple[np.ndarray, np.ndarray]:
    """Where each person's pictures are, (P, most) filled up with zeros, and which of it is filling."""
    counts = np.bincount(owners, minlength=people)
    places = np.zeros((people, max(1, int(counts.max(initial=0)))), np.int32)
    for person in range(people):
        places[person, : counts[person]] = np.flatnonzero(owners == person)
    return places, np.arange(places.shape[1]) >= counts[:, None]
