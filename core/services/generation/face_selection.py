"""The face in a member's photo that is meant, framed as a model wants it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box, DetectedFace, RecognisedFace
from core.domain.training.presets import bad_option
from core.render.annotate import annotate
from core.vision.datasets.main_face import find_face
from core.vision.detection.orientation import make_upright
from core.vision.recognition.photo_reader import best_faces
from core.vision.views import Framing, View, render_view

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.vision.recognition.photo_reader import Decoder, Detector

# Of the box, on each side: as far as a portrait reaches around a face that is not tilted, and some more.
_MARGIN = 1.5


class SeveralFacesError(Exception):
    """Somebody has to say which face is meant; `picture` (JPEG) shows them with their numbers, from 1."""

    def __init__(self, faces: int, picture: bytes) -> None:
        super().__init__(f"{faces} faces")
        self.faces = faces
        self.picture = picture


class FaceCropper:
    """Reads photos with the parts that it is given; keeps nothing of them."""

    def __init__(self, decoder: Decoder, detector: Detector) -> None:
        self._decoder = decoder
        self._detector = detector

    def picture(self, data: bytes, view: View, index: int | None) -> NDArray[np.uint8]:
        """One face of a photo, (S, S, 3) RGB.

        Args:
            data: the photo's bytes, whatever they are.
            view: the framing. Of whole pictures no face is looked for.
            index: which of several faces, from 0, best first; None: the only one.

        Raises:
            OmokageError: NO_FACE, BAD_OPTION (there is no face of that index), or what is wrong with the photo.
            SeveralFacesError: there are several, and no index says which is meant.
        """
        image = self._decoder.decode(data)
        if view.framing is Framing.WHOLE:
            return render_view(view, image, None)
        seen = make_upright(self._find, image)
        window, landmarks, box = _around(seen.image, seen.faces[select_face_index(seen.image, seen.faces, index)])
        return render_view(view, window, landmarks, box)

    def close(self) -> None:
        """End the decoder's process; the next photo starts another."""
        self._decoder.close()

    def _find(self, image: NDArray[np.uint8]) -> tuple[DetectedFace, ...]:
        faces = best_faces(self._detector.detect(image))
        if not faces:
            alone = find_face(self._detector, image)  # a crop that a face fills shows only in another look
            faces = () if alone is None else (alone,)
        return faces


def select_face_index(image: NDArray[np.uint8], faces: Sequence[DetectedFace], index: int | None) -> int:
    """The place of the face that somebody means among the faces of a photo.

    Args:
        image: the photo, (H, W, 3) RGB.
        faces: best first.
        index: from 0; None: the only one.

    Raises:
        OmokageError: NO_FACE, BAD_OPTION (there is no face of that index).
        SeveralFacesError: there are several, and no index says which is meant.
    """
    if not faces:
        raise OmokageError(ErrorCode.NO_FACE)
    if index is None and len(faces) > 1:
        raise SeveralFacesError(len(faces), annotate(image, [RecognisedFace(face, (), None) for face in faces]).data)
    if not 0 <= (index or 0) < len(faces):
        raise bad_option("face", (index or 0) + 1, f"1 to {len(faces)}")
    return index or 0


def _around(image: NDArray[np.uint8], face: DetectedFace) -> tuple[NDArray[np.uint8], list[tuple[float, float]], Box]:
    """The part of a photo that a view of this face can need, its landmarks and its box in it.

    Beyond the photo's edge it goes on with the edge's pixels: a face at the edge is framed as any other, rather than
    the middle of the photo in its place.
    """
    box, (height, width) = face.box, image.shape[:2]
    reach = _MARGIN * max(box.w, box.h)
    left, top = math.floor(box.x - reach), math.floor(box.y - reach)
    right, bottom = math.ceil(box.x + box.w + reach), math.ceil(box.y + box.h + reach)
    columns = np.clip(np.arange(left, max(right, left + 1)), 0, width - 1)
    rows = np.clip(np.arange(top, max(bottom, top + 1)), 0, height - 1)
    landmarks = [(x - left, y - top) for x, y in face.landmarks]
    return image[rows[:, None], columns], landmarks, Box(box.x - left, box.y - top, box.w, box.h)
