"""Sheets of activations: maps of a convolution's channels, and a dense layer's mean activations for each person."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from core.render.lettering import drawable_text, font, shorten
from core.render.palette import PALETTE, Colour

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BACKGROUND: Colour = (0x2B, 0x2D, 0x31)
_PLATE: Colour = (0x1E, 0x1F, 0x22)
_TEXT: Colour = (0xDB, 0xDE, 0xE1)
_DEAD: Colour = PALETTE[1]  # orange, as mistakes in the charts
_TILE = 56  # pixels of a map: an eye of a face is some six
_GAP, _EDGE, _LABEL, _TOP = 10, 16, 44, 64
_MAX_WIDTH = 1400
_TEXT_SIZE, _TITLE_SIZE = 16, 22
_ROW, _NAMES = 16, 120  # height of a person's row and width of the names, in a sheet of units
_MAX_UNIT_WIDTH = 12


def draw_maps(
    pictures: Sequence[NDArray[np.uint8]], maps: NDArray[np.float32], dead: Sequence[int], title: str
) -> bytes:
    """Draw the activation maps of a convolution's channels, each channel in a strip with all pictures.

    A strip is scaled to its channel's maximum, so that a weak channel can be seen, too; the figures have the absolute
    activations. Channels that are dead on the whole data set have an orange number.

    Args:
        pictures: (H, W, 3) RGB each, the network's inputs; drawn in the first strip.
        maps: (len(pictures), h, w, channels), none negative.
        dead: channels.
        title: above.

    Returns:
        A PNG of at most 1400 pixels across.
    """
    strip = _LABEL + len(pictures) * (_TILE + 2) + _GAP
    columns = max(1, (_MAX_WIDTH - 2 * _EDGE) // strip)
    rows = math.ceil((maps.shape[-1] + 1) / columns)
    sheet = _sheet(2 * _EDGE + min(columns, maps.shape[-1] + 1) * strip, rows * (_TILE + 4), title)
    for index in range(maps.shape[-1] + 1):
        left, top = _EDGE + index % columns * strip, _TOP + index // columns * (_TILE + 4)
        channel = index - 1
        tiles = [Image.fromarray(picture) for picture in pictures] if index == 0 else _tiles(maps[..., channel])
        for number, tile in enumerate(tiles):
            smooth = Image.Resampling.BICUBIC if index == 0 else Image.Resampling.NEAREST
            sheet.paste(tile.resize((_TILE, _TILE), smooth), (left + _LABEL + number * (_TILE + 2), top))
        if index:
            colour = _DEAD if channel in dead else _TEXT
            at = (left + _LABEL - 6, top + _TILE // 2)
            ImageDraw.Draw(sheet).text(at, str(channel), colour, font(_TEXT_SIZE), anchor="rm")
    return _png(sheet)


def draw_units(names: Sequence[str], by_person: NDArray[np.float32], dead: Sequence[int], title: str) -> bytes:
    """Draw the mean activation of each unit, a column, for each person, a row.

    Units are sorted by the person with their highest activation, so that units specific to a person form steps; each
    column is scaled to its maximum. Dead units are the plain part at the right end.

    Args:
        names: of the people.
        by_person: (people, units), none negative.
        dead: units.
        title: above.

    Returns:
        A PNG of at most 1400 pixels across where the units are at most 1200.
    """
    alive = [unit for unit in range(by_person.shape[1]) if unit not in set(dead)]
    order = sorted(alive, key=lambda unit: (int(by_person[:, unit].argmax()), -float(by_person[:, unit].max())))
    ordered = by_person[:, order]
    strongest = np.maximum(ordered.max(0, initial=0), np.finfo(np.float32).tiny)
    across = max(1, min(_MAX_UNIT_WIDTH, (_MAX_WIDTH - 2 * _EDGE - _NAMES) // by_person.shape[1]))
    height = _ROW * len(names)
    sheet = _sheet(2 * _EDGE + _NAMES + across * by_person.shape[1], height, title)
    pen = ImageDraw.Draw(sheet)
    for row, name in enumerate(names):
        words = shorten(drawable_text(name) or f"#{row + 1}", _ROW - 4, _NAMES - 8)
        pen.text((_EDGE + _NAMES - 8, _TOP + _ROW * row + _ROW // 2), words, _TEXT, font(_ROW - 4), anchor="rm")
    if order:
        cells = Image.fromarray(_colour_map(ordered / strongest))
        sheet.paste(cells.resize((across * len(order), height), Image.Resampling.NEAREST), (_EDGE + _NAMES, _TOP))
    if dead:
        left, right = (_EDGE + _NAMES + across * units for units in (len(order), by_person.shape[1]))
        pen.rectangle((left, _TOP, right - 1, _TOP + height - 1), fill=_PLATE)
        pen.text((right - 1, _TOP - 8), f"{len(dead)} dead", _DEAD, font(_TEXT_SIZE), anchor="rb")
    return _png(sheet)


def _sheet(width: int, height: int, title: str) -> Image.Image:
    words = drawable_text(title)
    width = max(width, 2 * _EDGE + math.ceil(font(_TITLE_SIZE).getlength(words)))
    sheet = Image.new("RGB", (width, _TOP + height + _EDGE), _BACKGROUND)
    ImageDraw.Draw(sheet).text((_EDGE, _TOP // 2), words, _TEXT, font(_TITLE_SIZE), anchor="lm")
    return sheet


def _tiles(maps: NDArray[np.float32]) -> list[Image.Image]:
    strongest = max(float(maps.max()), float(np.finfo(np.float32).tiny))
    return [Image.fromarray(_colour_map(np.clip(map_, 0, None) / strongest)) for map_ in maps]


def _colour_map(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Map [0, 1] to black, purple, orange, yellow: readable with any colour vision."""
    from matplotlib import colormaps  # half a second

    coloured: NDArray[np.uint8] = colormaps["inferno"](np.clip(values, 0, 1), bytes=True)
    return np.ascontiguousarray(coloured[..., :3])


def _png(sheet: Image.Image) -> bytes:
    out = io.BytesIO()
    sheet.save(out, "PNG", compress_level=6)
    return out.getvalue()
