"""dlib's age network, a ResNet with eleven convolutions, in Keras.

Importing this module loads Keras and its backend.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from core.vision.embedding.align import DLIB_TEMPLATE, FaceTemplate
from core.vision.embedding.dlib_resnet import padded_sum

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from core.vision.age.age_weights import AgeWeights

AGE_INPUT_SIZE = 64  # pixels a side
# The age that each of the 81 classes stands for, as dlib's example has them.
CLASS_AGES = np.array([0.25, *range(1, 81)], np.float32)
_MEANS, _SCALE = (122.782, 117.001, 104.298), 1 / 256  # dlib's input_rgb_image
_HALVED = (False, True, False, True, False)  # of each residual block, whether it halves the size
# dlib cuts this network's faces with a margin of a fifth of the mean shape, the embedding network's with a quarter.
_MARGIN, _DLIB_MARGIN = 0.2, 0.25
AGE_TEMPLATE = FaceTemplate(
    AGE_INPUT_SIZE,
    ((1 + 2 * _DLIB_MARGIN) * DLIB_TEMPLATE.points / DLIB_TEMPLATE.size - _DLIB_MARGIN + _MARGIN)
    / (1 + 2 * _MARGIN)
    * AGE_INPUT_SIZE,
)


def build(weights: AgeWeights) -> Any:
    """Build the Keras model: RGB pixels in [0, 255] (N, 64, 64, 3) float32 -> logits (N, 81) of `CLASS_AGES`.

    The faces are aligned by `AGE_TEMPLATE`. Its policy is float32 whatever the global one is.
    """
    inputs = keras.Input((AGE_INPUT_SIZE, AGE_INPUT_SIZE, 3), dtype="float32")
    convolutions = iter(weights.convolutions)
    values: list[NDArray[np.float32]] = []
    x = (inputs - np.array(_MEANS, np.float32)) * _SCALE
    x = _convolve(x, convolutions, values, down=True, activation="relu")  # (N, 29, 29, 64)
    x = keras.layers.MaxPooling2D(3, 2, dtype="float32")(x)  # (N, 14, 14, 64)
    for down in _HALVED:
        y = _convolve(x, convolutions, values, down=down, activation="relu")
        y = _convolve(y, convolutions, values)
        shortcut = keras.layers.AveragePooling2D(2, 2, dtype="float32")(x) if down else x
        x = keras.ops.relu(padded_sum(shortcut, y))
    x = keras.layers.GlobalAveragePooling2D(dtype="float32")(x)
    x = keras.layers.Dense(len(CLASS_AGES), dtype="float32")(x)
    model = keras.Model(inputs, x, name="dlib_age")
    model.set_weights([*values, weights.dense, weights.dense_bias])
    return model


def _convolve(
    x: Any,
    convolutions: Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]],
    values: list[NDArray[np.float32]],
    *,
    down: bool = False,
    activation: str | None = None,
) -> Any:
    kernel, bias = next(convolutions)
    values += [kernel, bias]
    strides, padding = (2, "valid") if down else (1, "same")
    size, filters = kernel.shape[0], kernel.shape[-1]
    return keras.layers.Conv2D(filters, size, strides, padding, activation=activation, dtype="float32")(x)
