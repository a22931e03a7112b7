"""Squares cut out of pictures, and how much detail is in them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter

from core.domain.data.curation import LIMITS, Crop
from core.vision.crop import MAX_SIDE, cut_square, middle_square, to_square
from core.vision.curation.detail import DETAIL_SIDE, detail, shrink


def noise(seed: int = 0, side: int = DETAIL_SIDE) -> Image.Image:
    """Detail of all sizes, the finer the fainter, as photos have it."""
    rng = np.random.default_rng(seed)
    layers = [
        np.asarray(
            Image.fromarray(rng.normal(128, 60, (n, n)).clip(0, 255).astype(np.uint8)).resize(
                (side, side), Image.Resampling.BICUBIC
            ),
            float,
        )
        for n in (4, 8, 16, 32, 64, 128)
    ]
    falling = 0.7 ** np.arange(len(layers))
    return Image.fromarray(np.average(layers, 0, falling).astype(np.uint8)).convert("RGB")


def test_a_square_that_lies_level_is_just_that_part() -> None:
    image = np.arange(100 * 80 * 3, dtype=np.uint8).reshape(100, 80, 3)
    assert np.array_equal(cut_square(image, Crop(40, 50, 20)), image[40:60, 30:50])


@pytest.mark.parametrize("degrees", [0, 30, -45, 90, 180])
def test_what_was_turned_is_upright_again(degrees: float) -> None:
    # Given a bar along the line between two eyes, which falls to the right by so many degrees
    photo = Image.new("RGB", (200, 200))
    angle = math.radians(degrees)
    across = 40 * math.cos(angle), 40 * math.sin(angle)
    ImageDraw.Draw(photo).line((100 - across[0], 100 - across[1], 100 + across[0], 100 + across[1]), "white", 7)
    # When it is cut
    level = cut_square(np.asarray(photo), Crop(100, 100, 100, degrees))[..., 0].astype(float)
    # Then the bar lies level, in the middle
    rows, columns = level.sum(1), level.sum(0)
    assert abs(float(rows @ np.arange(100) / rows.sum()) - 49.5) < 1
    assert (rows > 0.1 * rows.max()).sum() < 12
    assert (columns > 0.1 * columns.max()).sum() > 75


def test_beyond_the_picture_its_edge_goes_on() -> None:
    image = np.full((50, 50, 3), 200, np.uint8)
    assert cut_square(image, Crop(0, 0, 60)).min() == 200


def test_a_large_square_is_made_smaller() -> None:
    image = np.asarray(noise(side=1500))
    assert cut_square(image, middle_square(image)).shape == (MAX_SIDE, MAX_SIDE, 3)
    assert cut_square(image, middle_square(image), 96).shape == (96, 96, 3)
    assert shrink(image).shape == (256, 256, 3)


def test_the_middle_is_the_largest_square() -> None:
    assert middle_square(np.zeros((60, 100, 3), np.uint8)) == Crop(50, 30, 60)


@pytest.mark.parametrize("seed", range(4))
def test_blurred_and_enlarged_pictures_have_less_detail_than_the_limit(seed: int) -> None:
    sharp = noise(seed)
    blurred = sharp.filter(ImageFilter.GaussianBlur(3))
    enlarged = sharp.resize((24, 24), Image.Resampling.LANCZOS).resize(sharp.size, Image.Resampling.BICUBIC)
    assert detail(np.asarray(sharp)) > 1.5 * LIMITS.min_detail
    assert detail(np.asarray(blurred)) < LIMITS.min_detail
    assert detail(np.asarray(enlarged)) < LIMITS.min_detail


def test_detail_does_not_depend_on_exposure() -> None:
    sharp = noise(1)
    darker = sharp.point(lambda value: round(value * 0.6))
    assert detail(np.asarray(darker)) == pytest.approx(detail(np.asarray(sharp)), rel=0.05)
    assert detail(np.full((DETAIL_SIDE, DETAIL_SIDE, 3), 99, np.uint8)) == 0


@settings(deadline=None, max_examples=60)
@given(
    side=st.floats(60, 250),
    degrees=st.floats(-180, 180),
    size=st.integers(60, 250),
    across=st.floats(-0.4, 0.4),
    down=st.floats(-0.4, 0.4),
)
def test_a_point_of_the_picture_is_found_where_its_square_shows_it(
    side: float, degrees: float, size: int, across: float, down: float
) -> None:
    crop, angle = Crop(150.0, 140.0, side, degrees), math.radians(degrees)
    x = crop.x + side * (across * math.cos(angle) - down * math.sin(angle))
    y = crop.y + side * (across * math.sin(angle) + down * math.cos(angle))
    image = np.zeros((300, 300, 3), np.uint8)
    image[max(0, round(y) - 5) : round(y) + 5, max(0, round(x) - 5) : round(x) + 5] = 255

    matrix = to_square(crop, size)

    at = matrix[:, :2] @ (x, y) + matrix[:, 2]
    assert at == pytest.approx(((0.5 + across) * size, (0.5 + down) * size), abs=1e-6)
    if 0 <= x < 300 and 0 <= y < 300:
        assert cut_square(image, crop, size)[math.floor(at[1]), math.floor(at[0])].min() > 150
