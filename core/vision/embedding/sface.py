"""SFace, a MobileNet with 27 convolutions, in Keras.

Zhong et al. 2021, "SFace: Sigmoid-Constrained Hypersphere Loss for Robust Face Recognition", arXiv 2205.12010; the
network of OpenCV Zoo: MobileNet v1 with PReLU, for 112x112 pixels. Importing this module loads Keras and its backend.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras

from core.vision.embedding.sface_weights import (
    CONVOLUTIONS,
    MEAN_PIXEL,
    SFACE_EMBEDDING_SIZE,
    SFACE_INPUT_SIZE,
    Convolution,
    SFaceWeights,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def build(weights: SFaceWeights) -> Any:
    """Build the Keras model: RGB pixels in [0, 255] (N, 112, 112, 3) float32 -> embedding (N, 128) float32.

    Its policy is float32 whatever the global one is, as dlib's network's.
    """
    inputs = keras.Input((SFACE_INPUT_SIZE, SFACE_INPUT_SIZE, 3), dtype="float32")
    x = inputs - MEAN_PIXEL  # not folded into the first convolution, whose padding is 0 after the subtraction
    values: list[NDArray[np.float32]] = []
    for layer, of_layer in zip(CONVOLUTIONS, weights.convolutions, strict=True):
        x = SignedPReLU(dtype="float32")(_convolution(layer)(_padded(x, layer)))
        values += [of_layer.kernel, of_layer.bias, of_layer.slopes]
    x = keras.layers.Flatten(dtype="float32")(x)  # (N, 7 * 7 * 1024)
    x = keras.layers.Dense(SFACE_EMBEDDING_SIZE, dtype="float32")(x)
    model = keras.Model(inputs, x, name="sface")
    model.set_weights([*values, weights.dense, weights.dense_bias])
    return model


class SignedPReLU(keras.layers.Layer):  # type: ignore[misc]
    """max(x, slope * x) for each channel: PReLU, or its negative of -x where the slope is above 1."""

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Make the slopes (channels,)."""
        self.slopes = self.add_weight(shape=(shape[-1],), name="slopes")

    def call(self, x: Any) -> Any:
        """Apply to (N, H, W, channels)."""
        return keras.ops.maximum(x, x * self.slopes)


def _padded(x: Any, layer: Convolution) -> Any:
    """Pad by a pixel on each side where the stride is 2: Keras' own padding would then be on two sides only."""
    return x if layer.stride == 1 else keras.layers.ZeroPadding2D(1, dtype="float32")(x)


def _convolution(layer: Convolution) -> Any:
    padding = "same" if layer.stride == 1 else "valid"
    if layer.depthwise:
        return keras.layers.DepthwiseConv2D(layer.size, layer.stride, padding, dtype="float32")
    return keras.layers.Conv2D(layer.filters, layer.size, layer.stride, padding, dtype="float32")
