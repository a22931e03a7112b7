"""Assess the faces of a photo: how old they look, what is asked for, and which are left as they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np

from core.domain.ageing import AgeRefusal, age_is_allowed
from core.vision.transfer.cutting import cut_face

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.faces import DetectedFace
    from core.models.ageing.face_ager import FaceAger
    from core.vision.recognition.photo_reader import PhotoReading

# How old faces of a photo (H, W, 3) look, (N,) in years.
EstimateAges: TypeAlias = "Callable[[NDArray[np.uint8], Sequence[DetectedFace]], NDArray[np.float32]]"
# Whether faces of a photo (H, W, 3) can be aged: PROFILE, SUNGLASSES, or None of each.
FindUnfit: TypeAlias = "Callable[[NDArray[np.uint8], Sequence[DetectedFace]], Sequence[AgeRefusal | None]]"

# Pixels of the detector's box, which is about as high as the square that the age network sees. Below, that network's
# error grows (`python -m benchmarks age`), and of lines and wrinkles nothing is left to be changed.
MIN_FACE_HEIGHT = 40
_TYPICAL = 1.0  # see `FaceAger.typicality`


class ObjectionCheck(Protocol):
    """What knows who does not want to be aged: core.services.ageing.objections."""

    def find(self, reading: PhotoReading, photo: str, guild_id: int) -> Sequence[bool]:
        """Return for each face of a photo whether its person probably objected."""


@dataclass(frozen=True, slots=True)
class AssessedFace:
    """A face of a photo.

    `picture` (S, S, 3) is in the ager's view; `present`: how old it looks, in years; `age` is asked for. None where the
    face is refused before it is looked at. `drawn`: the model knows drawn people only, of whom none is a child.
    """

    index: int
    detected: DetectedFace
    picture: NDArray[np.uint8] | None = None
    present: float | None = None
    age: int | None = None
    refusal: AgeRefusal | None = None
    drawn: bool = False

    def may_be(self, age: float) -> bool:
        """Whether the face may be shown at an age; the age network takes many drawn adults for children."""
        return self.drawn or self.present is None or age_is_allowed(self.present, age)


class FaceAssessor:
    """Looks at faces before they are aged.

    Args:
        estimate: how old faces look.
        find_unfit: finds profiles and sunglasses.
        objections: finds the faces of people who objected.
    """

    def __init__(self, estimate: EstimateAges, find_unfit: FindUnfit, objections: ObjectionCheck) -> None:
        self._estimate = estimate
        self._find_unfit = find_unfit
        self._objections = objections

    def assess(
        self,
        reading: PhotoReading,
        indices: Sequence[int],
        ager: FaceAger,
        age_of: Callable[[float], int | None],
        *,
        photo: str,
        guild_id: int,
        drawn: bool = False,
    ) -> list[AssessedFace]:
        """Assess faces of a photo; at those of people who objected nothing is looked, not even how old they look.

        Args:
            reading: the photo.
            indices: of its faces.
            ager: the model that is to age them.
            age_of: from how old a face looks to the age that is asked for; None: any that is allowed.
            photo: the sha256 of its bytes, by which labels are found.
            guild_id: whose people may have objected.
            drawn: whether the model knows drawn people only.
        """
        objected = self._objections.find(reading, photo, guild_id)
        refused = {
            index: AgeRefusal.OBJECTED if objected[index] else AgeRefusal.TOO_SMALL
            for index in indices
            if objected[index] or reading.faces[index].box.h < MIN_FACE_HEIGHT
        }
        faces = {index: AssessedFace(index, reading.faces[index], refusal=why) for index, why in refused.items()}
        others = [index for index in indices if index not in refused]
        faces |= {face.index: face for face in self._look(reading, others, ager, age_of, drawn=drawn)}
        return [faces[index] for index in indices]

    def _look(
        self,
        reading: PhotoReading,
        indices: Sequence[int],
        ager: FaceAger,
        age_of: Callable[[float], int | None],
        *,
        drawn: bool,
    ) -> list[AssessedFace]:
        if not indices:
            return []
        faces = [reading.faces[index] for index in indices]
        pictures = np.stack([cut_face(reading.image, face.landmarks, ager.view) for face in faces])
        present = self._estimate(reading.image, faces)
        unfit = self._find_unfit(reading.image, faces)
        typical = ager.typicality(pictures) >= _TYPICAL
        rows = zip(indices, faces, pictures, present, unfit, typical, strict=True)
        return [
            _assessed(
                AssessedFace(index, face, picture, float(years), age_of(float(years)), refusal, drawn),
                typical=is_typical,
            )
            for index, face, picture, years, refusal, is_typical in rows
        ]


def _assessed(face: AssessedFace, *, typical: bool) -> AssessedFace:
    """Return the face with the first reason to leave it as it is, if there is one."""
    if face.refusal is not None or face.present is None:
        return face
    if not typical:
        return replace(face, refusal=AgeRefusal.UNLIKE_TRAINING)
    if face.age is not None and not face.may_be(face.age):
        return replace(face, refusal=AgeRefusal.CHILD)
    return face
