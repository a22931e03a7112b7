"""Letters over a picture are found, and what only looks a little like letters is not."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core.domain.data.curation import LIMITS
from core.render.lettering import font
from core.vision.curation.text import text_fraction
from tests.unit.core.vision.test_crop import noise

SKIN = (224, 180, 160)


def lettered(word: str, colour: tuple[int, int, int], ground: Image.Image, size: int = 20) -> np.ndarray:
    picture = ground.copy()
    middle = picture.width / 2, picture.height / 2
    ImageDraw.Draw(picture).text(middle, word, colour, font(size), anchor="mm")
    return np.asarray(picture)


def plain(side: int = 128) -> Image.Image:
    return Image.new("RGB", (side, side), SKIN)


@pytest.mark.parametrize("colour", [(255, 255, 255), (0, 0, 0), (255, 230, 0), (220, 20, 30)])
@pytest.mark.parametrize("word", ["PREVIEW", "COPYRIGHT"])
def test_words_of_any_colour_are_found(colour: tuple[int, int, int], word: str) -> None:
    assert text_fraction(lettered(word, colour, plain())) > 2 * LIMITS.max_text


def test_words_are_found_in_a_large_picture_and_at_an_angle() -> None:
    large = Image.fromarray(lettered("PREVIEW", (255, 255, 255), plain(600), 100))
    turned = large.rotate(8, Image.Resampling.BICUBIC, fillcolor=SKIN)
    assert text_fraction(np.asarray(large)) > LIMITS.max_text
    assert text_fraction(np.asarray(turned)) > LIMITS.max_text


@pytest.mark.parametrize("seed", range(3))
def test_a_photo_without_letters_has_none(seed: int) -> None:
    assert text_fraction(np.asarray(noise(seed))) == 0
    assert text_fraction(np.asarray(plain())) == 0


def test_three_spots_are_a_face_and_no_word() -> None:
    picture = plain()
    pen = ImageDraw.Draw(picture)
    for left in (35, 60, 85):
        pen.ellipse((left, 50, left + 12, 62), outline="black", width=3)
    assert text_fraction(np.asarray(picture)) == 0


def test_the_bars_of_a_cage_are_no_word() -> None:
    picture = plain()
    for left in range(10, 120, 9):
        ImageDraw.Draw(picture).rectangle((left, 40, left + 2, 80), "black")
    assert text_fraction(np.asarray(picture)) == 0
