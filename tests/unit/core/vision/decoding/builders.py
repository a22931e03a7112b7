"""Builders of small picture files to decode."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from core.domain.errors import OmokageError
from core.vision.decoding.decode import SafeDecoder

RED, GREEN = (220, 30, 30), (30, 200, 60)
ORIENTATION = 0x0112  # its number in EXIF


def two_colours(mode: str = "RGB", size: tuple[int, int] = (60, 40)) -> Image.Image:
    """Left half red, right half green."""
    image = Image.new("RGB", size, RED)
    image.paste(GREEN, (size[0] // 2, 0, *size))
    return image.convert(mode)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def refusal(decoder: SafeDecoder, data: bytes) -> OmokageError:
    with pytest.raises(OmokageError) as caught:
        decoder.decode(data)
    return caught.value
