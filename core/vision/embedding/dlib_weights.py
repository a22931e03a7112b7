"""The weights of dlib's face network, from the file in the `face-recognition-models` package (public domain, CC0).

In dlib every convolution is followed by an affine layer (frozen batch normalisation), and before the first one the
pixels are normalised. All of that is linear, so it is folded into the convolutions' kernels and biases here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.vision.embedding.dlib_format import DlibLayer, DlibNetwork, read_network
from core.vision.embedding.weight_files import WeightFileError, installed_file, read_weight_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

DLIB_INPUT_SIZE = 150  # pixels a side
DLIB_EMBEDDING_SIZE = 128
SAME_PERSON_DISTANCE = 0.6  # of embeddings; below it dlib takes two faces for one person's
PIXEL_SCALE = 256.0  # dlib's input layer divides by this after taking the mean colour off

_PACKAGE, _FILE = "face_recognition_models", "models/dlib_face_recognition_resnet_model_v1.dat"


@dataclass(frozen=True, slots=True)
class Block:
    """A residual block of two 3x3 convolutions; `down` halves the resolution."""

    filters: int
    down: bool


STEM_FILTERS = 32
BLOCKS = (
    *(Block(32, down=False),) * 3,
    Block(64, down=True),
    *(Block(64, down=False),) * 3,
    Block(128, down=True),
    *(Block(128, down=False),) * 2,
    Block(256, down=True),
    *(Block(256, down=False),) * 2,
    Block(256, down=True),
)


@dataclass(frozen=True, slots=True)
class FaceResNetWeights:
    """Kernels (rows, columns, in, out) and biases of the 29 convolutions in order, then the dense kernel (256, 128)."""

    convolutions: tuple[tuple[NDArray[np.float32], NDArray[np.float32]], ...]
    dense: NDArray[np.float32]


def weights_path() -> Path:
    """Return the path of the network in the installed `face-recognition-models`, which is not imported.

    Its `__init__` needs `pkg_resources`, which newer setuptools no longer have.

    Raises:
        WeightFileError: the package is not installed.
    """
    return installed_file(_PACKAGE, _FILE)


def load_weights(path: Path | None = None) -> FaceResNetWeights:
    """Read and fold the weights in dlib's file at `path`, by default the installed one (22 MB, about 60 ms).

    Raises:
        WeightFileError: the file is missing, truncated, foreign, or of another architecture.
    """
    return fold(read_network(read_weight_file(path or weights_path())))


def fold(network: DlibNetwork) -> FaceResNetWeights:
    """Fold every affine layer and the pixels' normalisation into the convolutions' kernels and biases."""
    _check_architecture(network)
    layers = [layer for layer in network.layers if layer.params.size]
    folded = [_folded(*layers[i : i + 2]) for i in range(0, len(layers) - 1, 2)]
    folded[0] = _with_normalisation(*folded[0], np.asarray(network.means))
    dense = layers[-1].params.reshape(BLOCKS[-1].filters, DLIB_EMBEDDING_SIZE)
    return FaceResNetWeights(tuple((k.astype(np.float32), b.astype(np.float32)) for k, b in folded), dense)


def _folded(convolution: DlibLayer, affine: DlibLayer) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    filters, rows, columns = convolution.numbers[:3]
    params = convolution.params.astype(np.float64)
    kernel = params[:-filters].reshape(filters, -1, rows, columns).transpose(2, 3, 1, 0)  # OIHW -> HWIO
    gamma, beta = affine.params.astype(np.float64).reshape(2, filters)
    return kernel * gamma, params[-filters:] * gamma + beta


def _with_normalisation(
    kernel: NDArray[np.float64], bias: NDArray[np.float64], means: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fold the pixels' normalisation: exact, because the first convolution has no padding."""
    kernel = kernel / PIXEL_SCALE
    return kernel, bias - np.einsum("hwio,i->o", kernel, means)


def _check_architecture(network: DlibNetwork) -> None:
    if network.input_size != (DLIB_INPUT_SIZE, DLIB_INPUT_SIZE):
        raise WeightFileError(f"the network takes images of {network.input_size} pixels, not {DLIB_INPUT_SIZE}")
    actual = [(layer.name, layer.numbers, layer.params.size) for layer in network.layers]
    expected = list(_expected_layers())
    if len(actual) != len(expected):
        raise WeightFileError(f"the network has {len(actual)} layers, not {len(expected)}")
    for index, (layer, required) in enumerate(zip(actual, expected, strict=True)):
        if layer != required:
            raise WeightFileError(f"layer {index} is {layer}, not {required}")
    if not all(np.isfinite(layer.params).all() for layer in network.layers):
        raise WeightFileError("the network has parameters that are not numbers")


_Expected = tuple[str, tuple[int, ...], int]  # name, numbers, count of parameters


def _expected_layers() -> Iterator[_Expected]:
    yield from _expected_convolution(3, STEM_FILTERS, 7, down=True)
    yield ("relu_", (), 0)
    yield ("max_pool_2", (3, 3, 2, 2, 0, 0), 0)
    inputs = STEM_FILTERS
    for block in BLOCKS:
        yield from _expected_block(inputs, block)
        inputs = block.filters
    yield ("avg_pool_2", (0, 0, 1, 1, 0, 0), 0)
    yield ("fc_2", (DLIB_EMBEDDING_SIZE, inputs, 1), DLIB_EMBEDDING_SIZE * inputs)


def _expected_block(inputs: int, block: Block) -> Iterator[_Expected]:
    yield ("tag", (), 0)
    yield from _expected_convolution(inputs, block.filters, 3, down=block.down)
    yield ("relu_", (), 0)
    yield from _expected_convolution(block.filters, block.filters, 3, down=False)
    if block.down:  # the shortcut: back to the tag, average it
        yield from (("tag", (), 0), ("tag", (), 0), ("avg_pool_2", (2, 2, 2, 2, 0, 0), 0))
    yield from (("add_prev_", (), 0), ("relu_", (), 0))


def _expected_convolution(inputs: int, filters: int, size: int, *, down: bool) -> Iterator[_Expected]:
    stride, padding = (2, 0) if down else (1, size // 2)
    numbers = (filters, size, size, stride, stride, padding, padding)
    yield ("con_4", numbers, filters * (inputs * size * size + 1))
    yield ("affine_", (0,), 2 * filters)
