from __future__ import annotations

import io

import numpy as np
from PIL import Image

from core.render.whole_photo import encode_photo

NOISE = np.random.default_rng(1).integers(0, 256, (200, 300, 3), np.uint8)


def test_a_photo_is_encoded_without_loss() -> None:
    encoded = encode_photo(NOISE)
    assert encoded.name == "aged.png"
    assert (np.asarray(Image.open(io.BytesIO(encoded.data))) == NOISE).all()


def test_one_that_may_not_be_so_large_becomes_a_jpeg_of_its_size() -> None:
    encoded = encode_photo(NOISE, 120_000)
    picture = Image.open(io.BytesIO(encoded.data))
    assert (encoded.name, picture.format, picture.size) == ("aged.jpg", "JPEG", (300, 200))
    assert len(encoded.data) <= 120_000


def test_in_the_end_it_is_made_smaller() -> None:
    encoded = encode_photo(NOISE, 9_000)
    assert len(encoded.data) <= 9_000
    assert Image.open(io.BytesIO(encoded.data)).width < 300


def test_for_the_shell_there_is_no_limit() -> None:
    assert encode_photo(NOISE, None).name == "aged.png"
