"""Select one face of a member's photo and crop it in a model's framing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box, DetectedFace, RecognisedFace
from core.domain.training.presets import bad_option
from core.render.annotate import annotate
from core.vision.datasets.main_face import MainFaceDetector
from core.vision.detection.orientation import make_upright
from core.vision.recognition.photo_reader import best_faces
from core.vision.views import Framing, View, render_view

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.vision.recognition.photo_reader import Decoder, Detector

# In box sides, on each side: more than a portrait crop of an upright face needs.
_MARGIN = 1.5


class SeveralFacesError(Exception):
    """A photo shows several faces and no index was given; `picture` (JPEG) shows them numbered from 1."""

    def __init__(self, faces: int, picture: bytes) -> None:
        super().__init__(f"{faces} faces")
        self.faces = faces
        self.picture = picture


class FaceCropper:
    """Decode photos, detect faces in them and crop one; nothing is stored."""

    def __init__(self, decoder: Decoder, detector: Detector) -> None:
        self._decoder = decoder
        self._detector = MainFaceDetector(detector)

    def crop(self, data: bytes, view: View, index: int | None) -> NDArray[np.uint8]:
        """Return one face of a photo, (S, S, 3) RGB.

        Args:
            data: the photo's bytes, untrusted.
            view: the framing; for whole pictures no face is detected.
            index: which of several faces, from 0, best first; None: the only one.

        Raises:
            OmokageError: NO_FACE, BAD_OPTION (there is no face of that index), or what is wrong with the photo.
            SeveralFacesError: there are several, and `index` is None.
        """
        image = self._decoder.decode(data)
        if view.framing is Framing.WHOLE:
            return render_view(view, image, None)
        rotated = make_upright(lambda picture: best_faces(self._detector.detect(picture)), image)
        face = rotated.faces[select_face_index(rotated.image, rotated.faces, index)]
        window, landmarks, box = _surroundings(rotated.image, face)
        return render_view(view, window, landmarks, box)

    def close(self) -> None:
        """End the process that decodes photos; the next photo starts another."""
        self._decoder.close()


def select_face_index(image: NDArray[np.uint8], faces: Sequence[DetectedFace], index: int | None) -> int:
    """Return the index of the requested face among the faces of a photo.

    Args:
        image: the photo, (H, W, 3) RGB.
        faces: best first.
        index: from 0; None: the only one.

    Raises:
        OmokageError: NO_FACE, BAD_OPTION (there is no face of that index).
        SeveralFacesError: there are several, and `index` is None.
    """
    if not faces:
        raise OmokageError(ErrorCode.NO_FACE)
    if index is None and len(faces) > 1:
        raise SeveralFacesError(len(faces), annotate(image, [RecognisedFace(face, (), None) for face in faces]).data)
    if not 0 <= (index or 0) < len(faces):
        raise bad_option("face", (index or 0) + 1, f"1 to {len(faces)}")
    return index or 0


def _surroundings(
    image: NDArray[np.uint8], face: DetectedFace
) -> tuple[NDArray[np.uint8], list[tuple[float, float]], Box]:
    """Cut out a window around a face; return it with the landmarks and the box in its coordinates.

    Beyond the photo's edge the edge's pixels are repeated, so that a face at the edge is framed like any other.
    """
    box, (height, width) = face.box, image.shape[:2]
    reach = _MARGIN * max(box.w, box.h)
    left, top = math.floor(box.x - reach), math.floor(box.y - reach)
    right, bottom = math.ceil(box.x + box.w + reach), math.ceil(box.y + box.h + reach)
    columns = np.clip(np.arange(left, max(right, left + 1)), 0, width - 1)
    rows = np.clip(np.arange(top, max(bottom, top + 1)), 0, height - 1)
    landmarks = [(x - left, y - top) for x, y in face.landmarks]
    return image[rows[:, None], columns], landmarks, Box(box.x - left, box.y - top, box.w, box.h)
