"""The generator and the discriminator of a DCGAN (Radford et al. 2015, arXiv 1511.06434).

Their widths are those of system 2 (docs/systems.md).

The generator doubles a small picture four times with 5x5 transposed convolutions; the discriminator mirrors it. On two
AVX2 cores the transposed convolution takes as long as, trained, or a tenth less than, a 3x3 convolution to four times
the channels whose pixels are then spread; so it stays as it is described, but for the last, to three colours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import keras
from keras import layers, ops

from core.models.common.drawn_faces import put
from core.models.common.pixel_blocks import transposed_to_blocks
from core.models.common.seeds import Seeds
from core.models.common.variables import values_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

LATENT_SIZE = 100  # numbers that a picture is drawn from, the paper's
_KERNEL = 5
_LEAK = 0.2  # the paper's
_SPREAD = 0.02  # of the first weights, the paper's
_EPSILON = 1e-5


@dataclass(frozen=True, slots=True)
class Shape:
    """Widths: `start`, pixels a side of the first picture; `depths`, channels there and after all doublings but one."""

    start: int
    depths: tuple[int, ...]

    @property
    def size(self) -> int:
        """Pixels a side of the pictures."""
        return int(self.start * 2 ** len(self.depths))


SHAPES: Mapping[str, Shape] = {
    "classic": Shape(6, (1024, 512, 256, 128)),  # 96 pixels
    "light": Shape(6, (250, 150, 90, 54)),  # 96 pixels at a ninth of the work: for a CPU
    "small": Shape(4, (256, 128, 64, 32)),  # 64 pixels
}


def build_generator(shape: Shape, *, policy: str = "float32", seeds: Seeds | None = None) -> keras.Model:
    """From latents (N, 100) to pictures (N, S, S, 3) in -1 to 1.

    Args:
        shape: of `SHAPES`, or smaller ones in tests.
        policy: Keras' dtype policy of all layers but the last, whose pictures are float32.
        seeds: of the first weights; None: they do not matter, since others are put in.
    """
    dtype, seeds = keras.DTypePolicy(policy), seeds or Seeds(0)
    latents = keras.Input((LATENT_SIZE,), name="codes")
    side, depths = shape.start, shape.depths
    first = seeds.normal(_SPREAD)
    x = layers.Dense(side * side * depths[0], use_bias=False, kernel_initializer=first, dtype=dtype, name="start")(
        latents
    )
    x = layers.Reshape((side, side, depths[0]), dtype=dtype, name="start_picture")(x)  # (N, 6, 6, 250)
    for place, depth in enumerate((*depths[1:], 3), 1):
        x = layers.ReLU(dtype=dtype, name=f"relu{place}")(_norm(x, dtype, place))
        options = _convolution(seeds, dtype, f"up{place}", use_bias=place == len(depths))
        layer = layers.Conv2DTranspose if place < len(depths) else _Coloured
        x = layer(depth, _KERNEL, 2, "same", **options)(x)  # (N, 12, 12, 150), ...
    return keras.Model(latents, layers.Activation("tanh", dtype="float32", name="pictures")(x), name="generator")


class _Coloured(layers.Conv2DTranspose):  # type: ignore[misc]  # Keras has no types
    """The same function, as a 3x3 convolution to the four pixels that each one becomes.

    With three channels to write most of a processor's lanes are idle; twelve take two thirds of the time.
    """

    def call(self, inputs: Any) -> Any:
        return ops.depth_to_space(transposed_to_blocks(inputs, self.kernel), 2) + self.bias


def build_discriminator(
    shape: Shape, outputs: int, *, policy: str = "float32", seeds: Seeds | None = None
) -> keras.Model:
    """From pictures (N, S, S, 3) in -1 to 1 to logits (N, outputs): one, or two of "drawn" and "real".

    `policy` and `seeds` are as in `build_generator`.
    """
    dtype, seeds = keras.DTypePolicy(policy), seeds or Seeds(0)
    pictures = keras.Input((shape.size, shape.size, 3), name="pictures")
    x = pictures
    for place, depth in enumerate(reversed(shape.depths), 1):
        options = _convolution(seeds, dtype, f"down{place}", use_bias=place == 1)
        x = layers.Conv2D(depth, _KERNEL, 2, "same", **options)(x)  # (N, 48, 48, 54), ...
        # The first is not normed, as in the paper: a batch's colours are what drawn and real pictures differ by first.
        x = layers.LeakyReLU(_LEAK, dtype=dtype, name=f"leak{place}")(x if place == 1 else _norm(x, dtype, place))
    x = layers.Flatten(dtype=dtype, name="flat")(x)
    logits = layers.Dense(outputs, kernel_initializer=seeds.normal(_SPREAD), dtype="float32", name="logits")(x)
    return keras.Model(pictures, logits, name="discriminator")


def batch_statistics(net: keras.Model, latents: Any) -> list[Any]:
    """Return the means and variances that a generator's norms would see in a batch: two tensors a norm, in order.

    Each layer sees what the layers before make of the batch's own statistics, as in training.
    """
    statistics: list[Any] = []
    x = latents
    for layer in net.layers[1:]:  # a chain
        if isinstance(layer, layers.BatchNormalization):
            mean, variance = ops.moments(x, tuple(range(len(x.shape) - 1)))
            statistics += [mean, variance]
            x = ops.batch_normalization(x, mean, variance, -1, layer.beta, layer.gamma, layer.epsilon)
        else:
            x = layer(x)
    return statistics


def named(net: keras.Model) -> dict[str, Any]:
    """A generator's variables by name, `up1/kernel`, layer after layer."""
    return {f"{layer.name}/{variable.name}": variable for layer in net.layers for variable in layer.variables}


def set_tensors(net: keras.Model, tensors: Mapping[str, NDArray[Any]]) -> None:
    """Put the tensors of these names into a network.

    Raises:
        KeyError, ValueError: they are another network's.
    """
    put(named(net), tensors)


def tensors_of(net: keras.Model) -> dict[str, NDArray[Any]]:
    """The tensors that `set_tensors` takes."""
    return values_of(named(net))


def _convolution(seeds: Seeds, dtype: Any, name: str, *, use_bias: bool) -> dict[str, Any]:
    """Without a bias where batch norm follows, which has one."""
    return {"use_bias": use_bias, "kernel_initializer": seeds.normal(_SPREAD), "dtype": dtype, "name": name}


def _norm(x: Any, dtype: Any, place: int) -> Any:
    # 0.9 instead of Keras' 0.99: the averages must follow a net that is a few thousand steps old.
    return layers.BatchNormalization(momentum=0.9, epsilon=_EPSILON, dtype=dtype, name=f"norm{place}")(x)
