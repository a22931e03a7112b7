from __future__ import annotations

import io
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image, ImageSequence

from core.render.film import FRAME_MS, FilmFormat, FilmStyle, render_film
from core.render.strip import render_sum

WEBP, GIF = FilmFormat.WEBP, FilmFormat.GIF


def frames(count: int = 8, size: int = 32, *, noise: bool = False) -> np.ndarray:
    """From dark to light; with noise nothing can be compressed."""
    random = np.random.default_rng(0)
    if noise:
        return random.integers(0, 256, (count, size, size, 3), np.uint8)
    return np.stack([np.full((size, size, 3), 20 + 25 * place, np.uint8) for place in range(count)])


def played(film: bytes) -> tuple[Image.Image, list[np.ndarray], int]:
    """The file, its frames, and how long it lasts."""
    picture = Image.open(io.BytesIO(film))
    shown, lasts = [], 0
    for frame in ImageSequence.Iterator(picture):
        frame.load()
        shown.append(np.asarray(frame.convert("RGB")))
        lasts += frame.info["duration"]
    return picture, shown, lasts


@pytest.mark.parametrize("form", list(FilmFormat))
def test_a_film_shows_every_frame_in_its_order_and_begins_again(form: FilmFormat) -> None:
    picture, shown, lasts = played(render_film(frames(), FilmStyle(form)))
    assert (picture.format, picture.info.get("loop")) == (form.value.upper(), 0)
    assert (len(shown), lasts) == (8, 8 * FRAME_MS)
    levels = [frame.mean() for frame in shown]
    assert levels == pytest.approx([20 + 25 * place for place in range(8)], abs=6)


def test_a_film_is_as_large_as_a_chat_shows_it() -> None:
    assert Image.open(io.BytesIO(render_film(frames(size=96)))).size == (288, 288)
    assert Image.open(io.BytesIO(render_film(frames(size=64)))).size == (256, 256)


@pytest.mark.parametrize("form", list(FilmFormat))
def test_a_film_gets_worse_step_by_step_until_it_fits(form: FilmFormat) -> None:
    moving = frames(6, 16, noise=True)
    whole = len(render_film(moving, FilmStyle(form, 10**9)))
    seen = []
    for limit in (whole - 1, whole // 5, whole // 50):
        film = render_film(moving, FilmStyle(form, limit))
        picture, shown, lasts = played(film)
        seen.append((picture.size[0], len(shown)))
        assert len(film) <= limit
        assert lasts == 6 * FRAME_MS
    assert seen[0] == (256, 6)  # the quality alone
    assert all(later <= earlier for earlier, later in pairwise(seen))
    assert seen[-1][0] < 256


@pytest.mark.parametrize("form", list(FilmFormat))
def test_a_limit_that_nothing_fits_gives_the_least_there_is(form: FilmFormat) -> None:
    film = render_film(frames(4, 16, noise=True), FilmStyle(form, 1))
    assert Image.open(io.BytesIO(film)).size == (16, 16)
    assert len(film) < 2000


def test_one_frame_is_a_film_too() -> None:
    assert len(played(render_film(frames(1), FilmStyle(GIF)))[1]) == 1


def test_the_same_frames_give_the_same_bytes() -> None:
    assert render_film(frames()) == render_film(frames())


def test_the_files_name_says_what_it_is() -> None:
    assert [FilmStyle(WEBP).file_name, FilmStyle(GIF).file_name] == ["film.webp", "film.gif"]


@pytest.mark.parametrize("wrong", [frames(2)[:0], frames(2)[0], frames(2).astype(np.float32)])
def test_what_is_no_row_of_frames_is_refused(wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match="frames of shape"):
        render_film(wrong)


def test_a_sum_shows_its_parts_small_and_what_came_of_them_large() -> None:
    parts = frames(3, 96)
    sheet = np.asarray(Image.open(io.BytesIO(render_sum(parts, ["+1", "+2", "−3"], frames(8, 96)[7]))))
    large = (sheet == 195).all(2)
    assert large.sum() == 288 * 288
    assert all(((sheet == level).all(2)).sum() == 96 * 96 for level in (20, 45, 70))
    left_of_it = sheet[:, : np.flatnonzero(large.any(0))[0]]
    assert ((left_of_it == (0x94, 0x9B, 0xA4)).all(2)).any()  # signs, seeds, and the equals sign
