"""Grids of pictures with a short label below each, as PNG."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from core.render.lettering import drawable_text, font, shorten
from core.render.palette import Colour

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GROUND: Colour = (0x2B, 0x2D, 0x31)  # of Discord's embeds in its dark theme, as in the charts
LABEL_COLOUR: Colour = (0x94, 0x9B, 0xA4)  # faint: the faces matter
MAX_COLUMNS = 8  # a message is some 550 pixels wide; narrower faces cannot be told apart there
MAX_BYTES = 8_000_000  # under Discord's 10 MiB with room for the rest of the request
_MIN_LABEL_SIZE = 12
_LABEL_FRACTION = 0.11  # of a tile's side: a seed of ten digits fits below a face
_GAP = 4  # pixels between tiles
# 1 of zlib's 9: a grid takes a quarter of the time that it takes with 6, the default, and is a fifth larger.
_COMPRESSION = 1


def render_grid(
    pictures: NDArray[np.uint8], columns: int, labels: Sequence[str] | None = None, scale: int = 1
) -> bytes:
    """Lay pictures out in rows.

    Args:
        pictures: (N, S, S, 3) RGB, N from 1.
        columns: pictures in a row; fewer where there are fewer pictures.
        labels: texts below the pictures; None: no room is left for them.
        scale: a whole factor by which pictures are enlarged.

    Returns:
        A PNG under 8 MB. The same input gives the same bytes.

    Raises:
        ValueError: no pictures, another shape, or `labels` and `pictures` differ in number.
    """
    if pictures.ndim != 4 or pictures.shape[3] != 3 or pictures.dtype != "uint8" or 0 in pictures.shape:
        raise ValueError(f"expected pictures of shape (N, S, S, 3) and type uint8, got {pictures.shape}")
    if labels is not None and len(labels) != len(pictures):
        raise ValueError(f"{len(pictures)} pictures, but {len(labels)} labels")
    return encode_png(draw_sheet(pictures, columns, labels, scale))


def grid_columns(count: int) -> int:
    """Return a row's length for so many pictures: near to a square, with few empty tiles, eight at most."""
    square = math.ceil(math.sqrt(count))
    return min(MAX_COLUMNS, min((square, square + 1), key=lambda columns: -count % columns))


def grid_scale(count: int, size: int) -> int:
    """Return by how much pictures of `size` pixels are enlarged: sixteen at twice 96 fill a message's width."""
    return max(1, round(192 / size)) if count <= 16 else 1


def enlarge(pictures: NDArray[np.uint8], scale: int) -> list[Image.Image]:
    """Enlarge by a whole factor: bicubic keeps a generator's edges without the halos of Lanczos."""
    tiles = [Image.fromarray(picture) for picture in pictures]
    if scale == 1:
        return tiles
    return [tile.resize((tile.width * scale, tile.height * scale), Image.Resampling.BICUBIC) for tile in tiles]


def encode_png(sheet: Image.Image) -> bytes:
    """Encode as PNG; the picture is made smaller until the file is under 8 MB."""
    while True:
        out = io.BytesIO()
        sheet.save(out, "PNG", compress_level=_COMPRESSION)
        if out.tell() < MAX_BYTES:
            return out.getvalue()
        sheet = sheet.resize((sheet.width * 3 // 4, sheet.height * 3 // 4), Image.Resampling.LANCZOS)


def _draw_label(pen: ImageDraw.ImageDraw, left: int, top: int, side: int, label: str) -> None:
    """Draw a label centred below a tile that ends at `top`, shortened to the tile's width."""
    size = _label_size(side)
    words = shorten(drawable_text(label), size, side)
    pen.text((left + side / 2, top + 1), words, LABEL_COLOUR, font(size), anchor="ma")


def _label_size(side: int) -> int:
    return max(_MIN_LABEL_SIZE, round(side * _LABEL_FRACTION))


def draw_sheet(pictures: NDArray[np.uint8], columns: int, labels: Sequence[str] | None, scale: int) -> Image.Image:
    """Draw the grid as an image; arguments as for `render_grid`."""
    columns = max(1, min(columns, len(pictures)))
    side = pictures.shape[1] * scale
    below = 0 if labels is None else round(_label_size(side) * 1.4)
    rows = math.ceil(len(pictures) / columns)
    width, height = columns * (side + _GAP) + _GAP, rows * (side + below + _GAP) + _GAP
    sheet = Image.new("RGB", (width, height), GROUND)
    pen = ImageDraw.Draw(sheet)
    for index, tile in enumerate(enlarge(pictures, scale)):
        left, top = _GAP + index % columns * (side + _GAP), _GAP + index // columns * (side + below + _GAP)
        sheet.paste(tile, (left, top))
        if labels is not None:
            _draw_label(pen, left, top + side, side, labels[index])
    return sheet
