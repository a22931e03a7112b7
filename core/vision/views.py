"""Views of a face for networks that are trained from scratch: the crop as it came, or aligned.

Training and classifying call the same function, so that a network never sees two framings.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from core.domain.data.curation import Crop
from core.render.scaling import crop_array
from core.vision.crop import cut_square, overhang
from core.vision.embedding.align import DLIB_TEMPLATE, SFACE_TEMPLATE, align, inverse, similarity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from core.domain.faces import Box


class Framing(StrEnum):
    """Where the face lies in the picture."""

    CROP = "crop"  # the box, a square; as collections of face crops have it
    ALIGNED = "aligned"  # eyes level, and always in the same place
    ALIGNED_SFACE = "aligned-sface"  # the same as SFace was trained on it: from a little further away
    FACE = "face"  # as `aligned`, with the edge's pixels repeated where the picture does not reach so far
    PORTRAIT = "portrait"  # the same from further away, with hair and chin
    WHOLE = "whole"  # the picture's middle, a square; for what are no faces


@dataclass(frozen=True, slots=True)
class View:
    """A framing and the pixels a side."""

    framing: Framing
    size: int

    @property
    def key(self) -> str:
        """For file names; another way of rendering must have another key."""
        return f"{self.framing.value}-{self.size}-2"


ALIGNED_TEMPLATES = {Framing.ALIGNED: DLIB_TEMPLATE, Framing.ALIGNED_SFACE: SFACE_TEMPLATE}
# dlib's template as a portrait has it: three tenths of its size further in, and a little lower, since hair
# takes more room than a chin. The eyes are a quarter of the side apart, 0.46 of it from above.
_ZOOM = 0.71
_EYES_AT = 0.46
# How far beyond the picture a portrait may reach, of its side, before the picture is taken as it is: what is missing
# there is filled with the edge's pixels.
MAX_OVERHANG = 0.15
_PARTS = np.linspace(1.0, 0.0, 11)  # of the way from a face to a portrait, to look for what lies within a picture
_FACES = 0.5  # share of a data set's pictures with a face from which on it is one of portraits


def render_view(
    view: View,
    image: NDArray[np.uint8],
    landmarks: Sequence[tuple[float, float]] | None,
    box: Box | None = None,
) -> NDArray[np.uint8]:
    """One face.

    Args:
        view: which, and how large.
        image: (H, W, 3) RGB.
        landmarks: five points in pixels of `image`, as in `DetectedFace`; None: the detector found no face, and the
            middle of the picture stands in for it.
        box: of the face, where `image` is a whole photo; None: `image` is a crop of one face already.

    Returns:
        (size, size, 3) RGB.

    Raises:
        ValueError: landmarks that span no area.
    """
    if view.framing is Framing.PORTRAIT and landmarks is not None:
        portrait = _portrait(image, landmarks, view.size)
        if portrait is not None:
            return portrait
    if view.framing is Framing.FACE and landmarks is not None:
        return cut_square(image, crop_of(view.framing, landmarks), view.size)
    if view.framing in ALIGNED_TEMPLATES and landmarks is not None:
        picture = Image.fromarray(align(image, landmarks, ALIGNED_TEMPLATES[view.framing]))
    elif box is None or view.framing in {Framing.PORTRAIT, Framing.FACE, Framing.WHOLE}:
        height, width = image.shape[:2]
        side = min(height, width)
        left, top = (width - side) // 2, (height - side) // 2
        picture = crop_array(image, (left, top, left + side, top + side))
    else:
        picture = crop_array(image, square_of(box))  # black where it reaches beyond the photo
    if picture.size != (view.size, view.size):
        picture = picture.resize((view.size, view.size), Image.Resampling.BICUBIC)
    return np.asarray(picture)


def portrait_template(size: int) -> NDArray[np.float64]:
    """Return the positions (5, 2) of the landmarks in a portrait of `size` pixels a side."""
    template = (DLIB_TEMPLATE.points / DLIB_TEMPLATE.size - 0.5) * _ZOOM + 0.5
    template[:, 1] += _EYES_AT - template[:2, 1].mean()
    result: NDArray[np.float64] = template * size
    return result


def crop_of(framing: Framing, landmarks: Sequence[tuple[float, float]]) -> Crop:
    """Return the square that a portrait or a face with these landmarks shows; it may reach beyond the picture.

    Args:
        framing: PORTRAIT or FACE.
        landmarks: five points in pixels.

    Raises:
        ValueError: landmarks that span no area, or another framing.
    """
    if framing not in {Framing.PORTRAIT, Framing.FACE}:
        raise ValueError(f"{framing} is no square around landmarks")
    template = portrait_template(1) if framing is Framing.PORTRAIT else DLIB_TEMPLATE.points / DLIB_TEMPLATE.size
    back = inverse(similarity(np.asarray(landmarks, np.float64), template))
    x, y = back @ (0.5, 0.5, 1.0)
    angle = math.degrees(math.atan2(back[1, 0], back[0, 0]))
    return Crop(float(x), float(y), math.hypot(back[0, 0], back[1, 0]), angle)


def largest_portrait(image: NDArray[np.uint8], landmarks: Sequence[tuple[float, float]]) -> Crop:
    """Return the square around a face, with as much of hair and chin as the picture (H, W, 3) has.

    Raises:
        ValueError: landmarks that span no area.
    """
    face, portrait = (crop_of(framing, landmarks) for framing in (Framing.FACE, Framing.PORTRAIT))
    for part in _PARTS:
        x, y, side = (
            (1 - part) * near + part * far
            for near, far in ((face.x, portrait.x), (face.y, portrait.y), (face.side, portrait.side))
        )
        crop = Crop(x, y, side, face.degrees)
        if overhang(image, crop) <= 0:
            return crop
    return face


def framing_of(found: NDArray[np.bool_]) -> Framing:
    """Return the framing of a data set: portraits if at least half of the pictures show a face, else whole pictures.

    Args:
        found: (N,), whether the detector found a face in each.
    """
    return Framing.PORTRAIT if len(found) and found.mean() >= _FACES else Framing.WHOLE


def _portrait(
    image: NDArray[np.uint8], landmarks: Sequence[tuple[float, float]], size: int
) -> NDArray[np.uint8] | None:
    """Return the upright face with its hair, (size, size, 3); None where the picture does not reach so far."""
    crop = crop_of(Framing.PORTRAIT, landmarks)
    return cut_square(image, crop, size) if overhang(image, crop) <= MAX_OVERHANG * crop.side else None


def square_of(box: Box) -> tuple[int, int, int, int]:
    """Return the square around a face's box as left, top, right and bottom; it may reach beyond the photo."""
    side = max(box.w, box.h)  # no more: of collections of face crops, most show about as much as the detector's box
    x, y = box.x + box.w / 2, box.y + box.h / 2
    return round(x - side / 2), round(y - side / 2), round(x + side / 2), round(y + side / 2)
