"""Faces side by side, each with a few letters below it: what a model drew."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from core.render.lettering import drawable, font, shortened
from core.render.palette import Colour

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GROUND: Colour = (0x2B, 0x2D, 0x31)  # of Discord's embeds in its dark theme, as in the charts
LETTERS: Colour = (0x94, 0x9B, 0xA4)  # faint: the faces matter
MOST_COLUMNS = 8  # a message is some 550 pixels wide; narrower faces cannot be told apart there
LARGEST_BYTES = 8_000_000  # under Discord's 10 MiB with room for the rest of the request
_SMALLEST_LETTERS = 12
_LETTERS_OF_TILE = 0.11  # a seed of ten digits fits below a face
_GAP = 4  # pixels between tiles
# 1 of zlib's 9: a grid takes a quarter of the time that it takes with 6, the default, and is a fifth larger.
_COMPRESSION = 1


def render_grid(
    pictures: NDArray[np.uint8], columns: int, labels: Sequence[str] | None = None, scale: int = 1
) -> bytes:
    """Pictures in rows.

    Args:
        pictures: (N, S, S, 3) RGB, N from 1.
        columns: how many in a row; fewer where there are fewer pictures.
        labels: letters below each; None: no room is left for any.
        scale: whole times larger, smoothly.

    Returns:
        A PNG under 8 MB. The same input gives the same bytes.

    Raises:
        ValueError: no pictures, another shape, or `labels` and `pictures` differ in number.
    """
    if pictures.ndim != 4 or pictures.shape[3] != 3 or pictures.dtype != "uint8" or 0 in pictures.shape:
        raise ValueError(f"expected pictures of shape (N, S, S, 3) and type uint8, got {pictures.shape}")
    if labels is not None and len(labels) != len(pictures):
        raise ValueError(f"{len(pictures)} pictures, but {len(labels)} labels")
    return encoded(sheet_of(pictures, columns, labels, scale))


def pleasant_columns(count: int) -> int:
    """A row's length for so many: near to a square, wider rather than higher, with few empty places; eight at most."""
    square = math.ceil(math.sqrt(count))
    return min(MOST_COLUMNS, min((square, square + 1), key=lambda columns: -count % columns))


def pleasant_scale(count: int, size: int) -> int:
    """How much larger so many pictures of `size` pixels are shown: sixteen at twice 96 fill a message's width."""
    return max(1, round(192 / size)) if count <= 16 else 1


def enlarged(pictures: NDArray[np.uint8], scale: int) -> list[Image.Image]:
    """Whole times larger: bicubic keeps a generator's edges without the halos of Lanczos."""
    tiles = [Image.fromarray(picture) for picture in pictures]
    if scale == 1:
        return tiles
    return [tile.resize((tile.width * scale, tile.height * scale), Image.Resampling.BICUBIC) for tile in tiles]


def encoded(sheet: Image.Image) -> bytes:
    """As PNG, smaller until it is under 8 MB."""
    while True:
        out = io.BytesIO()
        sheet.save(out, "PNG", compress_level=_COMPRESSION)
        if out.tell() < LARGEST_BYTES:
            return out.getvalue()
        sheet = sheet.resize((sheet.width * 3 // 4, sheet.height * 3 // 4), Image.Resampling.LANCZOS)


def _write_below(pen: ImageDraw.ImageDraw, left: int, top: int, side: int, label: str) -> None:
    """Letters in the middle below a tile that ends at `top`; as many of them as fit."""
    size = _letters_below(side)
    words = shortened(drawable(label), size, side)
    pen.text((left + side / 2, top + 1), words, LETTERS, font(size), anchor="ma")


def _letters_below(side: int) -> int:
    return max(_SMALLEST_LETTERS, round(side * _LETTERS_OF_TILE))


def sheet_of(pictures: NDArray[np.uint8], columns: int, labels: Sequence[str] | None, scale: int) -> Image.Image:
    """The same as a picture that can be laid beside others."""
    columns = max(1, min(columns, len(pictures)))
    side = pictures.shape[1] * scale
    below = 0 if labels is None else round(_letters_below(side) * 1.4)
    rows = math.ceil(len(pictures) / columns)
    width, height = columns * (side + _GAP) + _GAP, rows * (side + below + _GAP) + _GAP
    sheet = Image.new("RGB", (width, height), GROUND)
    pen = ImageDraw.Draw(sheet)
    for place, tile in enumerate(enlarged(pictures, scale)):
        left, top = _GAP + place % columns * (side + _GAP), _GAP + place // columns * (side + below + _GAP)
        sheet.paste(tile, (left, top))
        if labels is not None:
            _write_below(pen, left, top + side, side, labels[place])
    return sheet
