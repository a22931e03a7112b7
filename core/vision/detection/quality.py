"""How good a picture of a face is: for choosing what to learn from, not for judging people.

Everything is measured on the aligned face, so that it does not depend on the photo's size, but for the size itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.vision.embedding.align import align

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.faces import DetectedFace

_LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601
# From the brows to below the mouth: skin, not background or hair, and seldom beyond the edge of the photo, where the
# chip is black and its border would look sharp. Multiples of 3 in size.
_ROWS, _COLUMNS = slice(42, 105), slice(42, 108)
_REDUCED = 3  # 150 -> 50 pixels: a face of 50 pixels is then as sharp as one of 500, and noise is averaged away
# How far the nose of a head in profile is off the middle, in distances between the eyes of a frontal face: the nose
# stands out by half that distance (anthropometric tables give 0.5 to 0.6).
_NOSE_DEPTH = 0.55


@dataclass(frozen=True, slots=True)
class FaceQuality:
    """Measures of one face.

    `size`: square root of the box's area, pixels of the photo, > 0.
    `sharpness`: standard deviation of the Laplacian over that of the luma, >= 0; exposure and contrast cancel out.
        Measured: median 1.0 (90 % in 0.7 to 1.5) in focus from 100 pixels on, 0.55 shrunk to 30 pixels; 0.4 blurred
        by a twentieth of the distance between the eyes, 0.17 by a tenth.
    `brightness`: mean of the luma, 0 (black) to 1 (white).
    `contrast`: standard deviation of the luma, 0 (flat) to 0.5 (black and white); 90 % of faces have 0.1 to 0.27.
    `roll`: degrees by which the line of the eyes falls towards the image's right, -180 to 180.
    `yaw`: degrees that it turns towards the image's right, -90 to 90; from one distance, so a rough guess.
    """

    size: float
    sharpness: float
    brightness: float
    contrast: float
    roll: float
    yaw: float


def quality(image: NDArray[np.uint8], face: DetectedFace) -> FaceQuality:
    """The measures of a face in its photo.

    Args:
        image: (H, W, 3) RGB.
        face: as found in `image`.

    Raises:
        ValueError: the landmarks all lie in one place, or are not finite.
    """
    luma = align(image, face.landmarks)[_ROWS, _COLUMNS] @ _LUMA / 255  # (63, 66) in [0, 1]
    return FaceQuality(
        size=math.sqrt(max(face.box.w * face.box.h, 0.0)),
        sharpness=sharpness(luma),
        brightness=float(luma.mean()),
        contrast=float(luma.std()),
        roll=roll(face),
        yaw=yaw(face),
    )


def sharpness(luma: NDArray[np.floating[Any]]) -> float:
    """Fine detail as a share of all detail: see `FaceQuality`. 0 for a flat picture.

    Args:
        luma: (H, W), each a multiple of 3.
    """
    height, width = luma.shape
    small = luma.reshape(height // _REDUCED, _REDUCED, width // _REDUCED, _REDUCED).mean((1, 3))
    around = small[:-2, 1:-1] + small[2:, 1:-1] + small[1:-1, :-2] + small[1:-1, 2:]
    contrast = float(small.std())
    return float((around - 4 * small[1:-1, 1:-1]).std()) / contrast if contrast > 1e-3 else 0.0


def roll(face: DetectedFace) -> float:
    """See `FaceQuality`: the slope of the line between the eyes."""
    (left_x, left_y), (right_x, right_y) = face.landmarks[:2]
    return math.degrees(math.atan2(right_y - left_y, right_x - left_x))


def yaw(face: DetectedFace) -> float:
    """See `FaceQuality`: how far the nose lies off the middle between eyes and mouth, along the line of the eyes."""
    points = np.asarray(face.landmarks, float)
    across = points[1] - points[0] + points[4] - points[3]
    width = math.hypot(*across) / 2  # between eyes and between the mouth's corners, averaged
    if width < 1e-6:
        return 0.0
    aside = float((points[2] - points[[0, 1, 3, 4]].mean(0)) @ across) / (2 * width)
    # Seen from an angle, the nose is off by depth * sine and the eyes are nearer by the cosine: the ratio is a tangent.
    return math.degrees(math.atan2(aside, width * _NOSE_DEPTH))
