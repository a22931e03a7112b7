"""Faces that no model can age well, whatever it was trained on: profiles, and eyes behind sunglasses.

Both thresholds were set on real faces that were looked at (`python -m benchmarks typicality`, docs/benchmarks.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.domain.ageing import AgeRefusal
from core.vision.embedding.align import DLIB_TEMPLATE
from core.vision.transfer.cutting import cut_face
from core.vision.views import Framing, View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from core.domain.faces import DetectedFace, Point

# Distances between the eyes by which the nose may stick out to a side. From 0.45 on, the farther eye is hidden or at
# the edge of the face in nearly all pictures; 1 in 2,000 of data/age is turned so far, drawn people reach 0.35.
MAX_TURN = 0.45
# Logarithm of the brightness of eyes and of the skin below them, over that of the brighter cheek. Dark lenses cover
# both; shadows, make-up and dark skin reach -0.5 in 1 picture of 100, and a lens is seldom above -0.65.
MIN_EYE_BRIGHTNESS = -0.65
_VIEW = View(Framing.FACE, 96)
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_FLOOR = 8.0  # added to pixel values, so that a black picture has no sunglasses
# Middle and half size, in pixels of `_VIEW` from an eye; a cheek's x is outwards.
_EYE, _BELOW, _CHEEK = (0, 0, 6, 4), (0, 8, 6, 3), (2, 26, 5, 4)


def find_unfit(image: NDArray[np.uint8], faces: Sequence[DetectedFace]) -> list[AgeRefusal | None]:
    """Return for each face of a photo (H, W, 3) RGB why it cannot be aged: PROFILE, SUNGLASSES or None."""
    return [fitness(image, face) for face in faces]


def fitness(image: NDArray[np.uint8], face: DetectedFace) -> AgeRefusal | None:
    """Return why a face of a photo (H, W, 3) RGB cannot be aged: PROFILE, SUNGLASSES or None.

    Raises:
        ValueError: landmarks that span no area.
    """
    if turn(face.landmarks) > MAX_TURN:
        return AgeRefusal.PROFILE
    if eye_brightness(cut_face(image, face.landmarks, _VIEW)) < MIN_EYE_BRIGHTNESS:
        return AgeRefusal.SUNGLASSES
    return None


def turn(landmarks: Sequence[Point]) -> float:
    """Return how far the nose sticks out to a side, in distances between the eyes: 0 from the front, infinite at 90°.

    It is measured from the line through the middles of eyes and mouth, so that a tilted head makes no difference.
    """
    left_eye, right_eye, nose, left_corner, right_corner = np.asarray(landmarks, np.float64)
    between = right_eye - left_eye
    squared = float(between @ between)
    if squared == 0:
        return np.inf
    across, down = between / squared, np.array((-between[1], between[0])) / squared
    middle, mouth = (left_eye + right_eye) / 2, (left_corner + right_corner) / 2
    height = float((mouth - middle) @ down)
    fraction = min(max(float((nose - middle) @ down) / height, 0.0), 1.2) if height else 0.0
    return abs(float((nose - middle - fraction * (mouth - middle)) @ across))


def eye_brightness(picture: NDArray[np.uint8]) -> float:
    """Return the logarithm of how bright the brighter eye of a face and the skin below it are, over the cheeks.

    Of the three, the skin below the eye counts twice: an eye in deep shadow is dark, too.

    Args:
        picture: (96, 96, 3) RGB in the view FACE.
    """
    luma = picture.astype(np.float32) @ _LUMA + _FLOOR
    scale = _VIEW.size / DLIB_TEMPLATE.size
    eyes = [(x * scale, y * scale, side) for (x, y), side in zip(DLIB_TEMPLATE.points[:2], (-1, 1), strict=True)]
    cheek = max(_median(luma, eye, _CHEEK) for eye in eyes)  # of the side with more light
    eye = max(_median(luma, eye, _EYE) for eye in eyes)
    below = max(_median(luma, eye, _BELOW) for eye in eyes)
    return float(np.log(eye / cheek) + 2 * np.log(below / cheek)) / 3


def _median(luma: NDArray[np.float32], eye: tuple[float, float, int], area: tuple[int, int, int, int]) -> float:
    x, y, side = eye
    right, down, half_width, half_height = area
    columns = slice(round(x + side * right - half_width), round(x + side * right + half_width))
    rows = slice(round(y + down - half_height), round(y + down + half_height))
    return float(np.median(luma[rows, columns]))
