"""The files of an optimisation: where it begins, of a size that is quickly worked on, and what is posted of it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from core.domain.optimisation import Norms

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Pixels of the longer side. A PNG of so many cannot be larger than 3.2 MB, whatever it shows, so that what is posted
# need not be made smaller once more; and the faces of larger photos are made smaller by the networks anyway.
LONGEST_SIDE = 1024


def shrink_photo(photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A photo (H, W, 3), smaller where it is too large."""
    height, width = photo.shape[:2]
    scale = LONGEST_SIDE / max(height, width)
    if scale >= 1:
        return photo
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(Image.fromarray(photo).resize(size, Image.Resampling.LANCZOS))


def encode_png(picture: NDArray[np.uint8]) -> bytes:
    """The file that is posted, and judged: every pixel as it is."""
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "PNG")
    return out.getvalue()


def norms(picture: NDArray[np.uint8], start: NDArray[np.uint8]) -> Norms:
    """How far a picture is from where it began."""
    difference = picture.astype(np.int16) - start
    return Norms(
        changed=float((difference != 0).any(2).mean()),
        l2=float(np.sqrt(np.square(difference / 255.0).sum())),
        linf=int(np.abs(difference).max()),
    )
