"""A picture of latent arithmetic: the added and subtracted faces, small, and the result, large."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from core.render.grid import GROUND, LABEL_COLOUR, draw_sheet, encode_png
from core.render.lettering import font

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_COLUMNS = 4  # of the terms: sixteen at most
_EQUALS = 36  # pixels of the sign, and of the room that it has
_RESULT = 288  # pixels a side, about: three times a network's output


def render_sum(parts: NDArray[np.uint8], labels: Sequence[str], result: NDArray[np.uint8]) -> bytes:
    """Draw `parts` = `result`.

    Args:
        parts: (N, S, S, 3) RGB, N from 1.
        labels: texts below the parts: `+3`, `−9`.
        result: (S, S, 3).

    Returns:
        A PNG under 8 MB.
    """
    size = result.shape[0]
    left = draw_sheet(parts, _COLUMNS, labels, 1)
    right = draw_sheet(result[None], 1, None, max(1, round(_RESULT / size)))
    height = max(left.height, right.height)
    sheet = Image.new("RGB", (left.width + _EQUALS + right.width, height), GROUND)
    sheet.paste(left, (0, (height - left.height) // 2))
    sheet.paste(right, (left.width + _EQUALS, (height - right.height) // 2))
    middle = (left.width + _EQUALS / 2, height / 2)
    ImageDraw.Draw(sheet).text(middle, "=", LABEL_COLOUR, font(_EQUALS), anchor="mm")
    return encode_png(sheet)
