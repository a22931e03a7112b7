from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sandbox.world.pictures import picture_size

FORMATS = {
    "PNG": {},
    "GIF": {},
    "JPEG": {},
    "WEBP": {},
    "WEBP lossless": {"lossless": True},
    "JPEG 2": {"progressive": True},
}


def picture(kind: str, mode: str = "RGB", size: tuple[int, int] = (37, 21)) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, kind.split(maxsplit=1)[0], **FORMATS[kind])
    return buffer.getvalue()


@pytest.mark.parametrize("kind", FORMATS)
def test_the_size_is_read_from_the_header(kind: str) -> None:
    assert picture_size(picture(kind)) == (37, 21)


def test_the_size_of_a_webp_with_transparency_is_read() -> None:
    assert picture_size(picture("WEBP", mode="RGBA")) == (37, 21)


def test_the_size_of_a_jpeg_with_a_long_exif_block_is_read() -> None:
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "x" * 5000
    Image.new("RGB", (5, 7)).save(buffer, "JPEG", exif=exif)

    assert picture_size(buffer.getvalue()) == (5, 7)


@pytest.mark.parametrize("kind", FORMATS)
@given(data=st.data())
def test_a_truncated_picture_has_its_size_or_none(kind: str, data: st.DataObject) -> None:
    whole = picture(kind)
    part = whole[: data.draw(st.integers(0, len(whole)))]

    assert picture_size(part) in (None, (37, 21))


@given(
    st.binary(max_size=64), st.sampled_from([b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"RIFF0000WEBPVP8 ", b"GIF89a"])
)
def test_rubbish_is_no_error(rubbish: bytes, start: bytes) -> None:
    picture_size(start + rubbish)
