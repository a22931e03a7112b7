"""A trained version and the method that needs no training, as one recogniser.

The version speaks first. Of what it leaves to "unknown", the other method says whether it is somebody whom the guild
got to know since the training. And where members said that a face is not whom the version takes it for, the version has
proved wrong on this face, and its certainty goes to the other method, which knows the face by its neighbours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.domain.errors import ErrorCode, OmokageError
from core.vision.recognition.mean_embedding import (
    ConfirmedNames,
    FaceNaming,
    Head,
    MeanEmbeddingRecogniser,
    RecogniserConfig,
    mask_of,
    name_faces,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.vision.recognition.photo_reader import PhotoReading

_ROUNDING = 1e-3  # how far a row of a network in single precision may be from 1


class VersionRecogniser:
    """Names faces with a trained head, and with the live method those whom it was not trained on.

    Args:
        head: of the version.
        live: compares with what members have named until now.
        names: what the guild's people are called now, by id. Somebody who is not there was deleted since the training,
            and nobody is named so any more.
    """

    def __init__(
        self,
        head: Head,
        live: MeanEmbeddingRecogniser,
        names: Mapping[int, str],
        config: RecogniserConfig | None = None,
    ) -> None:
        self._head = head
        self._live = live
        self._class_ids = [person_id for _, person_id in head.classes]
        trained = {one: names[one] for one in self._class_ids if one in names}
        self._people = {one: names.get(one, name) for one, name in live.people.items()} | trained
        self._config = config or RecogniserConfig()

    def recognise(
        self, reading: PhotoReading, cannot_link_ids: Sequence[frozenset[int]], confirmed: ConfirmedNames = ()
    ) -> list[FaceNaming]:
        """For each face of a photo a naming, see `namings`.

        Args:
            reading: the photo.
            cannot_link_ids: for each face, ids of people that it does not show.
            confirmed: for each face, whom people named it as.

        Raises:
            OmokageError: BAD_WEIGHTS, the head's answer is none.
        """
        return name_faces(self.probabilities(reading, cannot_link_ids), self._people, self._config.name_from, confirmed)

    def probabilities(self, reading: PhotoReading, cannot_link_ids: Sequence[frozenset[int]]) -> NDArray[np.float64]:
        """(N, P + 1) over the people of both, rows sum to 1, "unknown" is last.

        Raises:
            OmokageError: BAD_WEIGHTS, the head's answer is none.
        """
        head = checked_probabilities(self._head.probabilities(reading), len(reading.faces), len(self._class_ids))
        gone = np.array([one not in self._people for one in self._class_ids], bool)
        refused = mask_of(cannot_link_ids, self._class_ids) | gone
        ids = list(self._live.people)
        live = self._live.probabilities(reading.embeddings, mask_of(cannot_link_ids, ids))
        place = {person_id: column for column, person_id in enumerate(self._people)}
        own, doubted = np.where(refused, 0.0, head[:, :-1]), np.where(refused, head[:, :-1], 0.0)
        others = exclude_trained(live, [one in self._class_ids for one in ids])
        chances = np.zeros((len(head), len(place) + 1))
        # Two classes may be of one person; one whose person is gone is refused in all rows, and adds nothing.
        np.add.at(chances.T, [place.get(one, len(place)) for one in self._class_ids], own.T)
        chances[:, [place[one] for one in ids] + [len(place)]] += doubted.sum(1)[:, None] * live + head[:, -1:] * others
        return chances


def exclude_trained(chances: NDArray[np.float64], trained: Sequence[bool]) -> NDArray[np.float64]:
    """The same chances (N, P + 1) if it is known that a face shows nobody of the `trained` (P); rows sum to 1."""
    left = np.where([*trained, False], 0.0, chances)
    total = left.sum(1, keepdims=True)
    nobody = np.zeros_like(chances)
    nobody[:, -1] = 1.0
    return np.where(total > 0, left / np.where(total > 0, total, 1.0), nobody)


def checked_probabilities(chances: NDArray[np.floating], faces: int, classes: int) -> NDArray[np.float64]:
    """A head's answer, with rows that sum to 1 exactly.

    Raises:
        OmokageError: BAD_WEIGHTS, it is not (faces, classes + 1) probabilities: weights that are no numbers, or others.
    """
    wide = np.asarray(chances, np.float64)
    if wide.shape != (faces, classes + 1) or not (np.isfinite(wide) & (wide >= 0)).all():
        raise OmokageError(ErrorCode.BAD_WEIGHTS)
    total = wide.sum(1, keepdims=True)
    if (np.abs(total - 1) > _ROUNDING).any():
        raise OmokageError(ErrorCode.BAD_WEIGHTS)
    return np.asarray(wide / total)
