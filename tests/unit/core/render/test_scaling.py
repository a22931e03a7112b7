"""Strips give what Pillow gives for the whole photo, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.render import scaling
from core.render.scaling import crop_array, reduce_array, resize_array

FILTERS = [Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS]


def photo(width: int, height: int) -> np.ndarray:
    return np.random.default_rng(width * 1000 + height).integers(0, 256, (height, width, 3), np.uint8)


@pytest.fixture(autouse=True, scope="module")
def strips_of_a_few_rows():
    before, scaling._STRIP_PIXELS = scaling._STRIP_PIXELS, 2000
    yield
    scaling._STRIP_PIXELS = before


sides = st.integers(1, 260)


@settings(max_examples=150, deadline=None)
@given(
    sides,
    sides,
    st.tuples(st.integers(1, 130), st.integers(1, 130)),
    st.sampled_from(FILTERS),
    st.sampled_from([None, 2.0, 3.0]),
)
def test_a_whole_photo_is_resized_as_pillow_does(width, height, size, resample, gap):
    image = photo(width, height)
    whole = Image.fromarray(image).resize(size, resample, reducing_gap=gap)
    assert np.array_equal(np.asarray(resize_array(image, size, resample, reducing_gap=gap)), np.asarray(whole))


@settings(max_examples=150, deadline=None)
@given(sides, sides, st.data())
def test_a_part_of_a_photo_is_resized_as_pillow_does(width, height, data):
    image = photo(width, height)
    left, top = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    region = left, top, data.draw(st.integers(left + 1, width)), data.draw(st.integers(top + 1, height))
    size = data.draw(st.tuples(st.integers(1, 96), st.integers(1, 96)))
    whole = Image.fromarray(image).resize(size, Image.Resampling.BILINEAR, region, reducing_gap=2.0)
    part = resize_array(image, size, Image.Resampling.BILINEAR, region, reducing_gap=2.0)
    assert np.array_equal(np.asarray(part), np.asarray(whole))


@settings(max_examples=80, deadline=None)
@given(sides, sides, st.integers(2, 20), st.integers(2, 20))
def test_blocks_are_averaged_as_pillow_does(width, height, x, y):
    image = photo(width, height)
    assert np.array_equal(np.asarray(reduce_array(image, (x, y))), np.asarray(Image.fromarray(image).reduce((x, y))))


@settings(max_examples=80, deadline=None)
@given(sides, sides, st.tuples(*[st.integers(-300, 500)] * 2), st.tuples(*[st.integers(1, 200)] * 2))
def test_a_square_beyond_the_photo_is_black_there_as_pillow_has_it(width, height, corner, size):
    image = photo(width, height)
    region = *corner, corner[0] + size[0], corner[1] + size[1]
    assert np.array_equal(np.asarray(crop_array(image, region)), np.asarray(Image.fromarray(image).crop(region)))
