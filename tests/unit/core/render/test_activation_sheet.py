from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from core.render.activation_sheet import draw_maps, draw_units

ORANGE = (0xEE, 0x88, 0x66)


def pixels(png: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(png)) as image:
        assert image.format == "PNG"
        return np.asarray(image.convert("RGB")).astype(int)


def orange(png: bytes) -> int:
    return int((np.abs(pixels(png) - ORANGE).max(axis=2) <= 6).sum())


def photos(count: int) -> list[np.ndarray]:
    return [np.full((48, 48, 3), 40 * number, np.uint8) for number in range(count)]


@pytest.mark.parametrize(("count", "channels", "side"), [(1, 1, 1), (4, 108, 6), (4, 32, 96), (2, 192, 4)])
def test_a_sheet_of_any_convolution_is_as_wide_as_a_screen_at_most(count: int, channels: int, side: int) -> None:
    maps = np.random.default_rng(0).random((count, side, side, channels), np.float32)
    assert pixels(draw_maps(photos(count), maps, [], "block")).shape[1] <= 1400


def test_the_brightest_place_is_where_the_channel_is_strongest() -> None:
    maps = np.zeros((1, 2, 2, 1), np.float32)
    maps[0, 1, 0, 0] = 1e-6  # a weak channel is shown as bright as a strong one
    drawn = pixels(draw_maps(photos(1), maps, [], "x"))
    rows, _ = np.nonzero((drawn > 150).all(axis=2) & (np.abs(drawn - (252, 255, 164)).max(axis=2) < 4))
    assert len(rows) == 28 * 28  # a quarter of a tile of 56
    assert rows.min() == 64 + 28


def test_dead_channels_have_an_orange_number() -> None:
    maps = np.zeros((2, 3, 3, 5), np.float32)
    assert orange(draw_maps(photos(2), maps, [], "x")) == 0
    assert orange(draw_maps(photos(2), maps, [3], "x")) > 0


def test_negative_activations_of_soft_rectifiers_are_dark() -> None:
    dark = draw_maps(photos(1), np.zeros((1, 3, 3, 2), np.float32), [], "x")
    assert draw_maps(photos(1), np.full((1, 3, 3, 2), -0.1, np.float32), [], "x") == dark


@pytest.mark.parametrize(("people", "units"), [(1, 1), (2, 1024), (40, 256), (100, 1200)])
def test_a_sheet_of_any_number_of_units_is_drawn(people: int, units: int) -> None:
    means = np.random.default_rng(0).random((people, units), np.float32)
    png = draw_units([f"晴香 {number}" for number in range(people)], means, [0], "dense1")
    assert pixels(png).shape[1] <= 1400


def test_units_are_in_the_order_of_the_people_who_excite_them() -> None:
    means = np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]], np.float32)
    assert draw_units(["a", "b", "c"], means, [], "x") == draw_units(
        ["a", "b", "c"], np.eye(3, dtype=np.float32), [], "x"
    )


def test_dead_units_are_counted() -> None:
    means = np.eye(4, 9, dtype=np.float32)
    assert orange(draw_units(["a", "김", "c", "d"], means, [], "x")) == 0
    assert orange(draw_units(["a", "김", "c", "d"], means, [4, 5, 6, 7, 8], "x")) > 20


def test_a_layer_that_is_wholly_dead_is_drawn() -> None:
    assert pixels(draw_units(["a"], np.zeros((1, 7), np.float32), range(7), "x")).shape
