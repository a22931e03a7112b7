"""Which faces of contributed photos are kept, and how they are cut out and stored."""

from __future__ import annotations

import io
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter
from PIL.Image import Exif

from core.domain.faces import Box, DetectedFace
from core.domain.teaching import LeftOut
from core.services.teaching.service import MIN_FACE, cropped, encode_crop, fault
from core.vision.crop import MAX_SIDE
from core.vision.embedding.align import DLIB_TEMPLATE
from tests.unit.core.vision.test_crop import noise

COLOURS = np.array([(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 255, 255)], np.uint8)
GREY = 90


def face_at(middle: tuple[float, float], side: float, degrees: float = 0.0) -> DetectedFace:
    """A face whose aligned square has this middle and side, tilted clockwise; its box is upright."""
    angle = math.radians(degrees)
    turn = np.array(((math.cos(angle), -math.sin(angle)), (math.sin(angle), math.cos(angle))))
    points = (DLIB_TEMPLATE.points / DLIB_TEMPLATE.size - 0.5) * side @ turn.T + middle
    one, two, three, four, five = [(float(x), float(y)) for x, y in points]
    box = Box(middle[0] - side / 2, middle[1] - side / 2, side, 1.2 * side)
    return DetectedFace(box, 0.9, (one, two, three, four, five))


def marked(face: DetectedFace, side: float, size: int) -> np.ndarray:
    """A grey photo with a square of another colour on each landmark of the face."""
    image = np.full((size, size, 3), GREY, np.uint8)
    reach = max(2, round(side / 25))
    for (x, y), colour in zip(face.landmarks, COLOURS, strict=True):
        image[round(y) - reach : round(y) + reach, round(x) - reach : round(x) + reach] = colour
    return image


def sharp(seed: int = 0) -> np.ndarray:
    return np.asarray(noise(seed, side=300))


def test_nothing_speaks_against_a_sharp_face_from_the_front() -> None:
    assert fault(sharp(), face_at((150, 150), 120)) is None
    assert fault(sharp(), face_at((150, 150), 120, degrees=40)) is None  # a tilted head is no profile


@pytest.mark.parametrize(("w", "h"), [(MIN_FACE - 1, 90.0), (90.0, MIN_FACE - 1)])
def test_a_face_of_few_pixels_is_small(w: float, h: float) -> None:
    face = replace(face_at((150, 150), 120), box=Box(100, 100, w, h))
    assert fault(sharp(), face) is LeftOut.SMALL
    assert fault(sharp(), replace(face, box=Box(100, 100, MIN_FACE, MIN_FACE))) is None


def test_a_face_that_looks_aside_is_a_profile() -> None:
    face = face_at((150, 150), 120)
    left, right, nose, *corners = face.landmarks
    aside = replace(face, landmarks=(left, right, (nose[0] + 0.7 * (right[0] - left[0]), nose[1]), *corners))
    assert fault(sharp(), aside) is LeftOut.PROFILE


@pytest.mark.parametrize("seed", range(3))
def test_a_blurred_face_is_told_from_a_sharp_one(seed: int) -> None:
    blurred = np.asarray(noise(seed, side=300).filter(ImageFilter.GaussianBlur(6)))
    face = face_at((150, 150), 120)
    assert fault(blurred, face) is LeftOut.BLURRED
    assert fault(sharp(seed), face) is None


@settings(deadline=None, max_examples=60)
@given(
    side=st.floats(60, 260),
    degrees=st.floats(-180, 180),
    x=st.floats(0, 1),
    y=st.floats(0, 1),
)
@example(side=120, degrees=0, x=0.5, y=0.5)
@example(side=120, degrees=90, x=0.0, y=0.0)  # at the edge, where no hair is in the picture
@example(side=260, degrees=45, x=0.5, y=1.0)
def test_landmarks_and_box_are_where_the_face_is_in_the_crop(side: float, degrees: float, x: float, y: float) -> None:
    size = 400
    margin = 0.45 * side  # the landmarks are in the photo
    middle = (margin + x * (size - 2 * margin), margin + y * (size - 2 * margin))
    face = face_at(middle, side, degrees)

    picture, moved = cropped(marked(face, side, size), face)

    height, width, _ = picture.shape
    assert height == width <= MAX_SIDE
    for (at_x, at_y), colour in zip(moved.landmarks, COLOURS, strict=True):
        seen = picture[round(at_y - 0.5), round(at_x - 0.5)].astype(int)
        assert np.abs(seen - colour).max() < 80, (moved.landmarks, colour)
    left, right, _, *corners = np.array(moved.landmarks)
    assert left[1] == pytest.approx(right[1], abs=0.02 * width)  # upright, however it was turned
    assert left[0] < right[0]
    assert min(corner[1] for corner in corners) > max(left[1], right[1])
    scale = math.dist(left, right) / math.dist(*face.landmarks[:2])
    assert (moved.box.w, moved.box.h) == pytest.approx((face.box.w * scale, face.box.h * scale))
    before = math.dist((face.box.x + face.box.w / 2, face.box.y + face.box.h / 2), face.landmarks[2])
    after = math.dist((moved.box.x + moved.box.w / 2, moved.box.y + moved.box.h / 2), moved.landmarks[2])
    assert after == pytest.approx(before * scale)
    assert moved.score == face.score


def test_a_large_face_is_kept_at_512_pixels_and_a_small_one_at_its_own_size() -> None:
    image = np.full((1600, 1600, 3), GREY, np.uint8)
    large, _ = cropped(image, face_at((800, 800), 900))
    small, _ = cropped(image, face_at((800, 800), 100))
    assert large.shape == (MAX_SIDE, MAX_SIDE, 3)
    assert 100 <= len(small) < 200


def test_landmarks_without_an_area_are_refused() -> None:
    face = replace(face_at((150, 150), 120), landmarks=((5.0, 5.0),) * 5)
    with pytest.raises(ValueError):
        cropped(sharp(), face)


def test_a_stored_crop_has_no_metadata_and_the_same_bytes_each_time() -> None:
    exif = Exif()
    exif[0x010E] = "Haru at home"
    raw = io.BytesIO()
    Image.fromarray(sharp()).save(raw, "JPEG", exif=exif, comment=b"Haru")
    picture = np.asarray(Image.open(raw))

    data = encode_crop(picture)

    assert data == encode_crop(picture.copy())
    assert b"Haru" not in data
    stored = Image.open(io.BytesIO(data))
    assert (stored.format, stored.size, dict(stored.getexif())) == ("JPEG", (300, 300), {})
    assert set(stored.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert np.abs(np.asarray(stored).astype(int) - picture).mean() < 4
    assert encode_crop(sharp(1)) != data
