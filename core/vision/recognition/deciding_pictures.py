"""Which stored pictures decide that a face is named as somebody, by computing what would be without them.

Nothing here is an estimate of importance: each figure is what the same recogniser answers without the pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from core.vision.recognition.calibrated_distances import squared_distances
from core.vision.recognition.mean_embedding import NAME_FROM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.vision.recognition.mean_embedding import MeanEmbeddingRecogniser

# How many pictures are left out at most to see when the name goes: a step costs as many comparisons as there are
# pictures, and whoever reads that more than twelve are needed knows enough.
MAX_LEFT_OUT = 12


@dataclass(frozen=True, slots=True)
class Decision:
    """What the person's pictures mean for the probability that a face shows them.

    Attributes:
        before: the probability with all pictures.
        after: without `pictures`.
        pictures: rows of the gallery, the most important picture first, each one with its copies.
        count: how many different pictures the person has.
        needed: how many must be left out until the face would not be named; None: more than MAX_LEFT_OUT.
    """

    before: float
    after: float
    pictures: tuple[tuple[int, ...], ...]
    count: int
    needed: int | None


def find_deciding_pictures(
    recogniser: MeanEmbeddingRecogniser,
    query: NDArray[np.float32],
    cannot_link: NDArray[np.bool_],
    person_id: int,
    *,
    same_picture: float,
    maximum: int,
) -> Decision:
    """Find the pictures without which the probability that a face shows a person falls most.

    The pictures are left out one after the other, each time the one whose absence costs most, as in a search without
    looking ahead; another set of as many pictures may cost a little more.

    Args:
        recogniser: with all pictures.
        query: embedding (D,) of the face.
        cannot_link: (P,) whom the face does not show.
        person_id: somebody in the gallery.
        same_picture: pictures nearer than this are one picture, saved again, and are left out together.
        maximum: how many pictures to find.
    """
    column = list(recogniser.people).index(person_id)
    pictures = _group_copies(recogniser, column, same_picture)
    before = _probability(recogniser, query, cannot_link, column)
    left_out: list[tuple[int, ...]] = []
    probabilities = [before]
    while len(left_out) < len(pictures) and len(left_out) < max(maximum, MAX_LEFT_OUT):
        if len(left_out) >= maximum and probabilities[-1] < NAME_FROM:
            break
        remaining = [picture for picture in pictures if picture not in left_out]
        gone = [row for picture in left_out for row in picture]
        costs = [_without(recogniser, query, cannot_link, column, [*gone, *picture]) for picture in remaining]
        best = int(np.argmin(costs))
        left_out.append(remaining[best])
        probabilities.append(costs[best])
    needed = next((count for count, value in enumerate(probabilities) if value < NAME_FROM), None)
    found = tuple(left_out[:maximum])
    return Decision(before, probabilities[len(found)], found, len(pictures), needed)


def _without(
    recogniser: MeanEmbeddingRecogniser,
    query: NDArray[np.float32],
    cannot_link: NDArray[np.bool_],
    column: int,
    rows: Sequence[int],
) -> float:
    """Return the probability without these rows, which are all the person's; 0 where no picture is left."""
    reduced = recogniser.without(rows)
    return 0.0 if reduced is None else _probability(reduced, query, cannot_link, column)


def _probability(
    recogniser: MeanEmbeddingRecogniser, query: NDArray[np.float32], cannot_link: NDArray[np.bool_], column: int
) -> float:
    return float(recogniser.probabilities(query[None], cannot_link[None])[0, column])


def _group_copies(recogniser: MeanEmbeddingRecogniser, column: int, same_picture: float) -> list[tuple[int, ...]]:
    """Group the person's rows of the gallery by picture: a picture and what was saved of it again."""
    rows = np.flatnonzero(recogniser.gallery.owners == column)
    embeddings = recogniser.gallery.embeddings[rows]
    near = squared_distances(embeddings, embeddings.astype(np.float64)) < same_picture**2
    count, groups = connected_components(csr_array(near), directed=False)
    return [tuple(int(row) for row in rows[groups == group]) for group in range(count)]
