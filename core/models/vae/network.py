"""A convolutional autoencoder whose latents are uncertain (Kingma and Welling 2014, arXiv 1312.6114).

The encoder halves the picture four times and ends in the mean and the log variance of each latent; the decoder doubles
it again. 1.3 million weights for 96 pixels. What is enlarged is enlarged before it is convolved, which leaves no
chequered patterns (Odena et al. 2016); only the last doubling, from half the size to the picture, rearranges channels,
since a convolution at full size would cost as much as all others together; its four quarters begin alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import layers, ops

from core.models.common.seeds import Seeds

SIZES = (96, 64)
_HALVED = (32, 64, 96, 128)  # channels of the encoder, from the picture on
_NARROW = 64  # channels between the smallest map and the latents: without them, nine tenths of the weights were here
_DOUBLED = (128, 96, 48)  # channels of the decoder
_SLOPE = 0.2


def build_encoder(size: int, latent_size: int, policy: str = "float32", seeds: Seeds | None = None) -> keras.Model:
    """(N, size, size, 3) in [-1, 1] -> mean and log variance side by side, (N, 2 * latent_size).

    Args:
        size: pixels a side.
        latent_size: numbers that a picture becomes.
        policy: Keras' dtype policy of all layers but the last, which is float32.
        seeds: of the first weights; None: they do not matter, since others are put in.
    """
    dtype, seeds = keras.DTypePolicy(policy), seeds or Seeds(0)
    pixels = keras.Input((size, size, 3), name="pixels")
    x = pixels
    for number, width in enumerate(_HALVED, 1):
        kernel = 5 if number == 1 else 3
        x = _block(x, width, kernel, 2, seeds=seeds, dtype=dtype, name=f"down{number}")
    x = _block(x, _NARROW, 1, seeds=seeds, dtype=dtype, name="narrow")
    x = layers.Flatten(dtype=dtype, name="flat")(x)
    # In float32: the divergence takes exponentials of it.
    both = layers.Dense(2 * latent_size, kernel_initializer=seeds.glorot(), dtype="float32", name="codes")(x)
    return keras.Model(pixels, both, name="encoder")


def build_decoder(size: int, latent_size: int, policy: str = "float32", seeds: Seeds | None = None) -> keras.Model:
    """(N, latent_size) -> (N, size, size, 3) in [-1, 1]; the arguments are those of `build_encoder`."""
    dtype, seeds = keras.DTypePolicy(policy), seeds or Seeds(0)
    least = size // 2 ** len(_HALVED)
    z = keras.Input((latent_size,), name="z")
    wide = {"kernel_initializer": seeds.glorot(), "dtype": dtype, "name": "wide"}
    x = layers.Dense(least * least * _NARROW, use_bias=False, **wide)(z)
    x = layers.Reshape((least, least, _NARROW), dtype=dtype, name="map")(x)
    x = _norm(x, dtype, "wide")
    for number, width in enumerate(_DOUBLED, 1):
        x = layers.UpSampling2D(2, dtype=dtype, name=f"up{number}_double")(x)
        x = _block(x, width, 3, seeds=seeds, dtype=dtype, name=f"up{number}")
    first = _alike(seeds)
    x = layers.Conv2D(3 * 4, 3, padding="same", dtype="float32", kernel_initializer=first, name="quarters")(x)
    return keras.Model(z, ops.tanh(ops.depth_to_space(x, 2)), name="decoder")


def _block(x: Any, width: int, kernel: int, stride: int = 1, *, seeds: Seeds, dtype: Any, name: str) -> Any:
    options = {"kernel_initializer": seeds.glorot(), "dtype": dtype, "name": f"{name}_conv"}
    x = layers.Conv2D(width, kernel, stride, padding="same", use_bias=False, **options)(x)
    return _norm(x, dtype, name)


def _norm(x: Any, dtype: Any, name: str) -> Any:
    # 0.9 instead of Keras' 0.99: with a few thousand steps the averages must follow.
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-5, dtype=dtype, name=f"{name}_norm")(x)
    return layers.LeakyReLU(_SLOPE, dtype=dtype, name=f"{name}_relu")(x)


def _alike(seeds: Seeds) -> Callable[..., Any]:
    """Four quarters that begin as one (Aitken et al. 2017, arXiv 1707.02937): what differs in them shows as a grid."""
    quarter = seeds.glorot()

    def first(shape: tuple[int, ...], dtype: str | None = None) -> Any:
        return ops.tile(quarter((*shape[:-1], shape[-1] // 4), dtype=dtype), (1, 1, 1, 4))

    return first
