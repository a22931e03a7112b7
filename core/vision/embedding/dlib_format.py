"""Read a network that dlib wrote with `serialize()`, without dlib.

The format, as dlib 19 and 20 write it: an integer is a control byte (low four bits: how many bytes follow, top bit:
negative) and its little-endian magnitude; a double is mantissa * 2**exponent, both such integers; a boolean is an ASCII
digit; a tensor is a version, four dimensions and raw little-endian float32. A network nests: each layer writes a
version, then the layer below it, then itself, so all versions come first (outermost layer first) and the layers follow
from the input upwards. Only the layers of face networks are supported; anything else is refused.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from core.vision.embedding.weight_files import WeightFileError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_TAG, _LAYER, _FIRST_LAYER = 1, 2, 3  # what stands in the list of versions
_MAX_LAYERS = 1000  # dlib's largest example has 500; more is a file that was not written by dlib


@dataclass(frozen=True, slots=True)
class DlibLayer:
    """One layer: its name with dlib's version suffix, its integers in file order, its parameters flattened."""

    name: str
    numbers: tuple[int, ...] = ()
    params: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))


@dataclass(frozen=True, slots=True)
class DlibNetwork:
    """The layers from the input upwards (a tag is a layer named "tag"), and what the input layer subtracts."""

    means: tuple[float, float, float]
    input_size: tuple[int, int]
    layers: tuple[DlibLayer, ...]


class _Reader:
    """A position in the bytes of a file."""

    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)
        self._position = 0

    def take(self, count: int) -> memoryview:
        if count < 0 or self._position + count > len(self._data):
            raise WeightFileError(f"the file ends early: {count} more bytes were due at byte {self._position}")
        self._position += count
        return self._data[self._position - count : self._position]

    def integer(self) -> int:
        control = self.take(1)[0]
        count = control & 0x0F
        if control & 0x70 or not 1 <= count <= 8:
            raise WeightFileError(f"no integer of dlib's at byte {self._position - 1}: this is not a dlib network")
        magnitude = int.from_bytes(self.take(count), "little")
        return -magnitude if control & 0x80 else magnitude

    def integers(self, count: int) -> tuple[int, ...]:
        return tuple(self.integer() for _ in range(count))

    def double(self) -> float:
        mantissa, exponent = self.integers(2)
        try:
            return math.ldexp(mantissa, exponent)
        except OverflowError as error:
            raise WeightFileError(f"a number out of range before byte {self._position}") from error

    def text(self) -> str:
        length = self.integer()
        if not 0 < length <= 64:
            raise WeightFileError(f"no layer name of dlib's at byte {self._position}")
        return bytes(self.take(length)).decode("latin-1")

    def flags(self, count: int) -> None:
        if not set(bytes(self.take(count))) <= {ord("0"), ord("1")}:
            raise WeightFileError(f"no booleans of dlib's before byte {self._position}")

    def tensor(self) -> NDArray[np.float32]:
        version, *shape = self.integers(5)
        if version != 2 or min(shape) < 0:
            raise WeightFileError(f"no tensor of dlib's before byte {self._position}")
        return np.frombuffer(self.take(4 * math.prod(shape)), "<f4").astype(np.float32)

    def alias(self) -> None:
        """Skip the shape of a view: the shapes follow from the layer's own numbers."""
        self.integers(5)

    def end(self) -> None:
        if self._position != len(self._data):
            raise WeightFileError(f"{len(self._data) - self._position} bytes are left over after the network")


def _convolution(reader: _Reader, name: str) -> DlibLayer:
    """Read a layer.

    `numbers`: filters, rows, columns, strides y and x, padding y and x; `params`: kernel (O, I, H, W), then bias.
    """
    params = reader.tensor()
    numbers = reader.integers(7)
    reader.alias()
    reader.alias()
    for _ in range(4):
        reader.double()  # learning-rate and weight-decay multipliers
    return DlibLayer(name, numbers, params)


def _affine(reader: _Reader, name: str) -> DlibLayer:
    """Read a layer. `numbers`: mode (0: a value a channel); `params`: gamma, beta."""
    params = reader.tensor()
    reader.alias()
    reader.alias()
    return DlibLayer(name, (reader.integer(),), params)


def _dense(reader: _Reader, name: str) -> DlibLayer:
    """Read a layer. `numbers`: outputs, inputs, bias mode (1: none); `params`: (inputs, outputs)."""
    numbers = reader.integers(2)
    params = reader.tensor()
    reader.alias()
    reader.alias()
    mode = reader.integer()
    for _ in range(4):
        reader.double()
    return DlibLayer(name, (*numbers, mode), params)


def _pooling(reader: _Reader, name: str) -> DlibLayer:
    """Read a layer. `numbers`: rows, columns (0: everything), stride y, stride x, padding y, padding x."""
    return DlibLayer(name, reader.integers(6))


_READERS: dict[str, Callable[[_Reader, str], DlibLayer]] = {
    "con_4": _convolution,
    "affine_": _affine,
    "relu_": lambda _, name: DlibLayer(name),
    "add_prev_": lambda _, name: DlibLayer(name),
    "max_pool_2": _pooling,
    "avg_pool_2": _pooling,
    "fc_2": _dense,
}


def _layer(reader: _Reader, version: int) -> DlibLayer:
    if version == _TAG:
        return DlibLayer("tag")
    name = reader.text()
    if name not in _READERS:
        raise WeightFileError(f"the layer {name!r} is not supported")
    layer = _READERS[name](reader, name)
    reader.flags(3)
    for _ in range(3):
        reader.tensor()  # gradients and a cached output; empty in a published file
    if version == _FIRST_LAYER:
        reader.integer()  # images a sample
    return layer


def _versions(reader: _Reader) -> list[int]:
    versions: list[int] = []
    while not versions or versions[-1] != _FIRST_LAYER:
        versions.append(reader.integer())
        if versions[-1] not in (_TAG, _LAYER, _FIRST_LAYER) or len(versions) > _MAX_LAYERS:
            raise WeightFileError("the list of layers is not one of dlib's")
    return versions


def read_network(data: bytes) -> DlibNetwork:
    """Read the metric-loss network in `data`, parameters as float32.

    Raises:
        WeightFileError: it is no such network, is truncated, or followed by other bytes.
    """
    reader = _Reader(data)
    if (reader.integer(), reader.text()) != (1, "loss_metric_2"):
        raise WeightFileError("this is not a dlib network with a metric loss")
    reader.double(), reader.double()  # the loss's margin and distance threshold
    versions = _versions(reader)
    if reader.text() != "input_rgb_image_sized":
        raise WeightFileError("the network does not take RGB images of one size")
    means = (reader.double(), reader.double(), reader.double())
    rows, columns = reader.integers(2)
    layers = tuple(_layer(reader, version) for version in reversed(versions))
    reader.end()
    return DlibNetwork(means, (rows, columns), layers)
