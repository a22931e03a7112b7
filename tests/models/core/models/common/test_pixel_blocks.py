"""Convolutions of blocks of pixels: the same numbers as those of the pixels themselves."""

from __future__ import annotations

import numpy as np
import pytest
from keras import layers, ops

from core.models.common.pixel_blocks import convolve_blocks, transposed_to_blocks


@pytest.fixture
def random() -> np.random.Generator:
    """Return random numbers that are the same each time."""
    return np.random.default_rng(3)


def test_a_transposed_convolution_to_blocks_is_keras_own(random: np.random.Generator) -> None:
    maps = random.normal(size=(2, 5, 7, 4)).astype(np.float32)
    layer = layers.Conv2DTranspose(3, 5, 2, padding="same", use_bias=False)
    expected = layer(maps)

    blocks = transposed_to_blocks(maps, layer.kernel)

    assert blocks.shape == (2, 5, 7, 12)
    np.testing.assert_allclose(ops.depth_to_space(blocks, 2), expected, atol=1e-5)


def test_a_convolution_of_blocks_is_that_of_their_pixels(random: np.random.Generator) -> None:
    blocks = random.normal(size=(2, 4, 6, 4 * 5)).astype(np.float32)
    layer = layers.Conv2D(3, 5, padding="same", use_bias=False)
    expected = layer(ops.depth_to_space(blocks, 2))

    convolved = convolve_blocks(blocks, layer.kernel)

    assert convolved.shape == (2, 4, 6, 12)
    np.testing.assert_allclose(ops.depth_to_space(convolved, 2), expected, atol=1e-5)
