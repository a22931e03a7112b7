"""Finding the main face of a training picture, also where the picture is a small crop that the face fills.

The detector was made for photos, in which a face has something around it. A crop is therefore enlarged and laid on a
canvas; where that shows no face, again with more around it, and smaller. Of 7,126 crops of 112 pixels that leaves one
without a face (`python -m benchmarks embedding_head`); the first look on black leaves 24. A black canvas, or one that
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
_PLAIN = DetectorView(0, 0)


def find_face(detector: Detector, image: NDArray[np.uint8]) -> DetectedFace | None:
    """The largest face in (H, W, 3) RGB, in its own pixels; None: no look shows one.

    Boxes and landmarks may reach beyond the picture's edge where the face does.
    """
    looks = DETECTOR_VIEWS if max(image.shape[:2]) <= SMALL else (_PLAIN, *DETECTOR_VIEWS)
    for look in looks:
        faces = _faces(detector, image, look)
        if faces:
            return max(faces, key=lambda face: face.box.w * face.box.h)
    return None


def _faces(detector: Detector, image: NDArray[np.uint8], look: DetectorView) -> Sequence[DetectedFace]:
    if look == _PLAIN:
        return detector.detect(image)
    height, width = image.shape[:2]
    scale = look.side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    canvas = Image.new("RGB", (size[0] + 2 * look.border, size[1] + 2 * look.border), GREY)
    canvas.paste(resize_array(image, size, Image.Resampling.BICUBIC), (look.border, look.border))
    found = detector.detect(np.asarray(canvas))
    return [_moved(face, (width / size[0], height / size[1]), look.border) for face in found]


def _moved(face: DetectedFace, scale: tuple[float, float], border: int) -> DetectedFace:
    """The same face in the picture's own pixels."""
    x, y = scale
    box = Box((face.box.x - border) * x, (face.box.y - border) * y, face.box.w * x, face.box.h * y)
    one, two, three, four, five = (((px - border) * x, (py - border) * y) for px, py in face.landmarks)
    return DetectedFace(box, face.score, (one, two, three, four, five))
