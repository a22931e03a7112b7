from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.data.curation import Crop
from core.domain.faces import Box
from core.vision.crop import overhang
from core.vision.embedding.align import DLIB_TEMPLATE
from core.vision.views import Framing, View, crop_of, largest_portrait, portrait_template, render_view

CROP, ALIGNED = View(Framing.CROP, 56), View(Framing.ALIGNED, 75)


def photo(width: int = 200, height: int = 120) -> np.ndarray:
    """Red grows to the right, green downwards."""
    image = np.zeros((height, width, 3), np.uint8)
    image[..., 0] = np.linspace(0, 255, width, dtype=np.uint8)
    image[..., 1] = np.linspace(0, 255, height, dtype=np.uint8)[:, None]
    return image


def test_a_crop_of_a_crop_is_its_middle_square() -> None:
    face = render_view(View(Framing.CROP, 120), photo(), None)
    assert (face == photo()[:, 40:160]).all()


def test_a_crop_of_a_photo_is_the_square_around_the_box() -> None:
    face = render_view(View(Framing.CROP, 48), photo(), None, Box(76, 45, 48, 30))
    assert (face == photo()[36:84, 76:124]).all()


def test_a_crop_beyond_the_edge_is_black_there() -> None:
    image = np.full((60, 60, 3), 200, np.uint8)
    face = render_view(View(Framing.CROP, 48), image, None, Box(-24, 6, 48, 48))
    assert (face[:, 0] == 0).all()
    assert (face[20, -1] == 200).all()


def test_an_aligned_face_has_its_points_where_the_template_says() -> None:
    image = np.zeros((300, 300, 3), np.uint8)
    points = DLIB_TEMPLATE.points[:, ::-1] * [1, -1] + [50, 250]  # a quarter of a turn
    for x, y in points:
        image[round(y) - 6 : round(y) + 6, round(x) - 6 : round(x) + 6] = 255
    face = render_view(ALIGNED, image, [tuple(point) for point in points])
    for x, y in DLIB_TEMPLATE.points / 2:
        assert face[round(y) - 1 : round(y) + 1, round(x) - 1 : round(x) + 1].mean() > 200
    assert face.shape == (75, 75, 3)


def test_without_landmarks_the_middle_stands_in_for_an_aligned_face() -> None:
    assert (render_view(ALIGNED, photo(), None) == render_view(View(Framing.CROP, 75), photo(), None)).all()


@pytest.mark.parametrize("framing", list(Framing))
@pytest.mark.parametrize("size", [32, 75, 150, 200])
def test_a_view_has_its_size(framing: Framing, size: int) -> None:
    face = render_view(View(framing, size), photo(), [tuple(point) for point in DLIB_TEMPLATE.points])
    assert face.shape == (size, size, 3)
    assert face.dtype == np.uint8


def test_views_that_differ_have_keys_that_differ() -> None:
    keys = {View(framing, size).key for framing in Framing for size in (32, 48, 96)}
    assert len(keys) == 3 * len(Framing)


def dotted(points: np.ndarray, width: int = 400, height: int = 400) -> np.ndarray:
    """White squares at the points, on grey."""
    image = np.full((height, width, 3), 100, np.uint8)
    for x, y in points:
        image[round(y) - 6 : round(y) + 6, round(x) - 6 : round(x) + 6] = 255
    return image


def test_a_portrait_has_its_points_where_its_template_says_and_the_eyes_a_quarter_apart() -> None:
    points = (DLIB_TEMPLATE.points[:, ::-1] * [1, -1] + [130, 270]).astype(float)  # a quarter of a turn
    face = render_view(View(Framing.PORTRAIT, 96), dotted(points), [tuple(point) for point in points])
    for x, y in portrait_template(96):
        assert face[round(y) - 1 : round(y) + 1, round(x) - 1 : round(x) + 1].mean() > 200
    left, right = portrait_template(96)[:2]
    assert (right - left)[0] / 96 == pytest.approx(0.25, abs=0.005)
    assert left[1] / 96 == pytest.approx(0.46, abs=0.005)


