"""The recogniser's networks, trained from scratch on one community's faces.

`classic` is the net of system 1 in docs/systems.md: four blocks of convolution and overlapping max-pooling, two hidden
dense layers. `slim` is the same with the layers narrowed that were found to be mostly zero. `modern` is residual
(He et al. 2016, arXiv 1512.03385; pre-activation left out), with batch norm and global average pooling.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import keras
from keras import layers

from core.models.common.seeds import Seeds

_Layer: TypeAlias = Callable[[Any], Any]
_Net: TypeAlias = Callable[[Any, Seeds], _Layer]  # dtype policy, seeds of the first weights


def build_net(
    preset: str, size: int, classes: int, *, policy: str = "float32", channels: int = 3, seeds: Seeds | None = None
) -> keras.Model:
    """A network from standardised pictures to logits.

    Args:
        preset: a key of `NETS`.
        size: pixels a side of the input.
        classes: people.
        policy: Keras' dtype policy of all layers but the last, which is float32.
        channels: of the input: 3, or 1 for grey.
        seeds: of the first weights; None: they do not matter, since others are put in.

    Returns:
        A functional model (N, size, size, channels) -> (N, classes), its layers named after their place.

    Raises:
        KeyError: no such preset.
    """
    pixels = keras.Input((size, size, channels), name="pixels")
    seeds = seeds or Seeds(0)
    features = NETS[preset](keras.DTypePolicy(policy), seeds)(pixels)
    logits = layers.Dense(classes, kernel_initializer=seeds.glorot(), dtype="float32", name="logits")(features)
    return keras.Model(pixels, logits, name=preset)


def _classic(widths: tuple[int, ...], dense: tuple[int, int]) -> _Net:
    def build(policy: Any, seeds: Seeds) -> _Layer:
        def net(x: Any) -> Any:
            for number, width in enumerate(widths, 1):
                options = {"kernel_initializer": seeds.glorot(), "dtype": policy, "name": f"block{number}_conv"}
                x = layers.Conv2D(width, 3, padding="same", activation="relu", **options)(x)
                x = layers.MaxPooling2D(3, 2, padding="same", dtype=policy, name=f"block{number}_pool")(x)
            x = layers.Flatten(dtype=policy, name="flat")(x)
            for number, width in enumerate(dense, 1):
                options = {"kernel_initializer": seeds.glorot(), "dtype": policy, "name": f"dense{number}"}
                x = layers.Dense(width, activation="relu", **options)(x)
            return x

        return net

    return build


def _modern(stem: int, widths: tuple[int, ...], blocks: int) -> _Net:
    def build(policy: Any, seeds: Seeds) -> _Layer:
        def net(x: Any) -> Any:
            x = _conv(x, stem, 5, 2, policy=policy, seeds=seeds, name="stem")
            x = layers.ReLU(dtype=policy, name="stem_relu")(x)
            for stage, width in enumerate(widths, 1):
                for block in range(1, blocks + 1):
                    stride = 2 if block == 1 and stage > 1 else 1
                    x = _residual(x, width, stride, policy=policy, seeds=seeds, name=f"stage{stage}_block{block}")
            return layers.GlobalAveragePooling2D(dtype=policy, name="features")(x)

        return net

    return build


def _residual(x: Any, width: int, stride: int, *, policy: Any, seeds: Seeds, name: str) -> Any:
    branch = _conv(x, width, 3, stride, policy=policy, seeds=seeds, name=f"{name}_a")
    branch = layers.ReLU(dtype=policy, name=f"{name}_a_relu")(branch)
    branch = _conv(branch, width, 3, policy=policy, seeds=seeds, name=f"{name}_b")
    if stride > 1:
        x = layers.AveragePooling2D(stride, dtype=policy, name=f"{name}_pool")(x)
    if x.shape[-1] != width:
        x = _conv(x, width, 1, policy=policy, seeds=seeds, name=f"{name}_skip")
    return layers.ReLU(dtype=policy, name=f"{name}_relu")(layers.Add(dtype=policy, name=f"{name}_sum")([x, branch]))


def _conv(x: Any, width: int, kernel: int, stride: int = 1, *, policy: Any, seeds: Seeds, name: str) -> Any:
    convolved = layers.Conv2D(
        width,
        kernel,
        stride,
        padding="same",
        use_bias=False,  # batch norm has one
        kernel_initializer=seeds.he(),
        dtype=policy,
        name=f"{name}_conv",
    )(x)
    # 0.9 instead of Keras' 0.99: with a few thousand steps the averages must follow.
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5, dtype=policy, name=f"{name}_norm")(convolved)


NETS: Mapping[str, _Net] = {
    "classic": _classic((32, 48, 72, 108), (1024, 256)),
    "slim": _classic((32, 48, 72, 72), (96, 128)),
    "gray": _classic((32, 48, 72, 72), (96, 128)),
    "modern": _modern(32, (32, 64, 128, 192), 1),
}
