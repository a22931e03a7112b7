"""The child process that decodes files of unknown origin; it imports nothing of Omokage but the modules beside it.

Reads requests on standard input (8 bytes of length, 4 of the most pixels allowed, 4 of the most pixels of a JPEG that
may be reduced, 4 of the most seconds, the file) and answers on standard output: `I`, width and height (4 bytes each)
and RGB pixels, or `E`, a length (2 bytes) and `code` or `code:pixels:limit`. Numbers are big-endian. Ends with its
input, so with the process that started it. Imports Pillow only: it starts in a tenth of a second, and holds no secrets.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import signal
import struct
import sys
from typing import BinaryIO

# All four by name: asked for a format that is not loaded, Pillow would load every plugin it has.
# MPO and TIFF (for EXIF) are what it would load later, when files can be read no more.
from PIL import (
    GifImagePlugin,
    Image,
    ImageCms,
    ImageOps,
    JpegImagePlugin,
    MpoImagePlugin,  # noqa: F401
    PngImagePlugin,
    TiffImagePlugin,  # noqa: F401
    WebPImagePlugin,
)

from core.vision.decoding.confinement import attempts, confine
from core.vision.decoding.truncation import is_cut_off, jpeg_continuations

REQUEST = struct.Struct(">QIII")
SIZE = struct.Struct(">II")
CODE_LENGTH = struct.Struct(">H")
FORMATS = tuple(
    plugin.format
    for plugin in (
        JpegImagePlugin.JpegImageFile,
        PngImagePlugin.PngImageFile,
        WebPImagePlugin.WebPImageFile,
        GifImagePlugin.GifImageFile,
    )
)
# Of address space. 25 megapixels need up to 520 MB of it on their way through Pillow (alpha, or CMYK with a profile,
# on their side: `python -m benchmarks decoding`); twice that leaves room for other builds of the libraries.
MEMORY_BYTES = 1 << 30
_OPEN_FILES = 16  # more than the three pipes and what Pillow holds; a file that takes the process over opens few
_JPEG = b"\xff\xd8\xff"
_SIGNATURES = (_JPEG, b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")
_WHITE = (255, 255, 255, 255)
_INPUT_MODE = {b"RGB ": "RGB", b"CMYK": "CMYK", b"GRAY": "L"}  # by the colour space that a profile says it is for


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """What is wrong with the file: a code of core.domain.errors, and a number for its sentence."""


def decode(data: bytes, max_pixels: int, max_jpeg_pixels: int) -> Image.Image:
    """Return the first frame, upright, RGB, on white, without metadata.

    A JPEG of more than `max_pixels`, up to `max_jpeg_pixels`, is decoded at a reduced size.

    Raises:
        Refused: the file is no picture of these formats, broken, cut off, or has too many pixels.
    """
    if not (data.startswith(_SIGNATURES) or _is_webp(data)):
        raise Refused("not-an-image")
    Image.MAX_IMAGE_PIXELS = None  # the checks below are ours, and come before any pixel is decoded
    try:
        return _decoded(data, max_pixels, max_jpeg_pixels)
    except Refused:
        raise
    except Exception as error:  # hostile bytes make the parsers raise anything
        if not is_cut_off(data):
            raise Refused("broken-image") from error
    return _without_end(data, max_pixels, max_jpeg_pixels)


def _decoded(data: bytes, max_pixels: int, max_jpeg_pixels: int) -> Image.Image:
    """Decode as `decode` does, and raise whatever Pillow raises."""
    if _is_webp(data):  # whose canvas Pillow allocates as soon as it opens the file
        _check_size(*_webp_size(data), max_pixels)
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        if isinstance(image, JpegImagePlugin.JpegImageFile):
            _check_size(*image.size, max_jpeg_pixels)
            _reduce(image, max_pixels)
        _check_size(*image.size, max_pixels)
        image.load()
        return _flattened(_upright(image))


def _without_end(data: bytes, max_pixels: int, max_jpeg_pixels: int) -> Image.Image:
    """Decode a JPEG of which only the end marker is missing: its picture is the same however the file goes on.

    Raises:
        Refused: it is no JPEG, or pixels are missing.
    """
    image, pixels = None, b""
    for continued in jpeg_continuations(data) if data.startswith(_JPEG) else ():
        try:
            again = _decoded(continued, max_pixels, max_jpeg_pixels)
        except Exception as error:  # as above
            raise Refused("cut-off") from error
        if image is None:
            image, pixels = again, again.tobytes()
        elif pixels != again.tobytes():
            raise Refused("cut-off")
    if image is None:
        raise Refused("cut-off")
    return image


def _check_size(width: int, height: int, max_pixels: int) -> None:
    if width * height > max_pixels:
        raise Refused("too-many-pixels", width * height, max_pixels)


def _reduce(image: JpegImagePlugin.JpegImageFile, max_pixels: int) -> None:
    """Let libjpeg decode a half, a quarter or an eighth of each side where the pixels are too many."""
    width, height = image.size
    steps = [step for step in (1, 2, 4, 8) if math.ceil(width / step) * math.ceil(height / step) <= max_pixels]
    step = steps[0] if steps else 8
    if step > 1:
        image.draft(None, (max(1, width // step), max(1, height // step)))


def _is_webp(data: bytes) -> bool:
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def _webp_size(data: bytes) -> tuple[int, int]:
    """Return width and height from the first chunk: RFC 9649, sections 2.5 to 2.7, and RFC 6386, section 9.1.

    Raises:
        struct.error, ValueError: too short, or none of the three kinds.
    """
    kind = data[12:16]
    if kind == b"VP8X":  # 24 bits each, less one
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if kind == b"VP8L":  # 14 bits each, less one
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":  # 14 bits each, beside two of scale
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise ValueError("not a kind of WebP that there is")


def _upright(image: Image.Image) -> Image.Image:
    # A broken note about the orientation is no reason to refuse the picture.
    with contextlib.suppress(Exception):
        ImageOps.exif_transpose(image, in_place=True)
    return image


def _flattened(image: Image.Image) -> Image.Image:
    """Return the image as RGB in sRGB, without alpha."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith(("I", "F")):
        image = image.point(lambda value: value * (1 / 256)).convert("L")  # 16 bits of grey
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, _WHITE), image)
    if image.mode not in {"RGB", "CMYK", "L"}:
        image = image.convert("RGB")
    if profile:
        image = _in_srgb(image, profile)
    return image.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Convert to sRGB: wider colours of phones would look pale. An image with an unusable profile stays as it is."""
    with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError):
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        described = "srgb" in ImageCms.getProfileDescription(source).lower()
        if not described and _INPUT_MODE.get(profile[16:20]) == image.mode:
            target = ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(image, source, target, outputMode="RGB") or image
    return image


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until the input ends."""
    while len(header := requests.read(REQUEST.size)) == REQUEST.size:
        length, max_pixels, max_jpeg_pixels, max_seconds = REQUEST.unpack(header)
        _end_in(max_seconds)
        for part in _answer(requests.read(length), max_pixels, max_jpeg_pixels):
            answers.write(part)
        answers.flush()
        _end_in(0)


