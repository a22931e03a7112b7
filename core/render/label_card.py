"""Pictures to choose faces from: labelling cards, and the numbered pictures of a person."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from core.render.grid import GROUND, LABEL_COLOUR
from core.render.lettering import drawable_text, font, shorten
from core.render.palette import Colour

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Tile = NDArray[np.uint8] | None

# A phone shows a picture some 320 points wide: a face of the grid is then 74 points, at which people are known.
TILE = 208
REFERENCE = 240  # pixels a side of the person's face, and of the face that is asked about
_GAP = 6
_NAME_SIZE = 24
_NUMBER_SIZE = 30
_WHITE: Colour = (0xFF, 0xFF, 0xFF)
_BLACK: Colour = (0, 0, 0)
_MISSING: Colour = (0x4E, 0x50, 0x58)  # of a face whose photo is gone
_QUALITY = 85  # of the JPEG; a grid takes some 60 kB
_COLUMNS = 3
_SHEET_COLUMNS = 5  # 25 faces are a square; on a phone the picture can be opened in its full size


def draw_grid_card(name: str, reference: Tile, faces: Sequence[Tile]) -> bytes:
    """Draw up to nine numbered faces beside the person whom they may show.

    Args:
        name: of the person.
        reference: a face of the person, (S, S, 3) RGB; None: there is no picture.
        faces: in the order of their numbers, from 1.

    Returns:
        A JPEG.
    """
    rows = -(-len(faces) // _COLUMNS)
    left = REFERENCE + 3 * _GAP
    width = left + _COLUMNS * (TILE + _GAP)
    height = max(rows * (TILE + _GAP) + _GAP, REFERENCE + 2 * _GAP + _line_height())
    sheet = Image.new("RGB", (width, height), GROUND)
    _paste(sheet, reference, (_GAP, _GAP), REFERENCE)
    _write_name(sheet, name, (_GAP, _GAP + REFERENCE), REFERENCE)
    for index, face in enumerate(faces):
        corner = left + index % _COLUMNS * (TILE + _GAP), _GAP + index // _COLUMNS * (TILE + _GAP)
        _paste(sheet, face, corner, TILE)
        _write_number(sheet, index + 1, corner)
    return _encode(sheet)


def draw_numbered_faces(faces: Sequence[Tile], first_number: int) -> bytes:
    """Draw faces in rows, each with its number.

    Args:
        faces: (S, S, 3) RGB; None: there is no picture. One at least.
        first_number: of the first face; the others follow.

    Returns:
        A JPEG.
    """
    columns = min(_SHEET_COLUMNS, len(faces))
    rows = -(-len(faces) // columns)
    size = columns * (TILE + _GAP) + _GAP, rows * (TILE + _GAP) + _GAP
    sheet = Image.new("RGB", size, GROUND)
    for index, face in enumerate(faces):
        corner = _GAP + index % columns * (TILE + _GAP), _GAP + index // columns * (TILE + _GAP)
        _paste(sheet, face, corner, TILE)
        _write_number(sheet, first_number + index, corner)
    return _encode(sheet)


def draw_name_card(face: Tile, candidates: Sequence[tuple[str, Tile]]) -> bytes:
    """Draw the face that is asked about beside up to four people whom it may show.

    Args:
        face: (S, S, 3) RGB; None: there is no picture any more.
        candidates: name and a face of each.

    Returns:
        A JPEG.
    """
    below = _line_height()
    columns = 2 if candidates else 0
    rows = -(-len(candidates) // 2)
    side = 2 * REFERENCE if rows > 1 else REFERENCE + below
    width = _GAP + side + (2 * _GAP + columns * (TILE + _GAP) if candidates else _GAP)
    height = max(side, rows * (TILE + below + _GAP)) + 2 * _GAP
    sheet = Image.new("RGB", (width, height), GROUND)
    _paste(sheet, face, (_GAP, _GAP), side)
    for index, (name, picture) in enumerate(candidates):
        x = side + 3 * _GAP + index % 2 * (TILE + _GAP)
        y = _GAP + index // 2 * (TILE + below + _GAP)
        _paste(sheet, picture, (x, y), TILE)
        _write_name(sheet, name, (x, y + TILE), TILE)
    return _encode(sheet)


def _paste(sheet: Image.Image, tile: Tile, corner: tuple[int, int], side: int) -> None:
    if tile is None:
        ImageDraw.Draw(sheet).rectangle((*corner, corner[0] + side - 1, corner[1] + side - 1), fill=_MISSING)
        return
    picture = Image.fromarray(tile)
    if picture.size != (side, side):
        picture = picture.resize((side, side), Image.Resampling.BICUBIC)
    sheet.paste(picture, corner)


def _write_number(sheet: Image.Image, number: int, corner: tuple[int, int]) -> None:
    """Write a number on a plate in the tile's corner, so that it is read on every picture."""
    pen = ImageDraw.Draw(sheet)
    height = round(_NUMBER_SIZE * 1.3)
    width = max(height, round(pen.textlength(str(number), font(_NUMBER_SIZE)) + _NUMBER_SIZE * 0.4))
    pen.rectangle((*corner, corner[0] + width, corner[1] + height), fill=_BLACK)
    middle = corner[0] + width / 2, corner[1] + height / 2
    pen.text(middle, str(number), _WHITE, font(_NUMBER_SIZE), anchor="mm")


def _write_name(sheet: Image.Image, name: str, below: tuple[int, int], width: int) -> None:
    words = shorten(drawable_text(name), _NAME_SIZE, width)
    at = below[0] + width / 2, below[1] + _GAP
    ImageDraw.Draw(sheet).text(at, words, LABEL_COLOUR, font(_NAME_SIZE), anchor="ma")


def _line_height() -> int:
    return round(_NAME_SIZE * 1.4) + _GAP


def _encode(sheet: Image.Image) -> bytes:
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
