"""Pictures of labelling cards: numbered faces beside a person, or a face beside people."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from core.render.grid import GROUND
from core.render.label_card import REFERENCE, TILE, draw_grid_card, draw_name_card, draw_numbered_faces

GAP = 6
MISSING = (0x4E, 0x50, 0x58)


def tile(colour: tuple[int, int, int], side: int = TILE) -> np.ndarray:
    return np.full((side, side, 3), colour, np.uint8)


def opened(jpeg: bytes) -> np.ndarray:
    picture = Image.open(io.BytesIO(jpeg))
    assert (picture.format, picture.mode) == ("JPEG", "RGB")
    return np.asarray(picture).astype(int)


def corner(index: int) -> tuple[int, int]:
    """Left and top of a grid's tile, from 0."""
    return REFERENCE + 3 * GAP + index % 3 * (TILE + GAP), GAP + index // 3 * (TILE + GAP)


def plate(sheet: np.ndarray, index: int) -> np.ndarray:
    """The plate with a tile's number."""
    x, y = corner(index)
    return sheet[y : y + 36, x : x + 36]


def is_colour(part: np.ndarray, colour: tuple[int, ...]) -> bool:
    assert part.size
    return bool(np.abs(part - np.array(colour)).max() <= 12)


@pytest.mark.parametrize("count", range(1, 10))
def test_a_grid_has_a_place_and_a_number_for_each_face(count: int) -> None:
    colours = [(25 * index, 200 - 20 * index, 60) for index in range(count)]
    sheet = opened(draw_grid_card("Haru", tile((10, 20, 200), 100), [tile(colour) for colour in colours]))
    height, width, _ = sheet.shape
    assert width == REFERENCE + 3 * GAP + 3 * (TILE + GAP)
    assert height >= max(-(-count // 3) * (TILE + GAP) + GAP, REFERENCE + 2 * GAP)
    for index, colour in enumerate(colours):
        x, y = corner(index)
        assert is_colour(sheet[y + 60 : y + TILE - 9, x + 60 : x + TILE - 9], colour)
        assert plate(sheet, index).max() > 230  # a white number
        assert plate(sheet, index).min() < 25  # on black
    x, y = corner(count)
    if y + TILE < height:  # the next place is empty
        assert is_colour(sheet[y + 9 : y + TILE, x + 9 : x + TILE], GROUND)
    assert is_colour(sheet[GAP + 9 : REFERENCE - 9, GAP + 9 : REFERENCE - 9], (10, 20, 200))


def test_each_number_is_another_one() -> None:
    sheet = opened(draw_grid_card("Haru", None, [tile((90, 90, 90))] * 9))
    plates = [plate(sheet, index) for index in range(9)]
    for one in range(9):
        for other in range(one):
            assert np.abs(plates[one] - plates[other]).mean() > 5


def test_what_has_no_picture_is_a_grey_tile() -> None:
    sheet = opened(draw_grid_card("Haru", None, [None, tile((200, 0, 0))]))
    x, y = corner(0)
    assert is_colour(sheet[y + 60 : y + TILE - 9, x + 60 : x + TILE - 9], MISSING)
    assert is_colour(sheet[GAP + 9 : REFERENCE - 9, GAP + 9 : REFERENCE - 9], MISSING)
    name_card = opened(draw_name_card(None, [("Haru", None)]))
    assert is_colour(name_card[20:200, 20:200], MISSING)


def name_strip(name: str) -> np.ndarray:
    sheet = opened(draw_grid_card(name, tile((10, 20, 200)), [tile((90, 90, 90))] * 9))
    return sheet[GAP + REFERENCE + 4 :, : REFERENCE + 2 * GAP]


@pytest.mark.parametrize("name", ["Haru", "本田 翼", "W" * 100, "長い名前" * 25, "Haru 🐱"])
def test_a_name_is_written_below_the_person_and_nowhere_else(name: str) -> None:
    strip = name_strip(name)
    assert strip.max() > 150
    assert is_colour(strip[60:], GROUND)
    assert is_colour(strip[:, REFERENCE + GAP + 1 :], GROUND)


@pytest.mark.parametrize("name", ["", "🐱🐶"])
def test_a_name_without_letters_leaves_its_place_empty(name: str) -> None:
    assert is_colour(name_strip(name)[8:], GROUND)


def test_an_emoji_in_a_name_is_left_out() -> None:
    assert (name_strip("Haru 🐱") == name_strip("Haru")).all()


@pytest.mark.parametrize("count", range(5))
def test_a_name_card_has_room_for_its_face_and_each_candidate(count: int) -> None:
    candidates = [(f"Person {index}", tile((50 * index, 40, 200))) for index in range(count)]
    sheet = opened(draw_name_card(tile((200, 20, 20), 90), candidates))
    assert is_colour(sheet[15:230, 15:230], (200, 20, 20))
    found = [
        bool((np.abs(sheet - np.array((50 * index, 40, 200))).max(2) <= 12).sum() >= 0.9 * TILE**2)
        for index in range(4)
    ]
    assert found == [index < count for index in range(4)]
    for rim in (sheet[-2:], sheet[:, -2:]):  # nothing is cut off
        assert np.abs(rim - np.array(GROUND)).max() < 40


@pytest.mark.parametrize("count", [1, 5, 6, 25])
def test_a_sheet_has_five_faces_in_a_row_and_a_number_on_each(count: int) -> None:
    sheet = opened(draw_numbered_faces([tile((9 * index, 60, 200)) for index in range(count)], 1))
    columns, rows = min(count, 5), -(-count // 5)
    assert sheet.shape == (rows * (TILE + GAP) + GAP, columns * (TILE + GAP) + GAP, 3)
    for index in range(count):
        x, y = GAP + index % 5 * (TILE + GAP), GAP + index // 5 * (TILE + GAP)
        assert is_colour(sheet[y + 60 : y + TILE - 9, x + 60 : x + TILE - 9], (9 * index, 60, 200))
        number = sheet[y : y + 36, x : x + 36]
        assert (number.max() > 230, number.min() < 25) == (True, True)


def test_long_numbers_and_missing_photos_have_room_on_a_sheet() -> None:
    sheet = opened(draw_numbered_faces([None, tile((9, 60, 200))], 1026))
    assert is_colour(sheet[GAP + 60 : TILE - 9, GAP + 60 : TILE - 9], MISSING)
    widths = [int((sheet[GAP + 4, x : x + TILE].max(axis=1) < 25).sum()) for x in (GAP, 2 * GAP + TILE)]
    assert all(70 < width < TILE // 2 for width in widths)  # four digits on black
