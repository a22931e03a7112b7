"""Cut stored faces out of their photos, as tiles of a picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

from core.domain.errors import OmokageError
from core.domain.faces import Box, DetectedFace
from core.render.pixelate import pixelate
from core.vision.views import Framing, View, render_view

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.domain.face_records import FaceRecord
    from core.storage.blobs import Blobs


class PhotoTurner(Protocol):
    """The reader of photos: core.vision.recognition.photo_reader, as far as it is used here."""

    def upright_photo(
        self, data: bytes, faces: Sequence[DetectedFace]
    ) -> tuple[NDArray[np.uint8], Sequence[DetectedFace]]:
        """Decode a photo, and turn it as it was when these faces were detected in it."""


def face_tile(
    record: FaceRecord, hidden: Iterable[Box], side: int, blobs: Blobs, reader: PhotoTurner
) -> NDArray[np.uint8] | None:
    """Cut a face out of its photo.

    Args:
        record: the stored face.
        hidden: faces in its photo that are blurred.
        side: of the tile, in pixels.
        blobs: has the photo.
        reader: decodes it.

    Returns:
        A tile (side, side, 3) RGB; None where the photo is gone or cannot be read.
    """
    if record.photo is None:
        return None
    try:
        data = blobs.get(record.photo)
        if not record.landmarks:
            image, landmarks = reader.upright_photo(data, [])[0], None
        else:
            one, two, three, four, five = record.landmarks
            detected = DetectedFace(record.box, record.score, (one, two, three, four, five))
            image, (face, *_) = reader.upright_photo(data, [detected])
            landmarks = face.landmarks
        for box in hidden:
            image = pixelate(image, box)
        view = View(Framing.CROP if landmarks is None else Framing.FACE, side)
        return render_view(view, image, landmarks, record.box)
    except (OmokageError, ValueError):
        return None
