"""The head that needs seconds to train: faces are compared with the pictures of each person, by their embeddings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import softmax

from core.domain.embedders import EMBEDDING_NAME, EMBEDDING_SIZES
from core.domain.errors import ErrorCode, OmokageError
from core.domain.registry.versions import check_embedder
from core.models.embedding.evidence import KINDS, Evidence, References
from core.models.embedding.open_set import PRIORS, OpenSet, fit_open_set
from core.vision.recognition.drawn_cohort import drawn_cohort

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.registry.versions import Version
    from core.vision.recognition.photo_reader import PhotoReading

ARCHITECTURE = "embedding-distances"
# Pictures asked for while fitting. With forty people they count as 1,560 anyway, see core/models/embedding/open_set.py.
_MOST_ASKED = 2000
_SEED = 0  # of which are asked; the same pictures give the same head


class EmbeddingHead:
    """A `Head` (core/vision/recognition/mean_embedding.py).

    Args:
        classes: name and person id of each.
        references: the pictures of each.
        open_set: how near is near.
    """

    def __init__(self, classes: tuple[tuple[str, int], ...], references: References, open_set: OpenSet) -> None:
        self.classes = classes
        self.references = references
        self.open_set = open_set

    @property
    def embedder(self) -> str:
        """Name of the embedder whose embeddings the head compares."""
        return self.open_set.prior.embedder

    def probabilities(self, reading: PhotoReading) -> NDArray[np.float64]:
        """Of each face of a photo: (faces, classes + 1), rows sum to 1, "unknown" is last."""
        return self.open_set.probabilities(self._evidence(reading))

    def known(self, reading: PhotoReading) -> NDArray[np.float64]:
        """The same as if each face were one of its people: (faces, classes), rows sum to 1."""
        return np.asarray(softmax(self.open_set.logits(self._evidence(reading))[:, :-1], axis=1))

    def _evidence(self, reading: PhotoReading) -> Evidence:
        return self.references.evidence(reading.embeddings_of(self.embedder))


def train_head(
    embeddings: NDArray[np.floating], owners: NDArray[np.integer], people: int, embedder: str = EMBEDDING_NAME
) -> tuple[References, OpenSet]:
    """What a head compares with, and how: a second for 40 people with 150 pictures each.

    Args:
        embeddings: (M, D).
        owners: (M,) in 0..people-1.
        people: how many; one of whom there is no picture is never named.
        embedder: of the embeddings.
    """
    references = References(embeddings, owners, people, cohort_of(embedder))
    asked = some(np.arange(len(owners)), _MOST_ASKED)
    return references, fit_open_set(references.left_out(asked), owners[asked], embedder)


@cache
def cohort_of(embedder: str) -> References | None:
    """Return the drawn people with whom a head of an embedder compares each face besides its own people."""
    cohort = drawn_cohort(embedder)
    return None if cohort is None else References(cohort.embeddings, cohort.owners, cohort.people)


def some(rows: NDArray[np.integer], most: int) -> NDArray[np.integer]:
    """At most so many of them, drawn with a fixed seed, in their order."""
    if len(rows) <= most:
        return rows
    return np.sort(np.random.default_rng(_SEED).choice(rows, most, replace=False))


def head_tensors(references: References, open_set: OpenSet) -> dict[str, NDArray[Any]]:
    """All that `load_embedding_head` needs, 1 KB a picture."""
    return {
        "embeddings": references.embeddings,
        "owners": references.owners.astype(np.int32),
        "weights": open_set.weights,
        "shared": np.array([open_set.bias, open_set.rivals]),
        "offsets": open_set.offsets,
    }


def load_embedding_head(
    version: Version, tensors: Mapping[str, NDArray[Any]], meta: Mapping[str, str]
) -> EmbeddingHead:
    """The head of a version.

    Raises:
        OmokageError: BAD_WEIGHTS, the file is of something else; with a `reason`, of an `embedder` that is not known.
    """
    people, embedder = len(version.classes), meta.get("embedder", "")
    check_embedder(version, embedder)
    try:
        embeddings, owners = tensors["embeddings"], tensors["owners"].astype(np.intp)
        weights, shared, offsets = tensors["weights"], tensors["shared"], tensors["offsets"]
    except KeyError as error:
        raise OmokageError(ErrorCode.BAD_WEIGHTS, version=version.number) from error
    shapes = embeddings.shape, weights.shape, shared.shape, offsets.shape
    fits = shapes == ((len(owners), EMBEDDING_SIZES[embedder]), (KINDS,), (2,), (people,))
    if not fits or (owners < 0).any() or (owners >= people).any():
        raise OmokageError(ErrorCode.BAD_WEIGHTS, version=version.number)
    open_set = OpenSet(
        weights.astype(np.float64), float(shared[0]), float(shared[1]), offsets.astype(np.float64), PRIORS[embedder]
    )
    return EmbeddingHead(version.classes, References(embeddings, owners, people, cohort_of(embedder)), open_set)
