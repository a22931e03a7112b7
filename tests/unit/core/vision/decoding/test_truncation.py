"""A file whose end is missing: read where all pixels are there, else refused and named so."""

from __future__ import annotations

import io
import random

import numpy as np
import pytest
from PIL import Image

from core.vision.decoding.decode_worker import Refused, decode
from core.vision.decoding.truncation import is_cut_off, jpeg_continuations
from tests.unit.core.vision.decoding.builders import saved, two_colours

PIXELS = 100_000
OPTIONS = {
    "plain": ("JPEG", {}),
    "full colour": ("JPEG", {"quality": 97, "subsampling": 0}),
    "optimised": ("JPEG", {"quality": 30, "optimize": True, "subsampling": 2}),
    "progressive": ("JPEG", {"quality": 85, "progressive": True}),
    "restart markers": ("JPEG", {"quality": 85, "restart_marker_blocks": 2}),
    "progressive with restart markers": ("JPEG", {"progressive": True, "restart_marker_blocks": 1}),
    "PNG": ("PNG", {}),
    "WebP": ("WEBP", {"quality": 80}),
    "lossless WebP": ("WEBP", {"lossless": True}),
    "GIF": ("GIF", {}),
}
JPEGS = [name for name, (kind, _) in OPTIONS.items() if kind == "JPEG"]


def pictures() -> dict[str, Image.Image]:
    """Noise, of which each bit shows; a flat one, of which hardly any does; one whose last blocks are out of sight."""
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (37, 65, 3), np.uint8))
    return {"noise": noise, "flat": Image.new("RGB", (40, 24), (200, 90, 10)), "grey": noise.convert("L")}


def read(data: bytes) -> bytes | str:
    """The pixels, or why there are none."""
    try:
        return decode(data, PIXELS, PIXELS).tobytes()
    except Refused as refused:
        return str(refused.args[0])


@pytest.mark.parametrize("picture", ["noise", "flat", "grey"])
@pytest.mark.parametrize("name", JPEGS)
def test_a_jpeg_that_lacks_its_end_marker_is_read(name, picture):
    kind, options = OPTIONS[name]
    data = saved(pictures()[picture], kind, **options)
    assert read(data[:-2]) == read(data[:-1]) == read(data)


@pytest.mark.parametrize("picture", ["noise", "flat", "grey"])
@pytest.mark.parametrize("name", OPTIONS)
def test_a_file_cut_anywhere_gives_its_own_pixels_or_is_called_cut_off(name, picture):
    # Given its last bytes one by one, and some cuts further in.
    kind, options = OPTIONS[name]
    data = saved(pictures()[picture], kind, **options)
    whole = read(data)
    cuts = {*range(max(12, len(data) - 24), len(data)), *random.Random(name).sample(range(12, len(data)), 10)}
    for cut in cuts:
        assert read(data[:cut]) in {whole, "cut-off"}, cut


@pytest.mark.parametrize("name", OPTIONS)
def test_a_file_of_which_half_is_missing_is_called_cut_off(name):
    kind, options = OPTIONS[name]
    data = saved(pictures()["noise"], kind, **options)
    assert read(data[: len(data) // 2]) == "cut-off"


@pytest.mark.parametrize("name", ["PNG", "WebP", "GIF", "plain", "progressive"])
def test_a_damaged_file_that_has_its_end_is_not_called_cut_off(name):
    kind, options = OPTIONS[name]
    data = bytearray(saved(pictures()["noise"], kind, **options))
    middle = len(data) // 2
    data[middle : middle + 8] = bytes(8)
    assert not is_cut_off(bytes(data))
    assert read(bytes(data)) != "cut-off"


def test_a_progressive_jpeg_that_lacks_whole_scans_is_not_taken_for_whole():
    # Given a file that ends where a scan does, so that nothing of a scan is missing.
    data = saved(pictures()["noise"], "JPEG", progressive=True)
    last_scan = data.rindex(b"\xff\xda")
    assert list(jpeg_continuations(data[:last_scan])) == []
    assert read(data[:last_scan]) == "cut-off"


def test_what_comes_after_the_pixels_may_be_cut():
    data = saved(pictures()["noise"], "JPEG")[:-2] + b"\xff\xfe\x00\x20a comment that is cut"
    assert read(data) == read(saved(pictures()["noise"], "JPEG"))


def test_of_a_picture_with_several_in_it_the_first_is_enough():
    frames = [two_colours(), two_colours("L").convert("RGB")]
    out = io.BytesIO()
    frames[0].save(out, "MPO", save_all=True, append_images=frames[1:])
    data = out.getvalue()
    first_end = data.index(b"\xff\xd9") + 2
    assert read(data[:first_end]) == read(data[: len(data) - 5]) == read(data)
    assert read(data[: first_end - 2]) == read(data)
    assert read(data[: first_end // 2]) == "cut-off"
