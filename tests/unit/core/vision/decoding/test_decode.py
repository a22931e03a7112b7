"""Strangers' files: what is shown, and what is refused."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image, ImageCms

from core.domain.errors import ErrorCode
from core.vision.decoding import decode_worker
from core.vision.decoding.decode import PhotoLimits, SafeDecoder
from tests.unit.core.vision.decoding.builders import GREEN, ORIENTATION, RED, refusal, saved, two_colours


@pytest.fixture(scope="module")
def decoder() -> Iterator[SafeDecoder]:
    with SafeDecoder() as decoder:
        yield decoder


@pytest.mark.parametrize(
    ("kind", "options"), [("JPEG", {"quality": 95}), ("PNG", {}), ("WEBP", {"quality": 95}), ("GIF", {})]
)
def test_each_format_gives_its_pixels(decoder, kind, options):
    pixels = decoder.decode(saved(two_colours(), kind, **options))
    assert (pixels.shape, pixels.dtype) == ((40, 60, 3), np.uint8)
    assert np.abs(pixels[20, 5].astype(int) - RED).max() < 20
    assert np.abs(pixels[20, 55].astype(int) - GREEN).max() < 20


@pytest.mark.parametrize("mode", ["L", "P", "1", "CMYK"])
def test_other_colour_models_become_rgb(decoder, mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    pixels = decoder.decode(saved(two_colours(mode), kind))
    assert pixels.shape == (40, 60, 3)
    assert np.ptp(pixels) > 40


def test_sixteen_bits_of_grey_keep_their_range(decoder):
    ramp = np.linspace(0, 65535, 256).astype(np.uint16)[None, :].repeat(4, 0)
    pixels = decoder.decode(saved(Image.fromarray(ramp), "PNG"))
    assert np.abs(pixels[0, :, 0].astype(int) - np.arange(256)).max() <= 1


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparent_parts_are_white(decoder, mode):
    image = Image.new(mode, (8, 8), (0,) * len(mode))
    assert (decoder.decode(saved(image, "PNG")) == 255).all()


@pytest.mark.parametrize(("orientation", "corner"), [(1, "left"), (3, "right"), (6, "top"), (8, "bottom")])
def test_the_camera_s_orientation_is_applied(decoder, orientation, corner):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    pixels = decoder.decode(saved(two_colours(), "JPEG", exif=exif, quality=95)).astype(int)
    height, width = pixels.shape[:2]
    assert (height, width) == ((40, 60) if orientation in (1, 3) else (60, 40))
    place = {"left": (height // 2, 3), "right": (height // 2, -4), "top": (3, width // 2), "bottom": (-4, width // 2)}
    assert np.abs(pixels[place[corner]] - RED).max() < 25


def test_a_broken_note_about_the_orientation_is_no_reason_to_refuse(decoder):
    data = saved(two_colours(), "JPEG", exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff\x00\x00")
    assert decoder.decode(data).shape == (40, 60, 3)


def test_only_the_first_frame_of_an_animation_is_seen(decoder):
    frames = [Image.new("RGB", (20, 20), colour) for colour in (RED, GREEN)]
    for kind in ("GIF", "WEBP", "PNG"):
        data = saved(frames[0], kind, save_all=True, append_images=frames[1:])
        assert np.abs(decoder.decode(data)[10, 10].astype(int) - RED).max() < 25


def swapped_profile() -> bytes:
    """sRGB with the primaries of red and green exchanged, and under another name."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")  # in the table of tags: name, offset, size
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile).replace("sRGB".encode("utf-16-be"), "test".encode("utf-16-be"))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_other_colour_spaces_are_brought_to_srgb(decoder, mode):
    pixels = decoder.decode(saved(two_colours(mode), "PNG", icc_profile=swapped_profile())).astype(int)
    assert pixels[20, 5, 1] > pixels[20, 5, 0] + 100  # what was red is green


@pytest.mark.parametrize(
    "profile", [b"no profile", ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()], ids=["noise", "lab"]
)
def test_a_profile_that_does_not_fit_is_no_reason_to_refuse(decoder, profile):
    assert (decoder.decode(saved(two_colours(), "PNG", icc_profile=profile))[20, 5] == RED).all()


def test_the_transparent_colour_of_a_palette_is_white(decoder):
    image = two_colours("P")
    for kind in ("PNG", "GIF"):
        pixels = decoder.decode(saved(image, kind, transparency=image.getpixel((5, 20))))
        assert (pixels[20, 5] == 255).all()
        assert np.abs(pixels[20, 55].astype(int) - GREEN).max() < 60  # the palette's nearest


@pytest.mark.parametrize("data", [b"", b"hello", b"%PDF-1.7", b"BM" + bytes(60), b"RIFF\x00\x00\x00\x00WAVE"])
def test_what_is_no_picture_is_called_so(decoder, data):
    assert refusal(decoder, data).code is ErrorCode.NOT_AN_IMAGE


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_truncated_picture_is_refused(decoder, kind):
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8))
    data = saved(noise, kind)
    assert refusal(decoder, data[: len(data) // 2]).code is ErrorCode.CUT_OFF


def test_too_many_bytes_are_refused_without_asking_the_child():
    decoder = SafeDecoder(PhotoLimits(max_bytes=10))
    error = refusal(decoder, bytes(11))
    assert (error.code, error.details) == (ErrorCode.TOO_LARGE, {"size": 11, "limit": 10})


def png_header(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def test_a_bomb_is_refused_before_decoding(decoder):
    error = refusal(decoder, png_header(60_000, 60_000))
    assert (error.code, error.details["pixels"]) == (ErrorCode.TOO_MANY_PIXELS, 3_600_000_000)
    assert decoder.decode(saved(two_colours(), "PNG")).shape == (40, 60, 3)


def webp_header(kind: bytes, width: int, height: int) -> bytes:
    """A first chunk that promises this size, and nothing after it."""
    body = {
        b"VP8X": bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little"),
        b"VP8L": b"/" + ((width - 1) | (height - 1) << 14).to_bytes(4, "little") + bytes(9),
        b"VP8 ": b"\x10\x00\x00\x9d\x01\x2a" + struct.pack("<HH", width, height) + bytes(8),
    }[kind]
    chunk = kind + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


@pytest.mark.parametrize("kind", [b"VP8X", b"VP8L", b"VP8 "])
def test_a_webp_bomb_is_refused_before_its_canvas_is_allocated(decoder, kind):
    error = refusal(decoder, webp_header(kind, 16_000, 16_000))
    assert (error.code, error.details["pixels"]) == (ErrorCode.TOO_MANY_PIXELS, 256_000_000)


@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 80}, {"exif": Image.Exif()}])
def test_the_size_in_a_webp_s_first_chunk_is_the_picture_s(options):
    data = saved(two_colours("RGBA" if "exif" in options else "RGB", (61, 43)), "WEBP", **options)
    assert decode_worker._webp_size(data) == (61, 43)


def test_the_limit_is_the_last_size_that_is_taken():
    with SafeDecoder(PhotoLimits(max_pixels=2400)) as decoder:
        assert decoder.decode(saved(two_colours(), "PNG")).shape == (40, 60, 3)
        assert refusal(decoder, saved(two_colours(size=(60, 41)), "PNG")).code is ErrorCode.TOO_MANY_PIXELS
