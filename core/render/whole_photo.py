"""Encode a changed photo: without loss where that is small enough."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image

from core.render.grid import MAX_BYTES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_COMPRESSION = 1  # of zlib's 9, as in core.render.grid: a photo takes a third of the time, and a tenth more bytes
_BYTES_PER_PIXEL = 1.0  # of a photo as PNG, at least; one that cannot fit is not tried, since that takes seconds
_QUALITIES = (95, 90, 80, 60)  # of JPEG: at 95 nothing is seen of it


class EncodedPhoto(NamedTuple):
    """A file; the end of `name` is its format."""

    data: bytes
    name: str


def encode_photo(image: NDArray[np.uint8], max_bytes: int | None = MAX_BYTES) -> EncodedPhoto:
    """Encode a photo (H, W, 3) RGB at its own size.

    Args:
        image: the photo.
        max_bytes: what may be uploaded; None: any size.

    Returns:
        A PNG, in which every pixel is as it was; where that is larger than `max_bytes`, a JPEG.
    """
    picture = Image.fromarray(image)
    if max_bytes is None or _BYTES_PER_PIXEL * picture.width * picture.height < max_bytes:
        png = _encode(picture, "PNG", compress_level=_COMPRESSION)
        if max_bytes is None or len(png) <= max_bytes:
            return EncodedPhoto(png, "aged.png")
    return EncodedPhoto(_jpeg(picture, max_bytes), "aged.jpg")


def _jpeg(picture: Image.Image, max_bytes: int) -> bytes:
    while True:
        for quality in _QUALITIES:
            data = _encode(picture, "JPEG", quality=quality, subsampling=0)
            if len(data) <= max_bytes:
                return data
        picture = picture.resize((max(1, picture.width * 3 // 4), max(1, picture.height * 3 // 4)))


def _encode(picture: Image.Image, form: str, **options: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()
