"""A trained version and the mean-embedding baseline, which needs no training, combined into one recogniser.

The version answers first. The probability that it leaves to "unknown" is distributed by the baseline over the people
whom the guild named since the training. Where members said that a face is not whom the version takes it for, the
version is wrong about this face, and that probability is distributed by the baseline, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.domain.errors import ErrorCode, OmokageError
from core.vision.recognition.mean_embedding import (
    NAME_FROM,
    ConfirmedNames,
    FaceNaming,
    Head,
    MeanEmbeddingRecogniser,
    mask_of,
    name_faces,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.vision.recognition.photo_reader import PhotoReading

_ROUNDING = 1e-3  # how far a row of a network in single precision may be from 1


class VersionRecogniser:
    """Name faces with a trained head, and with the baseline those whom it was not trained on.

    Args:
        head: of the version.
        baseline: compares with the faces that members have named until now.
        names: current names of the guild's people, by id. A class that is not there was deleted since the training, and
            no face is named so.
    """

    def __init__(
        self,
        head: Head,
        baseline: MeanEmbeddingRecogniser,
        names: Mapping[int, str],
    ) -> None:
        self._head = head
        self._baseline = baseline
        self._class_ids = [person_id for _, person_id in head.classes]
        trained = {person_id: names[person_id] for person_id in self._class_ids if person_id in names}
        self._people = {person_id: names.get(person_id, name) for person_id, name in baseline.people.items()} | trained

    def recognise(
        self, reading: PhotoReading, cannot_link_ids: Sequence[frozenset[int]], confirmed: ConfirmedNames = ()
    ) -> list[FaceNaming]:
        """Name the faces of a photo, see `name_faces`.

        Args:
            reading: the photo.
            cannot_link_ids: for each face, ids of people that it does not show.
            confirmed: for each face, whom people named it as.

        Raises:
            OmokageError: BAD_WEIGHTS, the head does not return probabilities.
        """
        embeddings = reading.embeddings_of(self._baseline.embedder)
        disagreements = self._baseline.disagreements(embeddings, mask_of(cannot_link_ids, list(self._baseline.people)))
        probabilities = self.probabilities(reading, cannot_link_ids)
        return name_faces(probabilities, self._people, NAME_FROM, confirmed, disagreements)

    def probabilities(self, reading: PhotoReading, cannot_link_ids: Sequence[frozenset[int]]) -> NDArray[np.float64]:
        """Return probabilities (N, P + 1) over the people of both, rows sum to 1, "unknown" last.

        Raises:
            OmokageError: BAD_WEIGHTS, the head does not return probabilities.
        """
        head = checked_probabilities(self._head.probabilities(reading), len(reading.faces), len(self._class_ids))
        deleted = np.array([person_id not in self._people for person_id in self._class_ids], bool)
        excluded = mask_of(cannot_link_ids, self._class_ids) | deleted
        ids, embeddings = list(self._baseline.people), reading.embeddings_of(self._baseline.embedder)
        baseline = self._baseline.probabilities(embeddings, mask_of(cannot_link_ids, ids))
        column_of = {person_id: column for column, person_id in enumerate(self._people)}
        own, doubted = np.where(excluded, 0.0, head[:, :-1]), np.where(excluded, head[:, :-1], 0.0)
        new_people = exclude_trained(baseline, [person_id in self._class_ids for person_id in ids])
        probabilities = np.zeros((len(head), len(column_of) + 1))
        # Two classes may be of one person; a class whose person was deleted is excluded in all rows, and adds nothing.
        np.add.at(probabilities.T, [column_of.get(person_id, len(column_of)) for person_id in self._class_ids], own.T)
        probabilities[:, [column_of[person_id] for person_id in ids] + [len(column_of)]] += (
            doubted.sum(1)[:, None] * baseline + head[:, -1:] * new_people
        )
        return probabilities


def exclude_trained(probabilities: NDArray[np.float64], trained: Sequence[bool]) -> NDArray[np.float64]:
    """Condition probabilities (N, P + 1) on a face showing nobody of the `trained` (P); rows sum to 1."""
    left = np.where([*trained, False], 0.0, probabilities)
    total = left.sum(1, keepdims=True)
    nobody = np.zeros_like(probabilities)
    nobody[:, -1] = 1.0
    return np.where(total > 0, left / np.where(total > 0, total, 1.0), nobody)


def checked_probabilities(probabilities: NDArray[np.floating], faces: int, classes: int) -> NDArray[np.float64]:
    """Check a head's probabilities, and normalise their rows to a sum of 1.

    Raises:
        OmokageError: BAD_WEIGHTS, not (faces, classes + 1) probabilities: the weights are NaN, or another head's.
    """
    wide = np.asarray(probabilities, np.float64)
    if wide.shape != (faces, classes + 1) or not (np.isfinite(wide) & (wide >= 0)).all():
        raise OmokageError(ErrorCode.BAD_WEIGHTS)
    total = wide.sum(1, keepdims=True)
    if (np.abs(total - 1) > _ROUNDING).any():
        raise OmokageError(ErrorCode.BAD_WEIGHTS)
    return np.asarray(wide / total)
