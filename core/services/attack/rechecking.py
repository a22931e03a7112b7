"""What recognisers say of the bytes of a picture, by the way that `/classify` takes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from core.domain.faces import SAME_FACE_IOU, Box, Candidate, DetectedFace, box_iou
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
    """As much of core.vision.recognition.photo_reader as is needed here."""

    def read(self, data: bytes, *, turns: bool) -> PhotoReading:
        """Decode, turn upright if asked to, find faces, embed; raises OmokageError for what is no photo."""

    def whole(self, image: NDArray[np.uint8]) -> PhotoReading:
        """The middle of a picture as if it was a face."""

    def close(self) -> None:
        """Give back what reading holds."""


# Which of a picture's faces is meant, None: none of them.
SelectFace: TypeAlias = Callable[["Sequence[DetectedFace]"], int | None]


@dataclass(frozen=True, slots=True)
class EvaluatedPicture:
    """A picture as it was read.

    `photo`: sha256 of its bytes. `number`: the place of the face that is meant, None: it was not found. `meant`: that
    face alone, or the whole picture in its place.
    """

    photo: str
    reading: PhotoReading
    number: int | None
    meant: PhotoReading

    @property
    def face(self) -> DetectedFace | None:
        """The face that is meant."""
        return None if self.number is None else self.reading.faces[self.number]


class PictureEvaluator:
    """Reads pictures, and asks heads about them.

    Args:
        eyes: as `/classify` reads photos.
        classifier: `/classify`'s own service, which names faces.
        people: what everybody is called now.
    """

    def __init__(self, eyes: PhotoReader, classifier: ClassifyService, people: PeopleService) -> None:
        self._eyes = eyes
        self._classifier = classifier
        self._people = people

    def close(self) -> None:
        """Give back what reading holds; the next picture takes it again."""
        self._eyes.close()

    def look(self, data: bytes, pick: SelectFace) -> EvaluatedPicture:
        """Read a picture's bytes; its verdicts are for as many heads as one likes.

        Raises:
            OmokageError: what is wrong with the picture, and what `pick` raises.
        """
        # Attacked pictures are upright: one whose face is lost must not be turned in search of others.
        reading = self._eyes.read(data, turns=False)
        number = pick(reading.faces)
        meant = self._eyes.whole(reading.image) if number is None else reading.only(number)
        return EvaluatedPicture(hashlib.sha256(data).hexdigest(), reading, number, meant)

    def verdict(self, sight: EvaluatedPicture, head: Head, person_id: int, guild_id: int) -> Prediction:
        """What a head says of a picture, and of one person in particular.

        Raises:
            OmokageError: BAD_WEIGHTS, the head's answer is none.
        """
        names = self._people.names(guild_id)
        ids = [one for _, one in head.classes]
        (opened,) = checked_probabilities(head.probabilities(sight.meant), 1, len(ids))
        known = _by_person(head.known(sight.meant)[0], ids, names)
        likeliest = sorted(known, key=lambda one: -known[one])[:MAX_CANDIDATES]
        # Of people who were deleted since the training, nobody is named any more.
        gone = sum(chance for chance, one in zip(opened[:-1], ids, strict=True) if one not in names)
        return Prediction(
            found=sight.number is not None,
            top=tuple(Candidate(one, names[one], known[one]) for one in likeliest),
            target=known.get(person_id, 0.0),
            unknown=float(opened[-1] + gone),
            named=self._named(sight, head, guild_id),
        )

    def _named(self, sight: EvaluatedPicture, head: Head, guild_id: int) -> str | None:
        if sight.number is None:
            return None
        faces = self._classifier.recognise_as(head, sight.reading, sight.photo, guild_id)
        named = faces[sight.number].named
        return named.name if named else None


def select_best(faces: Sequence[DetectedFace]) -> int | None:
    """Of a picture that had no face to begin with: the clearest."""
    return 0 if faces else None


def select_near(box: Box) -> SelectFace:
    """The face that covers the most of where it was, if it is the same one."""

    def pick(faces: Sequence[DetectedFace]) -> int | None:
        covered = [box_iou(face.box, box) for face in faces]
        number = max(range(len(faces)), key=covered.__getitem__, default=None)
        return number if number is not None and covered[number] >= SAME_FACE_IOU else None

    return pick


def _by_person(chances: NDArray[np.float64], ids: Sequence[int], names: Any) -> dict[int, float]:
    """Chances of classes as those of the people who are still there; they sum to 1 (two classes may be of one)."""
    found: dict[int, float] = {}
    for person_id, chance in zip(ids, chances, strict=True):
        if person_id in names:
            found[person_id] = found.get(person_id, 0.0) + float(chance)
    total = sum(found.values()) or 1.0
    return {person_id: chance / total for person_id, chance in found.items()}
