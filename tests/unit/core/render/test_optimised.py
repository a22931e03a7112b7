"""Pictures of pictures that were optimised."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.render.curve_plate import LOSS, PROBABILITY, draw_curve
from core.render.optimised import MAX_PROGRESS_BYTES, difference, percent, render_progress, render_sheet

CURVE = [(step, 5.0 / step, step / 50) for step in range(1, 51)]


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    assert image.format == "PNG"
    return image


def colours(image: Image.Image, colour: tuple[int, int, int]) -> int:
    """How many pixels are about of a colour."""
    off = np.abs(np.asarray(image).astype(int) - colour).max(2)
    return int((off < 12).sum())


@pytest.mark.parametrize("size", [(336, 336), (1024, 300), (300, 1024), (112, 112), (5, 1024)])
@pytest.mark.parametrize("photo", [True, False])
def test_progress_is_small_whatever_it_shows(size: tuple[int, int], photo: bool) -> None:
    data = render_progress(noise(*size), noise(*size)[::-1] if photo else None, CURVE, 100)
    assert len(data) <= MAX_PROGRESS_BYTES
    assert opened(data).width >= 320


def test_progress_before_the_first_point_is_a_picture_too() -> None:
    assert opened(render_progress(noise(50, 50), None, [], 300)).width > 320


@pytest.mark.parametrize("size", [(336, 336), (1024, 300), (300, 1024), (112, 112), (5, 1024)])
def test_a_sheet_fits_a_message(size: tuple[int, int]) -> None:
    sheet = opened(render_sheet(noise(*size), noise(*size)[::-1], CURVE, (0.001, 0.99)))
    assert 640 <= sheet.width <= 1112
    assert sheet.height <= 640


def test_a_sheet_shows_before_after_and_the_difference_from_left_to_right() -> None:
    before, after = np.full((100, 100, 3), 100, np.uint8), np.full((100, 100, 3), 104, np.uint8)
    sheet = np.asarray(opened(render_sheet(before, after, CURVE, (0.1, 0.9))))
    row = sheet[180]
    assert [tuple(row[at]) for at in (188, 556, 924)] == [(100,) * 3, (104,) * 3, (192,) * 3]


def test_the_same_input_gives_the_same_bytes() -> None:
    assert render_sheet(noise(9, 9), noise(9, 9), CURVE, (0, 1)) == render_sheet(
        noise(9, 9), noise(9, 9), CURVE, (0, 1)
    )


def test_a_difference_is_sixteenfold_around_grey_and_stays_in_range() -> None:
    before = np.array([[[0, 100, 250], [255, 0, 7]]], np.uint8)
    after = np.array([[[1, 98, 250], [0, 255, 7]]], np.uint8)
    assert difference(after, before).tolist() == [[[144, 96, 128], [0, 255, 128]]]


def test_both_lines_are_drawn() -> None:
    chart = draw_curve(CURVE, 50, (400, 200))
    assert chart.size == (400, 200)
    assert colours(chart, PROBABILITY) > 200
    assert colours(chart, LOSS) > 200


def test_the_probability_rises_in_the_chart_as_it_does_in_the_figures() -> None:
    chart = np.asarray(draw_curve([(step, 1.0, step / 50) for step in range(51)], 50, (400, 200))).astype(int)
    rows = [int(np.abs(chart[:, x] - PROBABILITY).sum(1).argmin()) for x in (80, 200, 320)]  # lines are drawn softly
    assert rows == sorted(rows, reverse=True)
    assert rows[1] == pytest.approx((28 + 200 - 26) / 2, abs=6)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2000), st.floats(0, 1e3), st.floats(0, 1)), max_size=20), st.integers(1, 2000))
def test_any_curve_can_be_drawn(curve: list[tuple[int, float, float]], steps: int) -> None:
    assert draw_curve(curve, steps, (320, 160)).size == (320, 160)


@pytest.mark.parametrize(
    ("chance", "words"),
    [(0.0, "0.0 %"), (0.0004, "<0.1 %"), (0.034, "3.4 %"), (0.5, "50 %"), (0.973, "97.3 %"), (0.9996, ">99.9 %"),
     (1.0, "100.0 %")],
)  # fmt: skip
def test_a_share_is_never_rounded_to_certainty(chance: float, words: str) -> None:
    assert percent(chance) == words
