"""Reads the photos that move, and cuts their faces out; needs numpy and Pillow."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PIL import Image

from core.domain.data.curation import Crop
from core.domain.faces import DetectedFace
from core.services.moving.photo_check import CutPhoto
from core.vision.crop import cut_square
from core.vision.decoding.decode import SafeDecoder
from core.vision.detection.orientation import find_turn, rotate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.domain.moving import MovedFace
    from core.vision.detection.orientation import DetectFaces
    from core.vision.recognition.photo_reader import Decoder

# Sides of a face's box that its crop has: hair, ears and chin, as sets of portraits show them.
CROP_SIDES = 1.6
_QUALITY = 95  # of a JPEG: no visible loss


class PhotoCutter:
    """Reads photos within the limits that every worker has; see `PhotoFiles`. Close it at the end.

    Args:
        detect: returns the faces in a picture (H, W, 3) RGB, to find out how a photo was turned when its faces were
            detected; None: no photo was.
        decoder: by default one in a process of its own.
    """

    def __init__(self, detect: DetectFaces | None = None, decoder: Decoder | None = None) -> None:
        self._detect = detect
        self._decoder = decoder or SafeDecoder()

    def size(self, data: bytes) -> tuple[int, int]:
        """Return a photo's width and height in pixels.

        Raises:
            OmokageError: what is wrong with it.
        """
        height, width = self._decoder.decode(data).shape[:2]
        return width, height

    def cut(self, data: bytes, faces: Sequence[MovedFace]) -> CutPhoto:
        """Return a photo's size, and each face with what is around it as a JPEG file.

        Raises:
            OmokageError: what is wrong with the photo.
        """
        image = self._decoder.decode(data)
        height, width = image.shape[:2]
        turned = self._find_turn(image, faces[0]) if faces else 0
        photo = rotate(image, turned)
        return CutPhoto(width, height, tuple(_cut(photo, face) for face in faces), turned)

    def close(self) -> None:
        """End the decoder's process; the next photo starts another."""
        self._decoder.close()

    def _find_turn(self, image: NDArray[np.uint8], face: MovedFace) -> int:
        if self._detect is None:
            return 0
        one, two, three, four, five = face.landmarks
        return find_turn(self._detect, image, DetectedFace(face.box, face.score, (one, two, three, four, five)))


def load_photo_cutter() -> PhotoCutter:
    """Build what cuts faces out of photos with the product's face detector; loads TensorFlow, seconds."""
    from core.vision.detection.detect import load_detector

    return PhotoCutter(load_detector().detect)


def _cut(photo: NDArray[np.uint8], face: MovedFace) -> bytes:
    box = face.box
    # A damaged row may have a box beyond the photo; then the nearest edge is shown, and the export leaves the crop out.
    x = min(max(box.x + box.w / 2, 0.0), float(photo.shape[1]))
    y = min(max(box.y + box.h / 2, 0.0), float(photo.shape[0]))
    side = min(max(box.w, box.h) * CROP_SIDES, 2.0 * max(photo.shape[:2]))
    out = io.BytesIO()
    Image.fromarray(cut_square(photo, Crop(x, y, side))).save(out, "JPEG", quality=_QUALITY, subsampling=0)
    return out.getvalue()
