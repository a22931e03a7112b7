"""Evaluate the bytes of a picture with recognisers, exactly as `/classify` does."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from core.domain.faces import SAME_FACE_IOU, Box, Candidate, DetectedFace, box_iou, without_people
from core.domain.optimisation import Prediction
from core.vision.recognition.mean_embedding import MAX_CANDIDATES
from core.vision.recognition.version_recogniser import checked_probabilities

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from core.services.people.service import PeopleService
    from core.services.recognition.service import ClassifyService
    from core.vision.recognition.mean_embedding import Head
    from core.vision.recognition.photo_reader import PhotoReading


class PhotoReader(Protocol):
    """The part of core.vision.recognition.photo_reader.PhotoReader that is used here."""

    def read(self, data: bytes, *, turns: bool) -> PhotoReading:
        """Decode, turn upright if asked to, find faces, embed; raises OmokageError for what is no photo."""

    def whole(self, image: NDArray[np.uint8]) -> PhotoReading:
        """Read the middle of a picture as if it were a face."""

    def close(self) -> None:
        """Release what reading holds."""


# Chooses a face of a picture by index; None: none of them.
SelectFace: TypeAlias = Callable[["Sequence[DetectedFace]"], int | None]


@dataclass(frozen=True, slots=True)
class EvaluatedPicture:
    """A picture that was read.

    `sha256`: of its bytes. `face_index`: of the face that is evaluated, None: it was not found. `subject`: that face
    alone, or the whole picture in its place.
    """

    sha256: str
    reading: PhotoReading
    face_index: int | None
    subject: PhotoReading

    @property
    def face(self) -> DetectedFace | None:
        """The face that is evaluated."""
        return None if self.face_index is None else self.reading.faces[self.face_index]


class PictureEvaluator:
    """Reads pictures, and predicts with heads whom they show.

    Args:
        reader: as `/classify` reads photos.
        classifier: `/classify`'s own service, which names faces.
        people: the current names.
    """

    def __init__(self, reader: PhotoReader, classifier: ClassifyService, people: PeopleService) -> None:
        self._reader = reader
        self._classifier = classifier
        self._people = people

    def close(self) -> None:
        """Release what reading holds; the next picture acquires it again."""
        self._reader.close()

    def read(self, data: bytes, select_face: SelectFace) -> EvaluatedPicture:
        """Read a picture once, to be evaluated by any number of heads.

        Raises:
            OmokageError: what is wrong with the picture, and what `select_face` raises.
        """
        # Attacked pictures are upright: one whose face is lost must not be turned in search of others.
        reading = self._reader.read(data, turns=False)
        index = select_face(reading.faces)
        subject = self._reader.whole(reading.image) if index is None else reading.only(index)
        return EvaluatedPicture(hashlib.sha256(data).hexdigest(), reading, index, subject)

    def predict(self, picture: EvaluatedPicture, head: Head, person_id: int, guild_id: int) -> Prediction:
        """Predict whom a picture shows, and the probability of one person in particular.

        Raises:
            OmokageError: BAD_WEIGHTS, the head does not return probabilities.
        """
        # Who objected is named as little as who was deleted since the training.
        objecting = self._people.objecting_ids(guild_id)
        names = {id_: name for id_, name in self._people.names(guild_id).items() if id_ not in objecting}
        ids = [person_id for _, person_id in head.classes]
        (open_set,) = checked_probabilities(head.probabilities(picture.subject), 1, len(ids))
        closed = _by_person(head.known(picture.subject)[0], ids, names)
        likeliest = sorted(closed, key=lambda person_id: -closed[person_id])[:MAX_CANDIDATES]
        gone = sum(
            probability for probability, person_id in zip(open_set[:-1], ids, strict=True) if person_id not in names
        )
        return Prediction(
            found=picture.face_index is not None,
            top=tuple(Candidate(person_id, names[person_id], closed[person_id]) for person_id in likeliest),
            target=closed.get(person_id, 0.0),
            unknown=float(open_set[-1] + gone),
            named=self._named(picture, head, guild_id, objecting),
        )

    def _named(self, picture: EvaluatedPicture, head: Head, guild_id: int, objecting: frozenset[int]) -> str | None:
        if picture.face_index is None:
            return None
        faces = self._classifier.recognise_as(head, picture.reading, picture.sha256, guild_id)
        named = without_people(faces[picture.face_index], objecting).named
        return named.name if named else None


def select_best(faces: Sequence[DetectedFace]) -> int | None:
    """Choose the best face, in a picture that had none at the start."""
    return 0 if faces else None


def select_near(box: Box) -> SelectFace:
    """Make a selector of the face that overlaps `box` most, if it is the same face."""

    def select(faces: Sequence[DetectedFace]) -> int | None:
        overlaps = [box_iou(face.box, box) for face in faces]
        index = max(range(len(faces)), key=overlaps.__getitem__, default=None)
        return index if index is not None and overlaps[index] >= SAME_FACE_IOU else None

    return select


def _by_person(probabilities: NDArray[np.float64], ids: Sequence[int], names: Any) -> dict[int, float]:
    """Map class probabilities to the people who were not deleted; they sum to 1. Two classes may share a person."""
    result: dict[int, float] = {}
    for person_id, probability in zip(ids, probabilities, strict=True):
        if person_id in names:
            result[person_id] = result.get(person_id, 0.0) + float(probability)
    total = sum(result.values()) or 1.0
    return {person_id: probability / total for person_id, probability in result.items()}
