"""The operator's files may be larger than the chat's: cameras' JPEGs are decoded at a reduced size."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from core.domain.errors import ErrorCode
from core.services.datasets.sources import MAX_BYTES
from core.vision.decoding.decode import OPERATOR_LIMITS, PhotoLimits, SafeDecoder
from core.vision.decoding.kept_photo import PhotoShrinker
from tests.unit.core.vision.decoding.builders import GREEN, ORIENTATION, RED, refusal, saved, two_colours

LIMITS = PhotoLimits(max_bytes=100_000, max_pixels=2400, max_jpeg_pixels=64 * 2400)


@pytest.fixture(scope="module")
def decoder() -> Iterator[SafeDecoder]:
    with SafeDecoder(LIMITS) as decoder:
        yield decoder


@pytest.mark.parametrize(
    ("size", "shape"),
    [
        ((60, 40), (40, 60, 3)),
        ((61, 40), (20, 31, 3)),
        ((121, 80), (20, 31, 3)),
        ((480, 320), (40, 60, 3)),
    ],
)
@pytest.mark.parametrize("progressive", [False, True])
def test_a_large_jpeg_comes_at_the_largest_reduced_size_that_is_allowed(decoder, size, shape, progressive):
    pixels = decoder.decode(saved(two_colours(size=size), "JPEG", quality=95, progressive=progressive)).astype(int)
    assert pixels.shape == shape
    assert np.abs(pixels[shape[0] // 2, 2] - RED).max() < 25
    assert np.abs(pixels[shape[0] // 2, -3] - GREEN).max() < 25


def test_a_reduced_jpeg_is_upright_too(decoder):
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    pixels = decoder.decode(saved(two_colours(size=(120, 80)), "JPEG", quality=95, exif=exif)).astype(int)
    assert pixels.shape == (60, 40, 3)
    assert np.abs(pixels[3, 20] - RED).max() < 25


def test_a_jpeg_beyond_its_limit_is_refused_with_that_limit(decoder):
    error = refusal(decoder, saved(two_colours(size=(481, 320)), "JPEG"))
    assert (error.code, error.details) == (ErrorCode.TOO_MANY_PIXELS, {"pixels": 481 * 320, "limit": 64 * 2400})


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_what_cannot_be_reduced_has_the_smaller_limit(decoder, kind):
    error = refusal(decoder, saved(two_colours(size=(61, 40)), kind))
    assert (error.code, error.details) == (ErrorCode.TOO_MANY_PIXELS, {"pixels": 2440, "limit": 2400})


def camera_file() -> bytes:
    """48 megapixels and 13 MB, as a phone makes them: what follows the picture is the maker's."""
    tiles = np.random.default_rng(0).integers(0, 256, (60, 80, 3), np.uint8)
    picture = saved(Image.fromarray(tiles).resize((8000, 6000), Image.Resampling.NEAREST), "JPEG", quality=90)
    return picture + bytes(13_000_000 - len(picture))


def test_a_camera_s_file_is_the_operator_s_to_import_and_not_the_chat_s_to_send():
    data = camera_file()
    assert len(data) < MAX_BYTES == OPERATOR_LIMITS.max_bytes + 1
    with SafeDecoder(OPERATOR_LIMITS) as operator, SafeDecoder() as chat:
        assert operator.decode(data).shape == (3000, 4000, 3)
        assert refusal(chat, data).code is ErrorCode.TOO_LARGE
        assert refusal(chat, data[:10_000_000]).code is ErrorCode.TOO_MANY_PIXELS


@pytest.fixture
def shrinker() -> Iterator[PhotoShrinker]:
    shrinker = PhotoShrinker(PhotoLimits(max_bytes=3000, max_pixels=2400), LIMITS)
    yield shrinker
    shrinker.close()


def test_a_photo_within_the_chat_s_limits_is_kept_as_it_came(shrinker):
    data = saved(two_colours(), "PNG")
    assert shrinker.shrink(data) is data


@pytest.mark.parametrize("size", [(60, 40), (120, 80)])
def test_a_larger_photo_is_kept_within_the_chat_s_limits(shrinker, size):
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), np.uint8))
    kept = shrinker.shrink(saved(noise, "JPEG", quality=98, subsampling=0))
    assert Image.open(io.BytesIO(kept)).size == (60, 40)
    assert len(kept) <= 3000
