"""Render an optimised picture beside its start, their difference, and the curve of the optimisation.

Without words, so that one picture does for all languages: a percentage below a picture is the target's probability.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from core.render.curve_plate import FAINT, GROUND, PROBABILITY, draw_curve
from core.render.lettering import font
from core.render.palette import Colour

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Curve = Sequence[tuple[int, float, float]]  # step, loss, the target's probability

DIFFERENCE_GAIN = 16  # a change of eight levels, which nobody sees, fills the range
_GREY = 128
_TILE = 360  # pixels of a picture's longer side in a sheet: three fill a message twice over
_SMALL_TILE = 240  # while it goes on
_GAP = 8
_CAPTION, _TEXT_SIZE = 30, 20
_CHART = 220
_MIN_WIDTH = 640  # of a sheet: a narrower chart cannot be read
MAX_PROGRESS_BYTES = 300_000  # bytes: it is posted every few seconds


def render_progress(
    picture: NDArray[np.uint8], start: NDArray[np.uint8] | None, curve: Curve, steps: int | None = None
) -> bytes:
    """Render the progress: the picture, its difference to the photo that it began as, and the curve.

    Args:
        picture: (H, W, 3) RGB.
        start: of the same shape; None: it began as noise, and no difference is shown.
        curve: so far.
        steps: planned; None: as many as there are.

    Returns:
        A PNG of 300 kB at most.
    """
    side = _SMALL_TILE
    while True:
        pictures = [picture] if start is None else [picture, difference(picture, start)]
        captions = ["", ""] if start is None else ["", f"×{DIFFERENCE_GAIN}"]
        tiles = [_scale(shown, side) for shown in pictures]
        chart = draw_curve(
            curve, steps or len(curve), (max(320, side + 80), max(160, *(tile.height for tile in tiles)))
        )
        data = _png(_row([*tiles, chart], [*captions[: len(tiles)], ""]))
        if len(data) <= MAX_PROGRESS_BYTES:
            return data
        side = side * 3 // 4  # noise cannot be compressed


def render_sheet(
    before: NDArray[np.uint8], after: NDArray[np.uint8], curve: Curve, probabilities: tuple[float, float]
) -> bytes:
    """Render the result: both pictures, the difference between them, and below them the curve.

    Args:
        before, after: (H, W, 3) RGB of one shape.
        curve: of all steps.
        probabilities: the target's probability in both, [0, 1].

    Returns:
        A PNG of 1,112 pixels across at most.
    """
    pictures = (before, after, difference(after, before))
    captions = [f"{percent(probabilities[0])}", f"{percent(probabilities[1])}", f"×{DIFFERENCE_GAIN}"]
    row = _row([_scale(picture, _TILE) for picture in pictures], captions)
    width = max(row.width, _MIN_WIDTH)
    sheet = Image.new("RGB", (width, row.height + _CHART), GROUND)
    sheet.paste(row, ((width - row.width) // 2, 0))
    chart = draw_curve(curve, max((step for step, _, _ in curve), default=1), (width - 2 * _GAP, _CHART - _GAP))
    sheet.paste(chart, (_GAP, row.height))
    return _png(sheet)


def difference(picture: NDArray[np.uint8], start: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the difference, amplified sixteenfold around grey: (H, W, 3)."""
    changed = _GREY + DIFFERENCE_GAIN * (picture.astype(np.int16) - start)
    return np.asarray(np.clip(changed, 0, 255), np.uint8)


def percent(probability: float) -> str:
    """Format a probability; 100 % and 0 % only where it is exactly that."""
    percentage = 100 * probability
    if 0 < percentage < 0.1:
        return "<0.1 %"
    if 99.9 < percentage < 100:
        return ">99.9 %"
    return f"{percentage:.1f} %" if percentage < 10 or percentage > 90 else f"{percentage:.0f} %"


def _scale(picture: NDArray[np.uint8], side: int) -> Image.Image:
    """Scale a picture to a longer side of so many pixels."""
    image = Image.fromarray(picture)
    scale = side / max(image.size)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    # Reduced by averaging: overshoots at edges would look like part of the change.
    return image.resize(size, Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC)


def _row(tiles: Sequence[Image.Image], captions: Sequence[str]) -> Image.Image:
    """Lay tiles out side by side, with a caption below each."""
    below = _CAPTION if any(captions) else _GAP
    width = sum(tile.width + _GAP for tile in tiles) + _GAP
    height = max(tile.height for tile in tiles) + _GAP + below
    sheet = Image.new("RGB", (width, height), GROUND)
    pen, left = ImageDraw.Draw(sheet), _GAP
    for tile, caption in zip(tiles, captions, strict=True):
        top = _GAP + (height - below - _GAP - tile.height) // 2
        sheet.paste(tile, (left, top))
        middle = (left + tile.width / 2, height - below / 2)
        pen.text(middle, caption, _colour(caption), font(_TEXT_SIZE), anchor="mm")
        left += tile.width + _GAP
    return sheet


def _colour(caption: str) -> Colour:
    return PROBABILITY if caption.endswith("%") else FAINT


def _png(sheet: Image.Image) -> bytes:
    out = io.BytesIO()
    sheet.save(out, "PNG", compress_level=6)
    return out.getvalue()
