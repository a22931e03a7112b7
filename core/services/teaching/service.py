"""Find the faces of contributed photos, and keep those that are good enough: cropped, upright, without metadata."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
from PIL import Image

from core.domain.data.curation import LIMITS
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box, DetectedFace
from core.domain.jobs import Job, JobCancelledError
from core.domain.people import NewFace
from core.domain.teaching import LeftOut, TeachRequest, TeachResult
from core.services.recognition.service import new_face
from core.vision.age.fitness import MAX_TURN, turn
from core.vision.crop import cut_square, to_square
from core.vision.curation.detail import DETAIL_SIDE, detail
from core.vision.views import largest_portrait

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from core.services.people.gallery import GalleryService
    from core.storage.blobs import Blobs
    from core.vision.recognition.photo_reader import PhotoReading

    Progress = Callable[[str, float], None]
    Cancelled = Callable[[], bool]

MIN_FACE = 40.0  # pixels a side: the embedding networks look at 112 and 150, and enlarge what is smaller
_QUALITY = 92  # of the crops' JPEG: with full colour no difference to the photo is seen


class PhotoReader(Protocol):
    """The reader of photos: core.vision.recognition.photo_reader, as far as it is used here."""

    def read(self, data: bytes) -> PhotoReading:
        """Decode a photo, find its faces and embed them; OmokageError where the bytes are no photo."""


@dataclass(frozen=True, slots=True)
class TeachOutcome:
    """The result of a job, and the faces that it keeps, numbered from 1."""

    result: TeachResult
    faces: tuple[NewFace, ...]


@dataclass(slots=True)
class _KeptFaces:
    """The faces of a job that are kept so far, for a guild that is on this embedder; `alone` as in `TeachResult`."""

    guild_id: int
    embedder: str
    faces: list[NewFace] = field(default_factory=list)
    alone: list[int] = field(default_factory=list)
    left_out: Counter[LeftOut] = field(default_factory=Counter)


class TeachService:
    """Keeps the faces of contributed photos.

    Args:
        reader: finds and embeds faces.
        gallery: knows which embedder each guild is on, and which pictures it has.
        blobs: where photos are and crops go.
    """

    def __init__(self, reader: PhotoReader, gallery: GalleryService, blobs: Blobs) -> None:
        self._reader = reader
        self._gallery = gallery
        self._blobs = blobs

    def answer(self, job: Job, progress: Progress, cancelled: Cancelled) -> TeachOutcome:
        """Answer a job; its only stage is finding-faces.

        Raises:
            OmokageError: PHOTO_GONE, all photos are gone.
            JobCancelledError: `cancelled` returned True before a photo.
        """
        request = TeachRequest.from_json(job.params)
        kept = _KeptFaces(job.origin.guild_id, self._gallery.embedder(job.origin.guild_id))
        gone = 0
        for number, photo in enumerate(request.photos):
            if cancelled():
                raise JobCancelledError
            progress("finding-faces", number / len(request.photos))
            try:
                reading = self._reader.read(self._blobs.get(photo))
            except OmokageError as error:
                gone += error.code is ErrorCode.PHOTO_GONE
                if gone == len(request.photos):
                    raise
                kept.left_out[LeftOut.UNREADABLE] += 1
            else:
                self._keep_faces(reading, kept)
        crops = tuple(face.photo for face in kept.faces)
        result = TeachResult(len(request.photos), crops, tuple(kept.alone), dict(kept.left_out))
        return TeachOutcome(result, tuple(kept.faces))

    def _keep_faces(self, reading: PhotoReading, kept: _KeptFaces) -> None:
        """Add the faces of a photo to those that are kept, or to those that are left out."""
        if not reading.faces:
            kept.left_out[LeftOut.NO_FACE] += 1
        for index, face in enumerate(reading.faces):
            reason = fault(reading.image, face)
            if reason is None:
                reason = self._keep_face(reading, index, kept)
            if reason is not None:
                kept.left_out[reason] += 1

    def _keep_face(self, reading: PhotoReading, index: int, kept: _KeptFaces) -> LeftOut | None:
        picture, detected = cropped(reading.image, reading.faces[index])
        photo = self._blobs.put(encode_crop(picture))
        if photo in {face.photo for face in kept.faces} or self._gallery.has_photo(kept.guild_id, photo):
            return LeftOut.REPEATED
        face = new_face(len(kept.faces) + 1, reading, index, kept.embedder)
        kept.faces.append(replace(face, box=detected.box, landmarks=detected.landmarks, photo=photo))
        if len(reading.faces) == 1:
            kept.alone.append(face.number)
        return None


def fault(image: NDArray[np.uint8], face: DetectedFace) -> LeftOut | None:
    """Return why a face of a photo (H, W, 3) RGB is not learnt from; None: nothing speaks against it."""
    if min(face.box.w, face.box.h) < MIN_FACE:
        return LeftOut.SMALL
    if turn(face.landmarks) > MAX_TURN:
        return LeftOut.PROFILE
    square = cut_square(image, largest_portrait(image, face.landmarks), DETAIL_SIDE)
    return LeftOut.BLURRED if detail(square) < LIMITS.min_detail else None


def cropped(image: NDArray[np.uint8], face: DetectedFace) -> tuple[NDArray[np.uint8], DetectedFace]:
    """Return the upright portrait (S, S, 3) of a face, 512 pixels a side at most, and where the face is in it.

    Raises:
        ValueError: landmarks that span no area.
    """
    crop = largest_portrait(image, face.landmarks)
    picture = cut_square(image, crop)
    matrix, scale = to_square(crop, len(picture)), len(picture) / crop.side
    one, two, three, four, five = _moved(matrix, face.landmarks)
    ((x, y),) = _moved(matrix, [(face.box.x + face.box.w / 2, face.box.y + face.box.h / 2)])
    width, height = face.box.w * scale, face.box.h * scale
    box = Box(x - width / 2, y - height / 2, width, height)  # a box stays upright
    return picture, DetectedFace(box, face.score, (one, two, three, four, five))


def encode_crop(picture: NDArray[np.uint8]) -> bytes:
    """Encode a crop (S, S, 3) as JPEG, without any metadata; the same pixels give the same bytes."""
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "JPEG", quality=_QUALITY, subsampling=0)
    return out.getvalue()


def _moved(matrix: NDArray[np.float64], points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    moved = np.asarray(points, np.float64) @ matrix[:, :2].T + matrix[:, 2]
    return [(float(x), float(y)) for x, y in moved]
