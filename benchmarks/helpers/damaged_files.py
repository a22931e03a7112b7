"""Damaged picture files, the same each time: for fuzzing the decoder."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image

_EDGE_BYTES = (0, 1, 0x7F, 0x80, 0xFF)
_LENGTHS = (0, 1, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)


def make_damaged_files(count: int, seed: int = 0) -> Iterator[bytes]:
    """Yield so many damaged JPEG, PNG, WebP and GIF files; a few are valid all the same."""
    random_ = random.Random(seed)
    files = valid_files()
    for _ in range(count):
        data = bytearray(random_.choice(files))
        for _ in range(random_.choice((1, 1, 1, 2, 4))):
            if data:
                random_.choice(_CHANGES)(data, random_)
        yield bytes(data)


def valid_files() -> list[bytes]:
    """Return small valid files of every format that is read."""
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8))
    smooth = noise.resize((4, 3)).resize((160, 120), Image.Resampling.BICUBIC)
    exif = Image.Exif()
    exif[0x0112] = 6
    made: list[tuple[Image.Image, str, dict[str, object]]] = [
        (noise, "JPEG", {"exif": exif}),
        (smooth, "JPEG", {"progressive": True}),
        (smooth, "JPEG", {"restart_marker_blocks": 2}),
        (smooth.convert("CMYK"), "JPEG", {}),
        (smooth, "MPO", {"save_all": True, "append_images": [noise]}),
        (noise, "PNG", {"exif": exif}),
        (smooth.convert("RGBA"), "PNG", {}),
        (smooth.quantize(16), "PNG", {"transparency": 3}),
        (noise, "PNG", {"save_all": True, "append_images": [noise.transpose(Image.Transpose.FLIP_LEFT_RIGHT)]}),
        (smooth, "WEBP", {"quality": 80, "exif": exif}),
        (smooth.convert("RGBA"), "WEBP", {"lossless": True}),
        (noise, "WEBP", {"save_all": True, "append_images": [noise.transpose(Image.Transpose.FLIP_LEFT_RIGHT)]}),
        (noise, "GIF", {}),
        (smooth.quantize(64), "GIF", {"save_all": True, "append_images": [smooth.rotate(180).quantize(64)]}),
    ]
    files = []
    for image, kind, options in made:
        out = io.BytesIO()
        image.save(out, kind, **options)
        files.append(out.getvalue())
    return files


def _cut(data: bytearray, random_: random.Random) -> None:
    del data[random_.randrange(len(data)) :]


def _flip_bits(data: bytearray, random_: random.Random) -> None:
    for _ in range(random_.choice((1, 4, 32))):
        data[random_.randrange(len(data))] ^= 1 << random_.randrange(8)


def _change_header(data: bytearray, random_: random.Random) -> None:
    for _ in range(random_.choice((1, 2, 4))):
        data[random_.randrange(min(64, len(data)))] = random_.choice(_EDGE_BYTES)


def _change_length(data: bytearray, random_: random.Random) -> None:
    """Overwrite two or four bytes with an extreme number: sizes, lengths and offsets among them."""
    form = random_.choice((">H", "<H", ">I", "<I"))
    if len(data) >= 4:
        position = random_.randrange(len(data) - 3)
        struct.pack_into(form, data, position, random_.choice(_LENGTHS) & (0xFFFF if "H" in form else 0xFFFFFFFF))


def _remove_part(data: bytearray, random_: random.Random) -> None:
    start = random_.randrange(len(data))
    del data[start : start + random_.choice((1, 16, 300))]


def _repeat_part(data: bytearray, random_: random.Random) -> None:
    start = random_.randrange(len(data))
    data[start:start] = data[start : start + random_.choice((1, 16, 300))] * random_.choice((1, 50))


def _fill(data: bytearray, random_: random.Random) -> None:
    start = random_.randrange(len(data))
    end = min(len(data), start + random_.choice((4, 64, 1000)))
    data[start:end] = bytes([random_.choice(_EDGE_BYTES)]) * (end - start)


def _edit_chunk(data: bytearray, random_: random.Random) -> None:
    """Change a PNG chunk and correct its checksum, so that a later part of the parser meets the damage."""
    starts = list(_png_chunks(data)) if data.startswith(b"\x89PNG") else []
    if starts:
        start, length = random_.choice(starts)
        for _ in range(random_.choice((1, 3))):
            if length:
                data[start + 8 + random_.randrange(length)] = random_.randrange(256)
        struct.pack_into(">I", data, start + 8 + length, zlib.crc32(data[start + 4 : start + 8 + length]))
    else:
        _fill(data, random_)


def _png_chunks(data: bytearray) -> Iterator[tuple[int, int]]:
    position = 8
    while position + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, position)
        if position + 12 + length > len(data):
            return
        yield position, length
        position += 12 + length


_CHANGES: tuple[Callable[[bytearray, random.Random], None], ...] = (
    _cut,
    _flip_bits,
    _change_header,
    _change_length,
    _remove_part,
    _repeat_part,
    _fill,
    _edit_chunk,
)
