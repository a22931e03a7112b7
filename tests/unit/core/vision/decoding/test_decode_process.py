"""The decoder's process: nothing brings it down for long, it knows no secrets, and it leaves nobody waiting."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from core.domain.errors import ErrorCode, OmokageError
from core.vision.decoding.decode import PhotoLimits, SafeDecoder
from tests.unit.core.vision.decoding.builders import ORIENTATION, refusal, saved, two_colours


@pytest.fixture(scope="module")
def decoder() -> Iterator[SafeDecoder]:
    with SafeDecoder() as decoder:
        yield decoder


def test_the_largest_pictures_that_are_allowed_fit_the_child_s_memory(decoder):
    image = two_colours(size=(5000, 5000))
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    for mode, kind in (("RGBA", "PNG"), ("CMYK", "JPEG")):
        data = saved(image.convert(mode), kind, exif=exif, **({"compress_level": 1} if kind == "PNG" else {}))
        assert decoder.decode(data).shape == (5000, 5000, 3)


def test_a_file_that_takes_too_long_is_broken_and_the_next_photo_has_a_new_child():
    with SafeDecoder(PhotoLimits(timeout_s=3)) as decoder:
        # Given a child that does not answer.
        decoder.decode(saved(two_colours(), "PNG"))
        stopped = decoder._process
        os.kill(stopped.pid, signal.SIGSTOP)
        assert refusal(decoder, saved(two_colours(), "PNG")).code is ErrorCode.BROKEN_IMAGE
        assert stopped.poll() is not None
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
        "import os, io; from PIL import Image; from core.vision.decoding.decode import SafeDecoder\n"
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


@pytest.mark.parametrize(
    "answer",
    [b"I" + struct.pack(">II", 2**31, 2**31), b"I" + bytes(8), b"E\x00\x0enot-an-error-x", b"E\x00\x01\xff", b"", b"?"],
)
def test_what_a_child_that_was_taken_over_says_is_not_believed(monkeypatch, answer):
    child = f"import sys; sys.stdin.buffer.read(16); sys.stdout.buffer.write({answer!r})"
    monkeypatch.setattr("core.vision.decoding.decode._COMMAND", (sys.executable, "-c", child))
    with SafeDecoder() as decoder:
        assert refusal(decoder, saved(two_colours(), "PNG")).code is ErrorCode.BROKEN_IMAGE


def test_threads_may_share_it(decoder):
    photos = {size: saved(two_colours(size=(size, 8)), "PNG") for size in range(10, 40, 2)}
    with ThreadPoolExecutor(4) as pool:
        shapes = pool.map(lambda size: decoder.decode(photos[size]).shape, photos)
    assert list(shapes) == [(8, size, 3) for size in photos]


FORKED = """
import io, os
from PIL import Image
from core.vision.decoding.decode import SafeDecoder
file = io.BytesIO()
Image.new("RGB", (8, 8)).save(file, "PNG")
decoder = SafeDecoder()
decoder.decode(file.getvalue())
first = decoder._process.pid
child = os.fork()
if child == 0:
    fine = decoder.decode(file.getvalue()).shape == (8, 8, 3) and decoder._process.pid != first
    decoder.close()
    os._exit(0 if fine else 1)
assert os.waitpid(child, 0)[1] == 0
assert decoder.decode(file.getvalue()).shape == (8, 8, 3) and decoder._process.pid == first
"""

DAEMONIC = """
import io, multiprocessing
from PIL import Image
from core.vision.decoding.decode import SafeDecoder

def work():
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG")
    with SafeDecoder() as decoder:
        assert decoder.decode(file.getvalue()).shape == (8, 8, 3)

child = multiprocessing.get_context("fork").Process(target=work, daemon=True)
child.start()
child.join()
assert child.exitcode == 0
"""


@pytest.mark.parametrize("script", [FORKED, DAEMONIC], ids=["forked", "daemonic"])
def test_it_works_in_the_processes_of_a_worker_s_pool(script):
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


NOISY = saved(Image.fromarray(np.random.default_rng(1).integers(0, 256, (24, 24, 3), np.uint8)), "PNG")
SAMPLES = [NOISY] + [saved(two_colours(), kind) for kind in ("JPEG", "PNG", "WEBP", "GIF")]
EXPECTED = {ErrorCode.NOT_AN_IMAGE, ErrorCode.BROKEN_IMAGE, ErrorCode.CUT_OFF, ErrorCode.TOO_MANY_PIXELS}


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


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\x10\x00\x00\x00WEBPVP8X"]),
    st.binary(max_size=400),
)
def test_no_noise_is_a_picture(decoder, signature, noise):
    assert refusal(decoder, signature + noise).code in EXPECTED
