"""Strangers' files: what is shown, what is refused, and that nothing brings the decoder down."""

from __future__ import annotations

import io
import os
import signal
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from core.domain.errors import ErrorCode, OmokageError
from core.vision.decode import PhotoLimits, SafeDecoder

ORIENTATION = 0x0112
RED, GREEN = (220, 30, 30), (30, 200, 60)


@pytest.fixture(scope="module")
def decoder() -> Iterator[SafeDecoder]:
    with SafeDecoder() as decoder:
        yield decoder


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


def test_a_wide_colour_space_is_brought_to_srgb(decoder):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    # A Lab profile does not fit an RGB picture: the picture is shown as it is.
    assert decoder.decode(saved(two_colours(), "PNG", icc_profile=profile)).shape == (40, 60, 3)
    assert decoder.decode(saved(two_colours(), "PNG", icc_profile=b"no profile")).shape == (40, 60, 3)


@pytest.mark.parametrize("data", [b"", b"hello", b"%PDF-1.7", b"BM" + bytes(60), b"RIFF\x00\x00\x00\x00WAVE"])
def test_what_is_no_picture_is_called_so(decoder, data):
    assert refusal(decoder, data).code is ErrorCode.NOT_AN_IMAGE


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_truncated_picture_is_refused(decoder, kind):
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8))
    data = saved(noise, kind)
    assert refusal(decoder, data[: len(data) // 2]).code is ErrorCode.BROKEN_IMAGE


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


def test_the_limit_is_the_last_size_that_is_taken():
    with SafeDecoder(PhotoLimits(max_pixels=2400)) as decoder:
        assert decoder.decode(saved(two_colours(), "PNG")).shape == (40, 60, 3)
        assert refusal(decoder, saved(two_colours(size=(60, 41)), "PNG")).code is ErrorCode.TOO_MANY_PIXELS


def test_a_child_that_hangs_is_killed_and_the_next_photo_has_a_new_one():
    with SafeDecoder(PhotoLimits(timeout_s=0.5)) as decoder:
        decoder.decode(saved(two_colours(), "PNG"))
        os.kill(decoder._process.pid, signal.SIGSTOP)
        # Given a stopped child, the first try times out and the second, with a new child, has the pixels.
        assert decoder.decode(saved(two_colours(), "PNG")).shape == (40, 60, 3)


def test_a_child_that_was_killed_costs_nobody_an_answer(decoder):
    decoder.decode(saved(two_colours(), "PNG"))
    decoder._process.kill()
    assert decoder.decode(saved(two_colours(), "PNG")).shape == (40, 60, 3)


def test_the_child_has_none_of_the_operator_s_secrets(monkeypatch):
    monkeypatch.setenv("DISCORD_TOKEN", "secret")
    with SafeDecoder() as decoder:
        decoder.decode(saved(two_colours(), "PNG"))
        with open(f"/proc/{decoder._process.pid}/environ", "rb") as environment:
            assert b"DISCORD_TOKEN" not in environment.read()


def test_the_child_ends_with_its_parent():
    script = (
        "import os, io; from PIL import Image; from core.vision.decode import SafeDecoder\n"
        "b = io.BytesIO(); Image.new('RGB', (8, 8)).save(b, 'PNG'); d = SafeDecoder(); d.decode(b.getvalue())\n"
        "print(d._process.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    parent = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=30)
    child = int(parent.stdout)
    for _ in range(100):
        try:
            with open(f"/proc/{child}/stat") as status:
                if status.read().split()[2] == "Z":
                    return
        except FileNotFoundError:
            return
        subprocess.run(["sleep", "0.05"], check=True)
    pytest.fail("the decoder's child outlives its parent")


NOISY = saved(Image.fromarray(np.random.default_rng(1).integers(0, 256, (24, 24, 3), np.uint8)), "PNG")
SAMPLES = [NOISY] + [saved(two_colours(), kind) for kind in ("JPEG", "PNG", "WEBP", "GIF")]
EXPECTED = {ErrorCode.NOT_AN_IMAGE, ErrorCode.BROKEN_IMAGE, ErrorCode.TOO_MANY_PIXELS}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_brings_the_decoder_down(decoder, data):
    sample = bytearray(data.draw(st.sampled_from(SAMPLES)))
    for _ in range(data.draw(st.integers(0, 8))):
        sample[data.draw(st.integers(0, len(sample) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(sample)))
    child = decoder._process
    try:
        assert decoder.decode(bytes(sample[:cut])).shape[2] == 3
    except OmokageError as error:
        assert error.code in EXPECTED  # noqa: PT017 - either way is right
    assert decoder._process is child or child is None
