from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from core.models.common.backend import to_numpy
from core.models.reage.network import SIZES, build_discriminator, build_unet, space_to_depth
from core.models.reage.presets import REAGE_PRESETS
from core.models.reage.sampling import matrices, resample


@pytest.mark.parametrize("size", SIZES)
def test_each_size_gives_a_change_for_each_pixel_in_less_than_six_megabytes(size: int) -> None:
    unet = build_unet(size, REAGE_PRESETS["reage"].channels)
    assert unet.output_shape == (None, size, size, 4)
    assert 2 * unet.count_params() < 6e6  # in half precision
    change = to_numpy(unet([np.zeros((2, size, size, 3), np.float32), np.zeros((2, 4), np.float32)]))
    assert (change[..., :3] == 0).all()
    assert np.allclose(change[..., 3], 0.5)


def test_the_discriminator_judges_patches_by_the_age_too_and_says_how_old_a_face_looks() -> None:
    net = build_discriminator([(32, 32, 5), (8, 8, 9)])
    random = np.random.default_rng(0)
    maps = [np.repeat(random.normal(size=(1, side, side, width)), 2, 0) for side, width in ((32, 5), (8, 9))]
    fine, coarse, bins = map(to_numpy, net([*maps, np.eye(11, dtype=np.float32)[[0, 9]]]))
    assert fine.shape == (2, 16 * 16)
    assert coarse.shape == (2, 8 * 8)
    for logits in (fine, coarse):
        assert np.abs(logits[0] - logits[1]).max() > 1e-3
    assert bins.shape == (2, 10)
    assert np.allclose(bins[0], bins[1], atol=1e-5)  # the labels say the answer, so it may not look at them


def test_without_colour_the_change_is_grey() -> None:
    random = np.random.default_rng(0)
    faces, conditions = random.uniform(-1, 1, (1, 64, 64, 3)), random.normal(size=(1, 4))
    for colour in (0.0, 1.0):
        unet = build_unet(64, (8, 8), colour=colour)
        unet.set_weights([random.normal(0, 0.2, value.shape) for value in unet.get_weights()])
        delta = to_numpy(unet([faces, conditions]))[..., :3]
        assert (np.ptp(delta, axis=-1).max() < 1e-6) == (colour == 0)
        assert np.abs(delta).max() > 0.01


def test_what_is_taken_apart_into_channels_is_put_together_again() -> None:
    pictures = np.random.default_rng(0).random((2, 8, 8, 3)).astype(np.float32)
    assert (to_numpy(ops.depth_to_space(space_to_depth(pictures), 2)) == pictures).all()


def test_a_matrix_for_each_axis_crops_mirrors_and_scales() -> None:
    size = 32
    picture = np.zeros((1, size, size, 1), np.float32)
    picture[0, 8:16, 4:12] = 1.0
    none = np.zeros(1)
    whole = matrices(size, size, none, np.ones(1), none)
    mirrored = matrices(size, size, np.array([float(size)]), -np.ones(1), none)
    window = matrices(size, 8, np.array([4.0]), np.ones(1), none)
    assert np.abs(to_numpy(resample(picture, whole, whole)) - picture).max() < 0.5  # softened at the edges only
    assert to_numpy(resample(picture, whole, mirrored))[0, 10:14, size - 10 : size - 6].min() > 0.95
    assert to_numpy(resample(picture, whole[0], window[0]))[0, 10:14, 2:6].min() > 0.95
