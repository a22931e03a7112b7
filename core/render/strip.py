"""A sum of faces: those that were added and subtracted, small, and what came of it, large."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from core.render.grid import GROUND, LETTERS, encoded, sheet_of
from core.render.lettering import font

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_COLUMNS = 4  # of the faces that went in: sixteen at most
_EQUALS = 36  # pixels of the sign, and of the room that it has
_RESULT = 288  # pixels a side, about: three times what networks draw


def render_sum(parts: NDArray[np.uint8], labels: Sequence[str], result: NDArray[np.uint8], label: str = "") -> bytes:
    """`parts` = `result`.

    Args:
        parts: (N, S, S, 3) RGB, N from 1.
        labels: letters below each: `+3`, `−9`.
        result: (S, S, 3).
        label: letters below it.

    Returns:
        A PNG under 8 MB.
    """
    size = result.shape[0]
    left = sheet_of(parts, _COLUMNS, labels, 1)
    right = sheet_of(result[None], 1, [label] if label else None, max(1, round(_RESULT / size)))
    height = max(left.height, right.height)
    sheet = Image.new("RGB", (left.width + _EQUALS + right.width, height), GROUND)
    sheet.paste(left, (0, (height - left.height) // 2))
    sheet.paste(right, (left.width + _EQUALS, (height - right.height) // 2))
    middle = (left.width + _EQUALS / 2, height / 2)
    ImageDraw.Draw(sheet).text(middle, "=", LETTERS, font(_EQUALS), anchor="mm")
    return encoded(sheet)
