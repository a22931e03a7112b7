"""The networks of `reage`: a U-Net from a face and two ages to a change, and a discriminator of what it looks like.

The U-Net (Ronneberger et al. 2015, arXiv 1505.04597) sees the face, and maps that are constant over the picture: how
old it looks, how old it is to look, and the gender. It draws no face: it predicts what is added (`delta`), and where
(`mask`), as Pumarola et al. 2018 did for expressions (GANimation, arXiv 1807.09251), so that all of the photo that does
not change stays as it is. The ages also scale the channels at every resolution (Perez et al. 2018, FiLM, arXiv
1709.07871): at the narrow end of a U-Net constant maps have long been washed out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
from keras import layers, ops

from core.domain.age_bins import AGE_BINS
from core.models.common.seeds import Seeds

if TYPE_CHECKING:
    from collections.abc import Sequence

SIZES = (96, 64)
CONDITIONS = 4  # present age, age, their difference, gender
_CONDITION_UNITS = 64
_SLOPE = 0.2
_GAIN = 0.1  # of the last layer: all of its weights move in one direction at first, and saturated it in ten steps
_WIDTH = 64  # channels of the discriminator at each resolution
_COARSE = 12  # pixels a side, up to which the discriminator does not halve maps of features


def build_unet(
    size: int, channels: tuple[int, ...], policy: str = "float32", seeds: Seeds | None = None, colour: float = 1.0
) -> keras.Model:
    """Build (faces (N, size, size, 3) in [-1, 1], conditions (N, 4)) -> (N, size, size, 4): delta and mask.

    The first three channels of the output are the delta in [-1, 1], the last the mask in [0, 1].

    Args:
        size: pixels a side.
        channels: at half of the size, at a quarter, and so on: at full size, convolutions cost as much as all others.
        policy: Keras' dtype policy of all layers but the last, which is float32.
        seeds: of the first weights; None: they do not matter, since others are put in.
        colour: how much of the delta's colour counts, 0 (all of it is grey) to 1.
    """
    net = _Layers(keras.DTypePolicy(policy), seeds or Seeds(0))
    half = size // 2
    faces = keras.Input((size, size, 3), name="faces")
    conditions = keras.Input((CONDITIONS,), name="conditions")
    ages = net.dense(net.dense(conditions, "ages1"), "ages2")
    maps = ops.tile(ops.reshape(conditions, (-1, 1, 1, CONDITIONS)), (1, half, half, 1))
    x = net.convolve(ops.concatenate([space_to_depth(faces), maps], axis=-1), channels[0], "first")
    skips = []
    for number, width in enumerate(channels[1:], 1):
        skips.append(x)
        x = net.block(net.convolve(x, width, f"down{number}", stride=2), ages, f"down{number}_block")
    x = net.block(x, ages, "bottom")
    for number, (width, skip) in enumerate(zip(channels[-2::-1], reversed(skips), strict=True), 1):
        x = net.convolve(x, width, f"up{number}", kernel=1)
        x = layers.UpSampling2D(2, dtype=net.dtype, name=f"up{number}_double")(x)
        x = net.convolve(ops.concatenate([x, skip], axis=-1), width, f"up{number}_join")
        x = net.block(x, ages, f"up{number}_block") if number < len(skips) else net.film(x, ages, f"up{number}_film")
    # Nothing is changed at first: the delta begins at zero, the mask at one half.
    options = {"padding": "same", "kernel_initializer": "zeros", "dtype": "float32"}
    x = ops.depth_to_space(_GAIN * layers.Conv2D(4 * 4, 3, name="change", **options)(normalised(x)), 2)
    delta = ops.tanh(x[..., :3])
    grey = ops.mean(delta, axis=-1, keepdims=True)
    change = ops.concatenate([grey + colour * (delta - grey), ops.sigmoid(x[..., 3:])], axis=-1)
    return keras.Model([faces, conditions], change, name="unet")


def predict_change(unet: keras.Model, faces: Any, conditions: Any, *, training: bool) -> Any:
    """Return the mean of the changes of faces and of their mirror images, (N, S, S, 4) float32; as of `build_unet`.

    A U-Net alone favoured a side: in old people it drew rings around one eye.
    """
    both = ops.concatenate([faces, ops.flip(faces, axis=2)])
    change = ops.cast(unet([both, ops.tile(conditions, (2, 1))], training=training), "float32")
    straight, mirrored = ops.split(change, 2)
    return (straight + ops.flip(mirrored, axis=2)) / 2


def build_discriminator(
    shapes: Sequence[tuple[int, int, int]], policy: str = "float32", seeds: Seeds | None = None
) -> keras.Model:
    """Build [maps of features (N, h, w, C), ..., labels (N, 11)] -> [logits (N, patches) of each, bins (N, 10)].

    What it looks at are the features that a network made for other pictures finds in faces, at several resolutions
    (Sauer et al. 2021, Projected GANs Converge Faster, arXiv 2111.01007): a discriminator of pixels was of little use
    with a few thousand pictures. The labels are probabilities of `AGE_BINS`, and the gender (-1, 0 unknown, 1), so that
    no woman grows a beard. The last output says how old a face looks, in logits of `AGE_BINS`.

    Args:
        shapes: of the maps: height, width, channels.
        policy: as in `build_unet`.
        seeds: as in `build_unet`.
    """
    net = _Layers(keras.DTypePolicy(policy), seeds or Seeds(0))
    maps = [keras.Input(shape, name=f"features{number}") for number, shape in enumerate(shapes, 1)]
    labels = keras.Input((len(AGE_BINS) + 1,), name="labels")
    logits, summaries = [], []
    for number, features in enumerate(maps, 1):
        x = net.convolve(features, _WIDTH, f"mix{number}", kernel=1)
        x = net.convolve(x, _WIDTH, f"look{number}", stride=1 if x.shape[1] < _COARSE else 2)
        real = layers.Conv2D(
            1, 3, padding="same", kernel_initializer=net.seeds.glorot(), dtype="float32", name=f"real{number}"
        )(x)
        # A patch is also judged by how well it goes with the labels (Miyato and Koyama 2018, arXiv 1802.05637).
        ages = layers.Dense(_WIDTH, kernel_initializer=net.seeds.glorot(), dtype="float32", name=f"ages{number}")(
            labels
        )
        fit = ops.sum(ops.cast(x, "float32") * ages[:, None, None, :], axis=-1, keepdims=True)
        logits.append(layers.Flatten()(real + fit / _WIDTH**0.5))
        x = net.convolve(x, _WIDTH, f"age{number}", stride=2)
        summaries.append(layers.GlobalAveragePooling2D(dtype=net.dtype)(x))
    x = layers.Dense(2 * _WIDTH, kernel_initializer=net.seeds.he(), dtype=net.dtype, name="age")(
        ops.concatenate(summaries, axis=-1)
    )
    x = layers.LeakyReLU(_SLOPE, dtype=net.dtype)(x)
    bins = layers.Dense(len(AGE_BINS), kernel_initializer=net.seeds.glorot(), dtype="float32", name="bins")(x)
    return keras.Model([*maps, labels], [*logits, bins], name="discriminator")


def named(unet: keras.Model) -> dict[str, Any]:
    """Return the U-Net's variables by their layer's path."""
    return {f"unet/{variable.path}": variable for variable in unet.variables}


def normalised(x: Any) -> Any:
    """Return maps in which each pixel's channels have a mean square of 1 (Karras et al. 2018, arXiv 1710.10196).

    Without it the sum of the blocks grows until nothing but the bias of the last layer matters.
    """
    mean = ops.mean(ops.square(ops.cast(x, "float32")), axis=-1, keepdims=True)
    return x * ops.cast(ops.rsqrt(mean + 1e-6), x.dtype)


def space_to_depth(x: Any) -> Any:
    """(N, S, S, C) -> (N, S / 2, S / 2, 4 C): each two by two pixels become one, the inverse of `depth_to_space`."""
    size, channels = x.shape[1], x.shape[-1]
    x = ops.reshape(x, (-1, size // 2, 2, size // 2, 2, channels))
    return ops.reshape(ops.transpose(x, (0, 1, 3, 2, 4, 5)), (-1, size // 2, size // 2, 4 * channels))


class _Layers:
    """Makes the layers of both networks."""

    def __init__(self, dtype: Any, seeds: Seeds) -> None:
        self.dtype, self.seeds = dtype, seeds

    def dense(self, x: Any, name: str) -> Any:
        options = {"kernel_initializer": self.seeds.he(), "dtype": self.dtype, "name": name}
        return layers.LeakyReLU(_SLOPE, dtype=self.dtype)(layers.Dense(_CONDITION_UNITS, **options)(x))

    def convolve(self, x: Any, width: int, name: str, kernel: int = 3, stride: int = 1) -> Any:
        options = {"padding": "same", "kernel_initializer": self.seeds.he(), "dtype": self.dtype, "name": name}
        x = layers.Conv2D(width, kernel, stride, **options)(x)
        return layers.LeakyReLU(_SLOPE, dtype=self.dtype, name=f"{name}_relu")(x)

    def film(self, x: Any, ages: Any, name: str) -> Any:
        """Scale and shift the channels by the ages; by 1 and 0 at first."""
        options = {"kernel_initializer": "zeros", "dtype": self.dtype, "name": name}
        scales = layers.Dense(2 * x.shape[-1], **options)(ages)[:, None, None, :]
        return x * (1.0 + scales[..., : x.shape[-1]]) + scales[..., x.shape[-1] :]

    def block(self, x: Any, ages: Any, name: str) -> Any:
        """Add two convolutions to what they are given (He et al. 2016, arXiv 1603.05027)."""
        y = self.film(self.convolve(normalised(x), x.shape[-1], f"{name}1"), ages, f"{name}_film")
        options = {"padding": "same", "kernel_initializer": self.seeds.normal(0.01), "dtype": self.dtype}
        return x + layers.Conv2D(x.shape[-1], 3, name=f"{name}2", **options)(y)
