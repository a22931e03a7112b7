from __future__ import annotations

import numpy as np
import pytest

from core.domain.faces import Box
from core.vision.align import TEMPLATE
from core.vision.views import Framing, View, render_view

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
    points = TEMPLATE[:, ::-1] * [1, -1] + [50, 250]  # a quarter of a turn
    for x, y in points:
        image[round(y) - 6 : round(y) + 6, round(x) - 6 : round(x) + 6] = 255
    face = render_view(ALIGNED, image, [tuple(point) for point in points])
    for x, y in TEMPLATE / 2:
        assert face[round(y) - 1 : round(y) + 1, round(x) - 1 : round(x) + 1].mean() > 200
    assert face.shape == (75, 75, 3)


def test_without_landmarks_the_middle_stands_in_for_an_aligned_face() -> None:
    assert (render_view(ALIGNED, photo(), None) == render_view(View(Framing.CROP, 75), photo(), None)).all()


@pytest.mark.parametrize("framing", list(Framing))
@pytest.mark.parametrize("size", [32, 75, 150, 200])
def test_a_view_has_its_size(framing: Framing, size: int) -> None:
    face = render_view(View(framing, size), photo(), [tuple(point) for point in TEMPLATE])
    assert face.shape == (size, size, 3)
    assert face.dtype == np.uint8


def test_views_that_differ_have_keys_that_differ() -> None:
    keys = {View(framing, size).key for framing in Framing for size in (32, 48, 96)}
    assert len(keys) == 6