def test_what_a_portrait_lacks_at_the_edge_is_filled_with_the_edge() -> None:
    points = portrait_template(100) - [10, 0]  # the left tenth is missing
    face = render_view(View(Framing.PORTRAIT, 100), dotted(points, 90, 100), [tuple(point) for point in points])
    assert (face[:, :8] == 100).all()


def test_a_face_is_framed_as_an_aligned_one_and_goes_on_at_the_edge() -> None:
    points = DLIB_TEMPLATE.points + 20
    face = render_view(View(Framing.FACE, 150), dotted(points), [tuple(point) for point in points])
    for x, y in DLIB_TEMPLATE.points:
        assert face[round(y) - 2 : round(y) + 2, round(x) - 2 : round(x) + 2].mean() > 200
    aside = [tuple(point) for point in DLIB_TEMPLATE.points + np.array((80, 0))]
    beyond = render_view(View(Framing.FACE, 150), photo(), aside)
    assert (np.abs(beyond[40:, -1].astype(int) - beyond[40:, -20]) <= 1).all()


def test_a_crop_too_tight_for_a_portrait_is_shown_as_it_came() -> None:
    points = [tuple(point) for point in portrait_template(100) - [20, 20]]
    tight = photo(60, 60)
    assert (render_view(View(Framing.PORTRAIT, 60), tight, points) == tight).all()


def test_a_picture_without_a_face_is_shown_whole_whatever_box_it_has() -> None:
    whole = render_view(View(Framing.WHOLE, 120), photo(), None, Box(0, 0, 10, 10))
    assert (whole == photo()[:, 40:160]).all()


@settings(deadline=None, max_examples=60)
@given(
    size=st.integers(80, 500),
    side=st.floats(40, 200),
    x=st.floats(0, 1),
    y=st.floats(0, 1),
    degrees=st.floats(-180, 180),
)
def test_the_largest_portrait_lies_within_the_picture_or_is_the_face(
    size: int, side: float, x: float, y: float, degrees: float
) -> None:
    image = np.zeros((size, size, 3), np.uint8)
    angle = np.radians(degrees)
    turn = np.array(((np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle))))
    points = (DLIB_TEMPLATE.points / DLIB_TEMPLATE.size - 0.5) * side @ turn.T + np.array((x, y)) * size
    landmarks = [tuple(point) for point in points]
    face, portrait = crop_of(Framing.FACE, landmarks), crop_of(Framing.PORTRAIT, landmarks)

    crop = largest_portrait(image, landmarks)

    assert face.side - 1e-6 <= crop.side <= portrait.side + 1e-6
    assert crop == face or overhang(image, crop) <= 0
    if overhang(image, portrait) <= 0:
        assert (crop.x, crop.y, crop.side) == pytest.approx((portrait.x, portrait.y, portrait.side))
    if overhang(image, crop) > 0:  # then no square between the two lies within the picture
        for part in np.linspace(0, 1, 11):
            between = (
                (1 - part) * near + part * far for near, far in zip(_square(face), _square(portrait), strict=True)
            )
            assert overhang(image, Crop(*between, face.degrees)) > 0


@pytest.mark.parametrize("margin", [0, 10, 20, 30, 400])
def test_the_more_of_hair_a_picture_has_the_more_its_portrait_shows(margin: int) -> None:
    sides = []
    for room in (margin, margin + 10):
        points = [tuple(point) for point in DLIB_TEMPLATE.points + room]
        size = DLIB_TEMPLATE.size + 2 * room
        sides.append(largest_portrait(np.zeros((size, size, 3), np.uint8), points).side)
    assert sides[0] < sides[1] or (margin == 400 and sides[0] == pytest.approx(sides[1]))


def _square(crop: Crop) -> tuple[float, float, float]:
    return crop.x, crop.y, crop.side
