"""How much better a guild's people are known by what was labelled lately."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.domain.learning import PersonGain
from core.vision.recognition.mean_embedding import NAME_FROM, Gallery, MeanEmbeddingRecogniser

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Make = Callable[[Gallery], MeanEmbeddingRecogniser]

MAX_FACES = 30  # of a person, spread over all of them: a recogniser is built for each, which takes a millisecond
MAX_PEOPLE = 5  # of whom it is told, those who gained most


def gains(
    gallery: Gallery,
    is_new: NDArray[np.bool_],
    make: Make = MeanEmbeddingRecogniser,
    unnamed: Collection[int] = frozenset(),
) -> tuple[PersonGain, ...]:
    """Return the gain of those people who have new faces, the largest first.

    Args:
        gallery: all labelled faces (M).
        is_new: (M,), which of them were labelled lately.
        make: builds a recogniser.
        unnamed: ids of people of whom nothing is told, since they objected.
    """
    people = (int(person) for person in np.unique(gallery.owners[is_new]))
    found = [_gain(gallery, is_new, person, make) for person in people if gallery.person_ids[person] not in unnamed]
    changed = [gain for gain in found if gain.after != gain.before]
    return tuple(sorted(changed, key=lambda gain: (gain.before - gain.after, gain.name))[:MAX_PEOPLE])


def _gain(gallery: Gallery, is_new: NDArray[np.bool_], person: int, make: Make) -> PersonGain:
    own = np.flatnonzero(gallery.owners == person)
    asked = own[np.unique(np.linspace(0, len(own) - 1, MAX_FACES).round().astype(int))]
    before, after = (
        float(np.mean([_is_named(gallery, known, row, person, make) for row in asked]))
        for known in (~is_new, np.ones(len(is_new), bool))
    )
    return PersonGain(gallery.names[person], len(asked), before, after)


def _is_named(gallery: Gallery, known: NDArray[np.bool_], row: int, person: int, make: Make) -> bool:
    """Return whether a face is named rightly by the other faces that are known."""
    kept = known.copy()
    kept[row] = False
    people = np.unique(gallery.owners[kept])
    if person not in people:
        return False
    names: Sequence[str] = [gallery.names[index] for index in people]
    ids = tuple(gallery.person_ids[index] for index in people)
    part = Gallery(ids, tuple(names), gallery.embeddings[kept], np.searchsorted(people, gallery.owners[kept]))
    probabilities = make(part).probabilities(gallery.embeddings[row : row + 1], np.zeros((1, len(people)), bool))[0]
    return bool(probabilities.argmax() == np.searchsorted(people, person) and probabilities.max() >= NAME_FROM)
