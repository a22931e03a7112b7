"""dlib's face-recognition ResNet with 29 convolutions, in Keras.

D. E. King, dlib's `dnn_face_recognition_ex.cpp` (2017): the ResNet-34 of He et al. 2015 (arXiv 1512.03385) with fewer
layers and half the filters, trained with a metric loss on three million faces of 7,485 people, so that two faces of one
person lie closer than 0.6. Importing this module loads Keras and its backend.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras

from core.vision.embedding.dlib_weights import (
    BLOCKS,
    DLIB_EMBEDDING_SIZE,
    DLIB_INPUT_SIZE,
    STEM_FILTERS,
    Block,
    FaceResNetWeights,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def build(weights: FaceResNetWeights) -> Any:
    """Build the Keras model: RGB pixels in [0, 255] (N, 150, 150, 3) float32 -> embedding (N, 128) float32.

    Its policy is float32 whatever the global one is: bfloat16 moves single numbers by 0.004 (decision 003).
    """
    inputs = keras.Input((DLIB_INPUT_SIZE, DLIB_INPUT_SIZE, 3), dtype="float32")
    stack = _Stack(weights)
    x = stack.convolve(inputs, STEM_FILTERS, 7, down=True, activation="relu")  # (N, 72, 72, 32)
    x = keras.layers.MaxPooling2D(3, 2, dtype="float32")(x)  # (N, 35, 35, 32)
    for block in BLOCKS:
        x = stack.block(x, block)  # 35, then 17, 8, 4 and 2 pixels a side
    x = keras.layers.GlobalAveragePooling2D(dtype="float32")(x)  # (N, 256)
    x = keras.layers.Dense(DLIB_EMBEDDING_SIZE, use_bias=False, dtype="float32")(x)
    model = keras.Model(inputs, x, name="face_resnet")
    model.set_weights([*stack.values, weights.dense])
    return model


class _Stack:
    """Adds convolutions one after the other and collects their weights in the order in which Keras wants them."""

    def __init__(self, weights: FaceResNetWeights) -> None:
        self._weights = iter(weights.convolutions)
        self.values: list[NDArray[np.float32]] = []

    def convolve(self, x: Any, filters: int, size: int, *, down: bool, activation: str | None = None) -> Any:
        self.values += next(self._weights)
        strides, padding = (2, "valid") if down else (1, "same")
        return keras.layers.Conv2D(filters, size, strides, padding, activation=activation, dtype="float32")(x)

    def block(self, x: Any, block: Block) -> Any:
        y = self.convolve(x, block.filters, 3, down=block.down, activation="relu")
        y = self.convolve(y, block.filters, 3, down=False)
        if block.down:
            x = keras.layers.AveragePooling2D(2, 2, dtype="float32")(x)
        return keras.ops.relu(padded_sum(x, y))


def padded_sum(x: Any, y: Any) -> Any:
    """Add tensors of different shapes as dlib does: pad each with zeros below, on the right and in channels."""
    shape = [max(a, b) for a, b in zip(x.shape[1:], y.shape[1:], strict=True)]
    padded = []
    for tensor in (x, y):
        missing = [full - size for full, size in zip(shape, tensor.shape[1:], strict=True)]
        padded.append(keras.ops.pad(tensor, [(0, 0), *((0, m) for m in missing)]) if any(missing) else tensor)
    return padded[0] + padded[1]
