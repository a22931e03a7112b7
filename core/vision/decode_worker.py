"""The process that opens strangers' files: `python -m core.vision.decode_worker`.

Reads requests on standard input (8 bytes of length, 4 of the most pixels allowed, the file) and answers on standard
output: `I`, width and height (4 bytes each) and RGB pixels, or `E`, a length (2 bytes) and `code` or `code:pixels`.
Numbers are big-endian. Ends with its input, so with the process that started it. Imports Pillow only: it starts in a
tenth of a second, and holds no secrets.
"""

from __future__ import annotations

import contextlib
import io
import struct
import sys
from typing import BinaryIO

from PIL import Image, ImageCms, ImageOps

REQUEST = struct.Struct(">QI")
SIZE = struct.Struct(">II")
CODE_LENGTH = struct.Struct(">H")
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
# Four times what the largest allowed picture needs on its way through Pillow (25 megapixels, RGBA and RGB at once).
MEMORY_BYTES = 1 << 30
_SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")
_WHITE = (255, 255, 255, 255)


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """What is wrong with the file: a code of core.domain.errors, and a number for its sentence."""


def decode(data: bytes, most_pixels: int) -> Image.Image:
    """The first frame, upright, RGB, on white; metadata is dropped.

    Raises:
        Refused: the file is no picture of these formats, broken, or has too many pixels.
    """
    if not (data.startswith(_SIGNATURES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")):
        raise Refused("not-an-image")
    Image.MAX_IMAGE_PIXELS = None  # the check below is ours, and comes before any pixel is decoded
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            _check_size(image, most_pixels)
            image.load()
            return _flattened(_upright(image))
    except Refused:
        raise
    except Exception as error:  # hostile bytes make the parsers raise anything
        raise Refused("broken-image") from error


def _check_size(image: Image.Image, most_pixels: int) -> None:
    pixels = image.width * image.height
    if pixels > most_pixels:
        raise Refused("too-many-pixels", pixels)


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # noqa: BLE001 - a broken note about the orientation is no reason to refuse the picture
        return image


def _flattened(image: Image.Image) -> Image.Image:
    """RGB in sRGB, without alpha."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith(("I", "F")):
        image = image.point(lambda value: value * (1 / 256)).convert("L")  # 16 bits of grey
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, _WHITE), image)
    elif profile and image.mode in {"RGB", "CMYK", "L"}:
        image = _in_srgb(image, profile)
    return image.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Phones save wider colours; shown as sRGB without this, they would look pale."""
    with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError):
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(source).lower():
            return image
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB") or image
    return image


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the requests end."""
    while len(header := requests.read(REQUEST.size)) == REQUEST.size:
        length, most_pixels = REQUEST.unpack(header)
        try:
            image = decode(requests.read(length), most_pixels)
        except Refused as refused:
            code = ":".join(map(str, refused.args)).encode()
            answers.write(b"E" + CODE_LENGTH.pack(len(code)) + code)
        else:
            answers.write(b"I" + SIZE.pack(*image.size))
            answers.write(image.tobytes())
        answers.flush()


def _limit() -> None:
    """Memory that a bomb cannot exceed, and no core dumps of strangers' pictures; not on Windows."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - there is none on Windows

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


if __name__ == "__main__":
    _limit()
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        serve(sys.stdin.buffer, sys.stdout.buffer)
