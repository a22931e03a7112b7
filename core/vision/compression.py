"""JPEG compression of a picture, and which changes of the picture get through it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

HALVED_COLOURS = 2  # Pillow's word for 4:2:0, which chats and phones use


class Compression:
    """A picture after compression.

    Args:
        picture: (H, W, 3).
        quality: 1 to 95, as Pillow counts it.
        region: the rows and columns of which a slope will be asked.
    """

    def __init__(self, picture: NDArray[np.uint8], quality: int, region: tuple[slice, slice]) -> None:
        self.picture = decoded(compressed(picture, quality))
        self._region = region

    def add_back(self, gradient: NDArray[np.float32], slope: NDArray[np.float32]) -> None:
        """Add a slope by the compressed picture, by the picture itself, to `slope` (H, W, 3)."""
        slope[self._region] += gradient[self._region]


def compressed(picture: NDArray[np.uint8], quality: int) -> bytes:
    """A JPEG file with halved colours."""
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "JPEG", quality=quality, subsampling=HALVED_COLOURS)
    return out.getvalue()


def decoded(data: bytes) -> NDArray[np.uint8]:
    """Of a file that we made ourselves; those of others go through `core.vision.decode`."""
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
