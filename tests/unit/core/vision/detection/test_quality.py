"""Measures of a face that the test draws: what changes, and what must not matter."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from PIL import Image, ImageFilter

from core.domain.faces import Box, DetectedFace
from core.vision.detection.quality import quality, roll, sharpness, yaw
from core.vision.embedding.align import TEMPLATE

SIZE = 150


def picture(size: int = SIZE, seed: int = 0) -> Image.Image:
    """Shapes of many sizes, as a face has, where the template expects one."""
    values = np.random.default_rng(seed).integers(60, 200, (25, 25, 3), np.uint8)
    return Image.fromarray(values).resize((size, size), Image.Resampling.BICUBIC)


def face(points: np.ndarray = TEMPLATE, scale: float = 1.0) -> DetectedFace:
    one, two, three, four, five = ((float(x) * scale, float(y) * scale) for x, y in points)
    return DetectedFace(Box(0, 0, 80 * scale, 100 * scale), 0.9, (one, two, three, four, five))


def head(degrees: float) -> DetectedFace:
    """A head turned towards the image's right: eyes and mouth on a plane, the nose 0.55 eye distances before it."""
    angle = math.radians(degrees)
    centre = TEMPLATE.mean(0)
    deep = np.array([0, 0, 0.55 * (TEMPLATE[1, 0] - TEMPLATE[0, 0]), 0, 0])
    across = (TEMPLATE[:, 0] - centre[0]) * math.cos(angle) + deep * math.sin(angle)
    return face(np.column_stack([centre[0] + across, TEMPLATE[:, 1]]))


def test_size_is_the_side_of_a_square_of_the_box_s_area():
    assert quality(np.asarray(picture()), face()).size == pytest.approx(math.sqrt(8000))


def test_a_blurred_face_is_less_sharp():
    image = picture()
    sharp = [
        quality(np.asarray(image.filter(ImageFilter.GaussianBlur(radius))), face()).sharpness for radius in (0, 4, 8)
    ]
    assert sharp[0] > 1.5 * sharp[1]
    assert sharp[1] > 1.5 * sharp[2]


def test_the_photo_s_size_does_not_matter_for_sharpness():
    small, large = (quality(np.asarray(picture(size)), face(scale=size / SIZE)).sharpness for size in (150, 600))
    assert small == pytest.approx(large, rel=0.15)


def test_a_dark_photo_is_as_sharp_but_less_bright_and_contrasty():
    bright = quality(np.asarray(picture()), face())
    dark = quality(np.asarray(picture().point(lambda value: value * 0.4)), face())
    assert dark.sharpness == pytest.approx(bright.sharpness, rel=0.1)
    assert dark.brightness == pytest.approx(0.4 * bright.brightness, rel=0.05)
    assert dark.contrast == pytest.approx(0.4 * bright.contrast, rel=0.05)


@pytest.mark.parametrize(("value", "brightness"), [(0, 0.0), (255, 1.0)])
def test_a_flat_face_has_neither_contrast_nor_sharpness(value, brightness):
    measured = quality(np.full((SIZE, SIZE, 3), value, np.uint8), face())
    assert measured.brightness == pytest.approx(brightness)
    assert (measured.contrast, measured.sharpness) == (pytest.approx(0), 0)


def test_black_and_white_has_the_most_contrast():
    board = np.indices((SIZE, SIZE)).sum(0)[..., None].repeat(3, 2) // 11 % 2 * 255
    assert 0.45 < quality(board.astype(np.uint8), face()).contrast <= 0.5


@pytest.mark.parametrize("degrees", [-40, -5, 0, 20])
def test_roll_is_the_slope_of_the_eyes(degrees):
    angle = math.radians(degrees)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    turned = face((TEMPLATE - 75) @ turn.T + 75)
    assert roll(turned) == pytest.approx(degrees, abs=0.1)
    assert yaw(turned) == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("degrees", [-60, -30, -10, 0, 10, 30, 60])
def test_yaw_is_the_angle_of_a_head_as_people_have(degrees):
    # The mean of eyes and mouth moves with the nose's share of it, so not to the degree.
    assert yaw(head(degrees)) == pytest.approx(degrees, abs=3)


def test_the_measures_travel_as_numbers():
    measured = quality(np.asarray(picture()), face())
    assert all(type(value) is float and math.isfinite(value) for value in dataclasses.astuple(measured))


def test_landmarks_in_one_place_are_refused():
    with pytest.raises(ValueError, match="one place"):
        quality(np.asarray(picture()), face(np.full((5, 2), 70.0)))


def test_sharpness_of_a_flat_picture_is_none():
    assert sharpness(np.full((30, 30), 0.5)) == 0
