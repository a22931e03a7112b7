"""Turns a photo that lies on its side or upside down upright, by the faces in it.

Cameras write how they were held beside the pixels, and the decoder obeys that; where the note is lost, only what is in
the photo can tell. The detector sees many lying faces as they are, but places their landmarks badly, and who is
recognised by them is chance. So a photo in which no face surely stands is searched in the other three positions too.
Figures, also of what that finds where nobody is: `python -m benchmarks turning`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from PIL import Image

from core.domain.faces import SAME_FACE, Box, DetectedFace, overlap, stands

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Find: TypeAlias = Callable[[NDArray[np.uint8]], Sequence[DetectedFace]]

# Of 270 upright photos and crops all but four have a face that stands with this score; turned ones, as they are, show
# two of 810. No cat, dog, landscape or noise that lies on its side reaches it by more than a poster's size.
SURE = 0.6
MARGIN = 0.1  # that a turned photo must be better by: two doubtful positions are no reason to turn
# Of the longer side: a photo is of somebody whose face is larger. A face in a magazine that lies on the table has less.
SMALLEST = 0.06
SEARCHED_SIDE = 1024  # pixels; the detector looks at no more of a photo, and three turned copies of it are small
_MARGIN = 0.5  # of a face's box on each side: what is looked at to see whether the face is there
_TURNS = (90, 180, 270)


@dataclass(frozen=True, slots=True)
class UprightPhoto:
    """A photo (H, W, 3) and its faces, in its pixels; `turned`: by how many degrees clockwise, 0 where it stood."""

    image: NDArray[np.uint8]
    faces: tuple[DetectedFace, ...]
    turned: int


def upright(find: Find, image: NDArray[np.uint8]) -> UprightPhoto:
    """The photo as its faces stand; as it came where nothing surely says otherwise.

    Args:
        find: the faces in a picture (H, W, 3) RGB, in its pixels.
        image: the photo, (H, W, 3) RGB.
    """
    faces = tuple(find(image))
    turned = _turn(find, image, _best(faces, 0.0))
    if turned:
        picture = turned_by(image, turned)
        again = tuple(find(picture))
        if _best(again, 0.0) >= SURE:
            return UprightPhoto(picture, again, turned)
    return UprightPhoto(image, faces, 0)


def turned_by(image: NDArray[np.uint8], degrees: int) -> NDArray[np.uint8]:
    """The picture turned clockwise by a multiple of 90 degrees; the same array for 0."""
    return np.ascontiguousarray(np.rot90(image, -degrees // 90)) if degrees else image


def turn_of(find: Find, image: NDArray[np.uint8], face: DetectedFace) -> int:
    """By how many degrees a photo was turned when this face was found in it; 0 where the face is found in none.

    Args:
        find: as of `upright`; asked about the face's surroundings alone, which takes a few milliseconds.
        image: the photo as it is decoded.
        face: in pixels of the photo as `upright` gave it.
    """
    if _in_box(find, image, face.box):
        return 0
    turns = (degrees for degrees in _TURNS if _best(_in_box(find, turned_by(image, degrees), face.box), 0.0) >= SURE)
    return next(turns, 0)


def _turn(find: Find, image: NDArray[np.uint8], standing: float) -> int:
    """The position in which a face stands better than as the photo came, 0 where that is none."""
    if standing >= SURE:
        return 0
    small = _reduced(image)
    smallest = SMALLEST * max(small.shape[:2])
    scores = {degrees: _best(find(turned_by(small, degrees)), smallest) for degrees in _TURNS}
    best = max(scores, key=scores.__getitem__)
    return best if scores[best] >= max(SURE, standing + MARGIN) else 0


def _best(faces: Sequence[DetectedFace], smallest: float) -> float:
    """The score of the surest face that stands and has as many pixels a side, 0 where there is none."""
    standing = (face for face in faces if stands(face.landmarks) and max(face.box.w, face.box.h) >= smallest)
    return max((face.score for face in standing), default=0.0)


def _reduced(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    longest = max(image.shape[:2])
    if longest <= SEARCHED_SIDE:
        return image
    height, width = (max(1, round(side * SEARCHED_SIDE / longest)) for side in image.shape[:2])
    return np.asarray(Image.fromarray(image).resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2.0))


def _in_box(find: Find, image: NDArray[np.uint8], box: Box) -> list[DetectedFace]:
    """The faces that lie in this box, by a look at the box with a margin, as far as the picture goes."""
    height, width = image.shape[:2]
    left = min(max(0, math.floor(box.x - _MARGIN * box.w)), width - 1)
    top = min(max(0, math.floor(box.y - _MARGIN * box.h)), height - 1)
    right = max(left + 1, math.ceil(box.x + (1 + _MARGIN) * box.w))
    bottom = max(top + 1, math.ceil(box.y + (1 + _MARGIN) * box.h))
    there = Box(box.x - left, box.y - top, box.w, box.h)
    return [face for face in find(image[top:bottom, left:right]) if overlap(face.box, there) >= SAME_FACE]
