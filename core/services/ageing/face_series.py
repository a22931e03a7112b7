"""One face at many ages, as pictures of its own: for strips and films."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from core.domain.ageing import STRIP_AGES, age_is_allowed
from core.vision.crop import overhang
from core.vision.embedding.align import FaceChips, face_chips, join_chips
from core.vision.transfer.cutting import cut_face
from core.vision.transfer.delta import transfer
from core.vision.transfer.square import FaceSquare
from core.vision.views import MAX_OVERHANG, Framing, View, crop_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.models.ageing.face_ager import FaceAger
    from core.services.ageing.assessment import AssessedFace

    Pictures = NDArray[np.uint8]

SIDE = 256  # pixels a side: as large as a film is; of a face of usual photos
_FRAMES = 8  # of a film for each ten years: 0.4 seconds, in which one can follow what changes
_STILL = 10  # frames for which the youngest and the oldest are shown
_NEAR = 3  # years around the present age that the photo itself stands for


class FaceSeries:
    """A face of a photo, which can be shown at other ages.

    Args:
        photo: (H, W, 3) RGB.
        face: that was not refused.
        ager: the model.
    """

    def __init__(self, photo: NDArray[np.uint8], face: AssessedFace, ager: FaceAger) -> None:
        if face.picture is None or face.present is None:
            raise ValueError("a face that was refused is not aged")
        self._ager = ager
        self._picture = face.picture
        self.present = face.present
        self.ages = tuple(age for age in STRIP_AGES if age_is_allowed(face.present, age))
        framing = _framing(photo, face)
        self.own = cut_face(photo, face.detected.landmarks, View(framing, SIDE))  # (SIDE, SIDE, 3)
        self._landmarks = FaceSquare(framing, face.detected.landmarks).points(face.detected.landmarks, SIDE)

    def strip(self) -> Pictures:
        """Return the face at each of `ages`, (N, SIDE, SIDE, 3)."""
        return self._show(self._changes(self.ages))

    def film(self) -> Pictures:
        """Return the frames from the youngest age to the oldest and back, (F, SIDE, SIDE, 3)."""
        ages = [age for age in self.ages if abs(age - self.present) > _NEAR]
        keys: dict[float, NDArray[np.float32]] = {self.present: np.zeros(self._picture.shape, np.float32)}
        keys |= dict(zip(ages, self._changes(ages), strict=True)) if ages else {}
        frames = self._show(np.concatenate(list(_between(dict(sorted(keys.items()))))))
        there = [*[frames[0]] * _STILL, *frames[1:-1], *[frames[-1]] * _STILL]
        return np.stack([*there, *frames[-2:0:-1]])

    def chips(self, pictures: Pictures) -> FaceChips:
        """Align the face in pictures of it (N, SIDE, SIDE, 3) for the embedding networks."""
        return join_chips(face_chips(picture, [self._landmarks]) for picture in pictures)

    def _changes(self, ages: Sequence[float]) -> NDArray[np.float32]:
        """Return what to add to the ager's picture for each of the ages, (N, S, S, 3)."""
        count = len(ages)
        pictures = np.repeat(self._picture[None], count, axis=0)
        change = self._ager.change(pictures, np.full(count, self.present, np.float32), np.asarray(ages, np.float32))
        return change.mask * change.delta

    def _show(self, changes: NDArray[np.float32]) -> Pictures:
        """Return the face with each change (N, S, S, 3)."""
        framing = self._ager.view.framing
        return np.stack([transfer(self.own, framing, [self._landmarks], change[None]) for change in changes])


def _framing(photo: NDArray[np.uint8], face: AssessedFace) -> Framing:
    """Return PORTRAIT, or FACE, which is closer, where the photo does not reach so far."""
    crop = crop_of(Framing.PORTRAIT, face.detected.landmarks)
    return Framing.PORTRAIT if overhang(photo, crop) <= MAX_OVERHANG * crop.side else Framing.FACE


def _between(keys: Mapping[float, NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
    """Yield the changes (F, S, S, 3) on the way from each age to the next; the last ends with the last age's own.

    In between, changes are mixed: networks that know only decades would jump.
    """
    for (start, first), (end, second) in pairwise(keys.items()):
        count = max(1, round(_FRAMES * (end - start) / 10))
        fractions = np.linspace(0, 1, count, endpoint=False, dtype=np.float32)[:, None, None, None]
        yield first + fractions * (second - first)
    yield list(keys.values())[-1][None]
