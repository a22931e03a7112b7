"""The four networks of the conditional adversarial autoencoder (Zhang, Song, Qi 2017, arXiv 1702.08423, figure 3).

An encoder takes a face to 50 numbers, a generator takes these with an age and a gender back to a face. One
discriminator holds the numbers to a uniform distribution, so that they are free of gaps; the other looks at faces
together with the age that they are to show. Encoder and generator have no batch norm, as in the published code.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops

from core.domain.age_bins import AGE_BINS
from core.models.caae.presets import CaaePreset
from core.models.common.pixel_blocks import convolve_blocks, transposed_to_blocks
from core.models.common.seeds import Seeds

LATENT_SIZE = 50  # the paper's
CONDITION_SIZE = len(AGE_BINS) + 1  # the bins, -1 to 1 each; the gender: -1 male, 1 female, 0 unknown
SIZES = (128, 96, 64)  # pixels a side; `OPTIONS` in core/domain/training/presets.py
_KERNEL = 5  # the paper's
# The condition is repeated, as in the published code: 11 numbers beside 50 would hardly count at first.
_REPEATED = 5
_LEAK = 0.2  # the published code's
_LATENT_UNITS = (64, 32, 16)  # of the latents' discriminator, the paper's


def build_encoder(preset: CaaePreset, policy: str = "float32", seeds: Seeds | None = None) -> keras.Model:
    """(N, S, S, 3) in [-1, 1] -> (N, 50) in (-1, 1).

    Args:
        preset: widths and size.
        policy: Keras' dtype policy of all layers but the last, which is float32.
        seeds: of the first weights; None: they do not matter, since others are put in.
    """
    dtype, seeds = keras.DTypePolicy(policy), seeds or Seeds(0)
    pixels = keras.Input((preset.size, preset.size, 3), name="pixels")
    x = pixels
    for number, width in enumerate(preset.encoder, 1):
        x = _halve(x, width, seeds, dtype, number)  # (N, 48, 48, 32), ...
        x = layers.ReLU(dtype=dtype, name=f"relu{number}")(x)
    x = layers.Flatten(dtype=dtype, name="flat")(x)
    latents = layers.Dense(LATENT_SIZE, kernel_initializer=seeds.glorot(), dtype="float32", name="latents")(x)
    return keras.Model(pixels, layers.Activation("tanh", dtype="float32", name="bounded")(latents), name="encoder")


def build_generator(preset: CaaePreset, policy: str = "float32", seeds: Seeds | None = None) -> keras.Model:
    """Latents (N, 50) and conditions (N, 11) -> (N, S, S, 3) in [-1, 1]; the arguments are those of `build_encoder`."""
    dtype, seeds = keras.DTypePolicy(policy), seeds or Seeds(0)
    latents = keras.Input((LATENT_SIZE,), name="latents")
    condition = keras.Input((CONDITION_SIZE,), name="condition")
    side, widths = preset.size // 2 ** len(preset.encoder), preset.generator
    x = join(latents, condition)  # (N, 105)
    x = layers.Dense(side * side * widths[0], kernel_initializer=seeds.he(), dtype=dtype, name="start")(x)
    x = layers.Reshape((side, side, widths[0]), dtype=dtype, name="map")(x)  # (N, 6, 6, 192)
    for number, width in enumerate(widths[1:], 1):
        x = layers.ReLU(dtype=dtype, name=f"relu{number}")(x)
        up = {"padding": "same", "kernel_initializer": seeds.he(), "dtype": dtype, "name": f"up{number}"}
        layer = layers.Conv2DTranspose if number < len(widths) - 1 else _TransposedToBlocks
        x = layer(width, _KERNEL, 2, **up)(x)  # (N, 12, 12, 128), ...; at last (N, 48, 48, 4 * 16)
    x = layers.ReLU(dtype=dtype, name="relu")(x)
    last = {"padding": "same", "kernel_initializer": seeds.glorot(), "dtype": dtype, "name": "colours"}
    x = ops.depth_to_space(_BlockConv2D(3, _KERNEL, **last)(x), 2)
    return keras.Model([latents, condition], layers.Activation("tanh", dtype="float32", name="pictures")(x))


class _TransposedToBlocks(layers.Conv2DTranspose):  # type: ignore[misc]  # Keras has no types
    """The same function, with each 2 x 2 pixels of the result as channels: see `pixel_blocks`."""

    def call(self, inputs: Any) -> Any:
        return transposed_to_blocks(inputs, self.kernel) + ops.tile(self.bias, 4)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (*input_shape[:3], 4 * self.filters)


class _BlockConv2D(layers.Conv2D):  # type: ignore[misc]
    """The same function of pixels that are held as blocks, and with blocks as its result."""

    def build(self, input_shape: Any) -> None:
        batch, height, width, channels = input_shape
        super().build((batch, 2 * height, 2 * width, channels // 4))
        self.input_spec = None  # the shape of the pixels

    def call(self, inputs: Any) -> Any:
        return convolve_blocks(inputs, self.kernel) + ops.tile(self.bias, 4)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (*input_shape[:3], 4 * self.filters)


def build_discriminator(preset: CaaePreset, policy: str = "float32", seeds: Seeds | None = None) -> keras.Model:
    """Pictures (N, S, S, 3) in [-1, 1] and conditions (N, 11) -> logits (N, 1) of being real and of that age."""
    dtype, seeds = keras.DTypePolicy(policy), seeds or Seeds(0)
    pictures = keras.Input((preset.size, preset.size, 3), name="pictures")
    condition = keras.Input((CONDITION_SIZE,), name="condition")
    x = pictures
    for number, width in enumerate(preset.discriminator, 1):
        x = _halve(x, width, seeds, dtype, number)
        x = layers.BatchNormalization(momentum=0.9, epsilon=1e-5, dtype=dtype, name=f"norm{number}")(x)
        x = layers.ReLU(dtype=dtype, name=f"relu{number}")(x)
        if number == 1:
            x = ops.concatenate([x, _as_maps(condition, preset.size // 2, dtype)], axis=-1)  # (N, 48, 48, 16 + 11)
    x = layers.Flatten(dtype=dtype, name="flat")(x)
    x = layers.Dense(preset.hidden, kernel_initializer=seeds.he(), dtype=dtype, name="hidden")(x)
    x = layers.LeakyReLU(_LEAK, dtype=dtype, name="leak")(x)
    logits = layers.Dense(1, kernel_initializer=seeds.glorot(), dtype="float32", name="logits")(x)
    return keras.Model([pictures, condition], logits, name="discriminator")


def build_latent_discriminator(seeds: Seeds | None = None) -> keras.Model:
    """Latents (N, 50) -> logits (N, 1) of being drawn from the uniform distribution; in float32, it is tiny."""
    seeds = seeds or Seeds(0)
    latents = keras.Input((LATENT_SIZE,), name="latents")
    x = latents
    for number, units in enumerate(_LATENT_UNITS, 1):
        x = layers.Dense(units, kernel_initializer=seeds.he(), name=f"dense{number}")(x)
        x = layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name=f"norm{number}")(x)
        x = layers.ReLU(name=f"relu{number}")(x)
    return keras.Model(latents, layers.Dense(1, kernel_initializer=seeds.glorot(), name="logits")(x))


def join(latents: Any, condition: Any) -> Any:
    """Return what the generator's first layer sees of latents (N, 50) and conditions (N, 11): (N, 105)."""
    return ops.concatenate([latents, *[condition] * _REPEATED], axis=-1)


def _halve(x: Any, width: int, seeds: Seeds, dtype: Any, number: int) -> Any:
    options = {"padding": "same", "kernel_initializer": seeds.he(), "dtype": dtype, "name": f"down{number}"}
    return layers.Conv2D(width, _KERNEL, 2, **options)(x)


def _as_maps(condition: Any, side: int, dtype: Any) -> Any:
    """(N, 11) -> (N, side, side, 11), the same everywhere."""
    maps = ops.tile(ops.reshape(condition, (-1, 1, 1, CONDITION_SIZE)), (1, side, side, 1))
    return ops.cast(maps, dtype.compute_dtype)
