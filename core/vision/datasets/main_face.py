"""Finding the main face of a training picture, also where the picture is a small crop that the face fills.

The detector was made for photos, in which a face has something around it. A crop is therefore enlarged and laid on a
canvas; where that shows no face, again with more around it, and smaller. Of 7,126 crops of 112 pixels that leaves one
without a face (`python -m benchmarks embedding_head`); the first view on black leaves 24. A black canvas, or one that
goes on as the picture ends, shows less than half as many of the difficult ones as a grey one; how well the others are
recognised afterwards does not depend on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image

from core.domain.faces import Box, DetectedFace
from core.render.scaling import resize_array

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from core.vision.recognition.photo_reader import Detector


class DetectorView(NamedTuple):
    """How a picture is shown to the detector: its longer side in pixels, and the grey border around it."""

    side: int
    border: int


SMALL = 256  # pixels of the longer side from which a picture is a photo rather than a crop, and seen as it is
GREY = (110, 110, 110)  # about the mean of a photo
DETECTOR_VIEWS = (DetectorView(224, 16), DetectorView(224, 112), DetectorView(160, 80), DetectorView(160, 40))
_UNCHANGED = DetectorView(0, 0)


class MainFaceDetector:
    """Detects the faces of a photo, and the one that fills a picture, which the detector alone does not see."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector

    def detect(self, image: NDArray[np.uint8]) -> Sequence[DetectedFace]:
        """Return the faces in (H, W, 3) RGB, in its pixels."""
        faces = self._detector.detect(image)
        if faces:
            return faces
        main_face = find_face(self._detector, image)
        return [] if main_face is None else [main_face]


def find_face(detector: Detector, image: NDArray[np.uint8]) -> DetectedFace | None:
    """Return the largest face in (H, W, 3) RGB, in the picture's pixels; None where no view shows a face.

    Boxes and landmarks may reach beyond the picture's edge where the face does.
    """
    views = DETECTOR_VIEWS if max(image.shape[:2]) <= SMALL else (_UNCHANGED, *DETECTOR_VIEWS)
    for view in views:
        faces = _faces(detector, image, view)
        if faces:
            return max(faces, key=lambda face: face.box.w * face.box.h)
    return None


def _faces(detector: Detector, image: NDArray[np.uint8], view: DetectorView) -> Sequence[DetectedFace]:
    if view == _UNCHANGED:
        return detector.detect(image)
    height, width = image.shape[:2]
    scale = view.side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    canvas = Image.new("RGB", (size[0] + 2 * view.border, size[1] + 2 * view.border), GREY)
    canvas.paste(resize_array(image, size, Image.Resampling.BICUBIC), (view.border, view.border))
    detected = detector.detect(np.asarray(canvas))
    return [_moved(face, (width / size[0], height / size[1]), view.border) for face in detected]


def _moved(face: DetectedFace, scale: tuple[float, float], border: int) -> DetectedFace:
    """Return the face in the picture's own pixels."""
    x, y = scale
    box = Box((face.box.x - border) * x, (face.box.y - border) * y, face.box.w * x, face.box.h * y)
    left_eye, right_eye, nose, left_mouth, right_mouth = (
        ((px - border) * x, (py - border) * y) for px, py in face.landmarks
    )
    return DetectedFace(box, face.score, (left_eye, right_eye, nose, left_mouth, right_mouth))
