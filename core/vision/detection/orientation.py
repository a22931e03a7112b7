"""Rotate a photo that lies on its side or upside down upright, by the faces in it.

Cameras write their orientation beside the pixels, and the decoder obeys that; where that tag is lost, only the content
of the photo can tell. The detector finds many lying faces, but places their landmarks badly, and recognition by them is
random. So a photo in which no face surely stands upright is searched in the other three rotations, too.
Figures, also of false detections in photos without a face: `python -m benchmarks turning`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from PIL import Image

from core.domain.faces import SAME_FACE_IOU, Box, DetectedFace, box_iou, is_upright

if TYPE_CHECKING:
    from numpy.typing import NDArray

    DetectFaces: TypeAlias = Callable[[NDArray[np.uint8]], Sequence[DetectedFace]]

# Of 270 upright photos and crops all but four have a face that stands with this score; turned ones, as they are, show
# two of 810. No cat, dog, landscape or noise that lies on its side reaches it by more than a poster's size.
MIN_UPRIGHT_SCORE = 0.6
MIN_SCORE_GAIN = 0.1  # that a turned photo must be better by: two doubtful positions are no reason to turn
# Of the longer side: a photo is of somebody whose face is larger. A face in a magazine that lies on the table has less.
MIN_FACE_FRACTION = 0.06
SEARCH_SIDE = 1024  # pixels; the detector looks at no more of a photo, and three turned copies of it are small
_BOX_MARGIN = 0.5  # of a face's box on each side, when the face is searched for in its box
_TURNS = (90, 180, 270)


@dataclass(frozen=True, slots=True)
class UprightPhoto:
    """A photo (H, W, 3) and its faces, in its pixels; `turned`: clockwise degrees by which it was rotated, or 0."""

    image: NDArray[np.uint8]
    faces: tuple[DetectedFace, ...]
    turned: int


def make_upright(detect: DetectFaces, image: NDArray[np.uint8]) -> UprightPhoto:
    """Rotate a photo so that its faces stand upright; leave it as it is where that is not sure.

    Args:
        detect: returns the faces in a picture (H, W, 3) RGB, in its pixels.
        image: the photo, (H, W, 3) RGB.
    """
    faces = tuple(detect(image))
    turned = _best_turn(detect, image, _best_upright_score(faces, 0.0))
    if turned:
        rotated = rotate(image, turned)
        rotated_faces = tuple(detect(rotated))
        if _best_upright_score(rotated_faces, 0.0) >= MIN_UPRIGHT_SCORE:
            return UprightPhoto(rotated, rotated_faces, turned)
    return UprightPhoto(image, faces, 0)


def rotate(image: NDArray[np.uint8], degrees: int) -> NDArray[np.uint8]:
    """Rotate a picture clockwise by a multiple of 90 degrees; return the same array for 0."""
    return np.ascontiguousarray(np.rot90(image, -degrees // 90)) if degrees else image


def find_turn(detect: DetectFaces, image: NDArray[np.uint8], face: DetectedFace) -> int:
    """Return the degrees by which a photo was turned when this face was detected in it; 0 where no rotation shows it.

    Args:
        detect: as in `make_upright`; runs on the face's surroundings alone, which takes a few milliseconds.
        image: the decoded photo.
        face: in pixels of the photo that `make_upright` returned.
    """
    if _detect_in_box(detect, image, face.box):
        return 0
    turns = (
        degrees
        for degrees in _TURNS
        if _best_upright_score(_detect_in_box(detect, rotate(image, degrees), face.box), 0.0) >= MIN_UPRIGHT_SCORE
    )
    return next(turns, 0)


def shows_face(detect: DetectFaces, image: NDArray[np.uint8], face: DetectedFace) -> bool:
    """Return whether a face is detected in the picture where this one was; arguments as of `find_turn`."""
    return bool(_detect_in_box(detect, image, face.box))


def _best_turn(detect: DetectFaces, image: NDArray[np.uint8], score: float) -> int:
    """Return the rotation in which a face has a better upright score than `score`, 0 where there is none."""
    if score >= MIN_UPRIGHT_SCORE:
        return 0
    small = _shrink(image)
    min_size = MIN_FACE_FRACTION * max(small.shape[:2])
    scores = {degrees: _best_upright_score(detect(rotate(small, degrees)), min_size) for degrees in _TURNS}
    best = max(scores, key=scores.__getitem__)
    return best if scores[best] >= max(MIN_UPRIGHT_SCORE, score + MIN_SCORE_GAIN) else 0


def _best_upright_score(faces: Sequence[DetectedFace], min_size: float) -> float:
    """Return the best score of the upright faces of at least `min_size` pixels, 0 where there is none."""
    upright = (face for face in faces if is_upright(face.landmarks) and max(face.box.w, face.box.h) >= min_size)
    return max((face.score for face in upright), default=0.0)


def _shrink(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    longest = max(image.shape[:2])
    if longest <= SEARCH_SIDE:
        return image
    height, width = (max(1, round(side * SEARCH_SIDE / longest)) for side in image.shape[:2])
    return np.asarray(Image.fromarray(image).resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2.0))


def _detect_in_box(detect: DetectFaces, image: NDArray[np.uint8], box: Box) -> list[DetectedFace]:
    """Detect in a crop of this box with a margin, within the picture; return the faces that fill the box."""
    height, width = image.shape[:2]
    left = min(max(0, math.floor(box.x - _BOX_MARGIN * box.w)), width - 1)
    top = min(max(0, math.floor(box.y - _BOX_MARGIN * box.h)), height - 1)
    right = max(left + 1, math.ceil(box.x + (1 + _BOX_MARGIN) * box.w))
    bottom = max(top + 1, math.ceil(box.y + (1 + _BOX_MARGIN) * box.h))
    in_crop = Box(box.x - left, box.y - top, box.w, box.h)
    return [face for face in detect(image[top:bottom, left:right]) if box_iou(face.box, in_crop) >= SAME_FACE_IOU]
