"""Agers that a trained one is compared with, and how what they do to a photo is shown."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.helpers.compared_agers import (
    PROTOTYPE_VIEW,
    Contender,
    PrototypeAger,
    ShownFace,
    outside_is_identical,
)
from core.domain.age_bins import AGE_BINS
from core.vision.views import Framing

SIDE = PROTOTYPE_VIEW.size
LANDMARKS = [(48.0, 48.0), (80.0, 48.0), (64.0, 66.0), (52.0, 80.0), (76.0, 80.0)]
MIDDLES = np.array([(first + last) / 2 for first, last in AGE_BINS])


@pytest.fixture
def prototype() -> PrototypeAger:
    """Each bin's faces are 10 brighter than those of the bin before."""
    pictures = np.full((len(AGE_BINS), SIDE, SIDE, 3), 50, np.uint8)
    pictures += (10 * np.arange(len(AGE_BINS), dtype=np.uint8))[:, None, None, None]
    return PrototypeAger(pictures, MIDDLES)


@pytest.fixture
def photo() -> ShownFace:
    return ShownFace(np.random.default_rng(0).integers(0, 150, (128, 128, 3), np.uint8), LANDMARKS)


def test_the_prototype_adds_the_difference_of_two_bins(prototype):
    change = prototype.change(
        np.zeros((2, SIDE, SIDE, 3), np.uint8), np.array([25, 65], np.float32), np.array([55, 65], np.float32)
    )
    assert (change.delta[0] == 30).all()
    assert (change.delta[1] == 0).all()
    assert (change.mask == 1).all()


def test_a_prototype_needs_a_picture_of_every_bin():
    with pytest.raises(ValueError, match="no picture"):
        PrototypeAger(np.zeros((1, SIDE, SIDE, 3), np.uint8), np.array([30.0]))


def test_a_change_is_laid_onto_the_photo_and_leaves_what_is_outside(prototype, photo):
    (shown,) = Contender("prototype", prototype).show([photo], np.array([25], np.float32), np.array([55], np.float32))
    assert (shown.image[64, 64].astype(int) - photo.image[64, 64] == 30).all()
    assert outside_is_identical(photo, shown, Framing.FACE)


def test_one_changed_pixel_outside_the_face_is_noticed(photo):
    image = photo.image.copy()
    image[0, 0, 0] += 1
    assert not outside_is_identical(photo, ShownFace(image, LANDMARKS), Framing.FACE)


class _Painter(PrototypeAger):
    def render(self, pictures: np.ndarray, ages: np.ndarray) -> np.ndarray:
        return np.full_like(pictures, 7)


def test_a_raw_ager_shows_its_own_picture_and_knows_where_the_face_is_in_it(prototype, photo):
    prototype.__class__ = _Painter
    (shown,) = Contender("painter", prototype, raw=True).show(
        [photo], np.array([25], np.float32), np.array([55], np.float32)
    )
    assert shown.image.shape == (SIDE, SIDE, 3)
    assert (shown.image == 7).all()
    eyes = np.array(shown.landmarks)[:2]
    assert eyes[0, 1] == pytest.approx(eyes[1, 1], abs=0.01)
    assert eyes.mean(0)[0] == pytest.approx(SIDE / 2, abs=3)
    assert not outside_is_identical(photo, shown, Framing.FACE)