def _answer(data: bytes, max_pixels: int, max_jpeg_pixels: int) -> tuple[bytes, ...]:
    try:
        image = decode(data, max_pixels, max_jpeg_pixels)
        return b"I" + SIZE.pack(*image.size), image.tobytes()
    except MemoryError:  # between decoding and the answer
        refused = Refused("broken-image")
    except Refused as error:
        refused = error
    code = ":".join(map(str, refused.args)).encode()
    return b"E" + CODE_LENGTH.pack(len(code)) + code, b""


def _end_in(seconds: int) -> None:
    """End this process after `seconds`, for a parent that died meanwhile and cannot kill; 0: never. Not on Windows."""
    if sys.platform != "win32":
        signal.alarm(seconds)


def _limit() -> None:
    """No more memory than the largest photo needs, no files written, no core dumps of strangers' pictures.

    On Linux only: elsewhere the limit on address space is missing or means something else.
    """
    if sys.platform == "linux":
        import resource  # there is none on Windows

        for limit, limit_value in (
            (resource.RLIMIT_AS, MEMORY_BYTES),
            (resource.RLIMIT_NOFILE, _OPEN_FILES),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
        ):
            resource.setrlimit(limit, (limit_value, limit_value))


def prepare() -> None:
    """Load what decoding would load later, and let nothing but the three pipes be reached from then on.

    What goes wrong until here is said on standard error; a stranger's file has nothing to say there.
    """
    Image.preinit()
    _limit()
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stderr.fileno())
    confine()


def main() -> None:
    """Run the decoder's process; with the argument `attempts` only write what it could still do, as JSON."""
    prepare()
    if "attempts" in sys.argv:
        sys.stdout.write(json.dumps(attempts()))
        return
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        serve(sys.stdin.buffer, sys.stdout.buffer)
