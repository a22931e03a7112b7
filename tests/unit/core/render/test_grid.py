from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.domain.generation import MAX_FACES
from core.render import grid
from core.render.grid import GROUND, grid_columns, grid_scale, render_grid


def faces(count: int, size: int = 24) -> np.ndarray:
    """Each of one colour of its own."""
    pictures = np.zeros((count, size, size, 3), np.uint8)
    pictures[:] = (np.arange(count)[:, None] * (5, 3, 2) + (40, 60, 80))[:, None, None, :]
    return pictures


def opened(png: bytes) -> np.ndarray:
    picture = Image.open(io.BytesIO(png))
    assert (picture.format, picture.mode) == ("PNG", "RGB")
    return np.asarray(picture)


def rows_and_columns(sheet: np.ndarray, size: int) -> tuple[int, int]:
    return (sheet.shape[0] - 4) // (size + 4), (sheet.shape[1] - 4) // (size + 4)


def test_every_face_is_where_its_place_in_the_order_says() -> None:
    pictures = faces(5)
    sheet = opened(render_grid(pictures, 3))
    assert rows_and_columns(sheet, 24) == (2, 3)
    for place, picture in enumerate(pictures):
        left, top = 4 + place % 3 * 28, 4 + place // 3 * 28
        assert (sheet[top : top + 24, left : left + 24] == picture).all()
    assert (sheet[32:, 60:] == GROUND).all()  # the sixth place is empty


def test_enlarged_faces_are_whole_times_larger() -> None:
    pictures = faces(2)
    sheet = opened(render_grid(pictures, 2, scale=3))
    assert sheet.shape == (3 * 24 + 8, 2 * (3 * 24 + 4) + 4, 3)
    assert (sheet[4:76, 4:76] == pictures[0][0, 0]).all()


def test_labels_are_below_their_faces() -> None:
    pictures = faces(2)
    plain, labelled = opened(render_grid(pictures, 2, scale=4)), opened(render_grid(pictures, 2, ["", "7"], scale=4))
    below = labelled[4 + 96 : -1]
    assert labelled.shape[0] > plain.shape[0]
    assert (below[:, :102] == GROUND).all()
    assert (below[:, 104:200] != GROUND).any()


def test_a_row_is_no_longer_than_there_are_faces() -> None:
    assert rows_and_columns(opened(render_grid(faces(2), 8)), 24) == (1, 2)


def test_the_same_faces_give_the_same_bytes() -> None:
    labels = [str(number) for number in range(9)]
    assert render_grid(faces(9), 3, labels, 2) == render_grid(faces(9), 3, labels, 2)


def test_a_label_that_is_too_long_is_cut_rather_than_written_over_its_neighbour() -> None:
    sheet = opened(render_grid(faces(2), 2, ["2147483647" * 5, ""], scale=2))
    assert (sheet[4 + 48 :, 58:] == GROUND).all()


def test_a_grid_that_is_too_large_for_discord_becomes_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (4, 64, 64, 3), np.uint8)
    whole = render_grid(noise, 2)
    monkeypatch.setattr(grid, "MAX_BYTES", len(whole))
    smaller = render_grid(noise, 2)
    assert len(smaller) < len(whole)
    assert opened(smaller).shape[0] == opened(whole).shape[0] * 3 // 4


@pytest.mark.parametrize("pictures", [faces(0), faces(2)[0], faces(2).astype(np.float32), faces(2)[..., :1]])
def test_what_is_no_row_of_pictures_is_refused(pictures: np.ndarray) -> None:
    with pytest.raises(ValueError, match="pictures of shape"):
        render_grid(pictures, 2)


def test_a_label_for_each_picture_or_none_at_all() -> None:
    with pytest.raises(ValueError, match="2 pictures, but 1 labels"):
        render_grid(faces(2), 2, ["one"])


@given(st.integers(1, MAX_FACES))
def test_rows_are_pleasant(count: int) -> None:
    columns = grid_columns(count)
    rows = -(-count // columns)
    assert 1 <= rows <= columns <= 8
    assert columns * rows - count < columns


@pytest.mark.parametrize(("count", "columns"), [(1, 1), (2, 2), (4, 2), (6, 3), (8, 4), (9, 3), (16, 4), (64, 8)])
def test_usual_numbers_leave_no_place_empty(count: int, columns: int) -> None:
    assert grid_columns(count) == columns


def test_few_faces_are_shown_twice_as_large() -> None:
    assert [grid_scale(16, 96), grid_scale(17, 96), grid_scale(8, 64)] == [2, 1, 3]
