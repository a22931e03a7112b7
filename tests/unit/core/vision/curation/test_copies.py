"""The same picture saved anew is told from another one."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from core.domain.data.curation import LIMITS
from core.vision.curation.copies import BITS, find_copies, picture_hash


def picture(seed: int, side: int = 200) -> Image.Image:
    values = np.random.default_rng(seed).integers(0, 255, (12, 12, 3), np.uint8)
    return Image.fromarray(values).resize((side, side), Image.Resampling.BICUBIC)


def bits(picture: Image.Image) -> np.ndarray:
    return picture_hash(np.asarray(picture))


def saved(picture: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return Image.open(out)


def test_a_hash_has_as_many_ones_as_zeros() -> None:
    assert bits(picture(1)).shape == (BITS,)
    assert bits(picture(1)).sum() == BITS // 2


@pytest.mark.parametrize("scale", [1.0, 0.6])
@pytest.mark.parametrize("quality", [95, 50])
@pytest.mark.parametrize("gain", [1.0, 0.9])
def test_a_copy_is_near_and_another_picture_is_not(scale: float, quality: int, gain: float) -> None:
    original = picture(1)
    side = round(200 * scale)
    copy = saved(original.resize((side, side), Image.Resampling.LANCZOS).point(lambda v: round(v * gain)), quality)
    assert (bits(original) != bits(copy)).sum() <= LIMITS.max_bits
    assert (bits(original) != bits(picture(2))).sum() > 3 * LIMITS.max_bits


def test_of_copies_the_one_worth_most_is_kept_and_of_equals_the_first() -> None:
    first, second = bits(picture(1)), bits(picture(2))
    assert find_copies(np.array([first, second, first, first]), [1.0, 1.0, 3.0, 2.0], 0) == [2, None, None, 2]
    assert find_copies(np.array([first, first]), [1.0, 1.0], 0) == [None, 0]


def test_a_copy_is_always_of_one_that_is_kept() -> None:
    # Given a chain in which each is near its neighbours only
    hashes = np.zeros((5, BITS), bool)
    for row in range(5):
        hashes[row, : 20 * row] = True
    instead = find_copies(hashes, [5, 4, 3, 2, 1], 20)
    assert instead == [None, 0, None, 2, None]


def test_more_pictures_than_are_compared_at_once_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    hashes = rng.random((40, BITS)) < 0.5
    hashes[20:] = hashes[:20]
    expected = find_copies(hashes, list(range(40)), 10)
    monkeypatch.setattr("core.vision.curation.copies._BLOCK", 7)
    assert find_copies(hashes, list(range(40)), 10) == expected == [*range(20, 40), *[None] * 20]
