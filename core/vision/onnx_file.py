"""Read and write the protobuf messages of ONNX files, and read a network's tensors, without the `onnx` package.

Format: onnx.proto and protobuf's wire encoding.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Field = tuple[int, int | bytes]  # number in the .proto, and a varint or the bytes of a string or message

# Field numbers in onnx.proto.
MODEL_GRAPH = 7
GRAPH_INITIALIZER = 5
TENSOR_NAME = 8
_TENSOR_DIMENSION, _TENSOR_TYPE, _TENSOR_FLOATS, _TENSOR_RAW = 1, 2, 4, 9
_DTYPES = {1: "<f4", 3: "i1", 7: "<i8"}  # FLOAT, INT8, INT64


def fields(message: bytes) -> Iterator[Field]:
    """Yield the fields of a message in their order.

    Raises:
        ValueError: the message is cut short, or has a wire type other than varint and length, which ONNX's outer
            messages use.
    """
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        value, at = _varint(message, at)
        if key & 7 == 0:
            yield key >> 3, value
        elif key & 7 == 2 and at + value <= len(message):
            yield key >> 3, message[at : at + value]
            at += value
        else:
            raise ValueError("not a protobuf message that can be read here")


def encoded(content: Iterable[Field]) -> bytes:
    """Encode a message with these fields: the inverse of `fields`."""
    out = bytearray()
    for number, value in content:
        if isinstance(value, int):
            out += _as_varint(number << 3) + _as_varint(value)
        else:
            out += _as_varint(number << 3 | 2) + _as_varint(len(value)) + value
    return bytes(out)


def read_tensors(model: bytes) -> dict[str, NDArray[Any]]:
    """Return a network's stored tensors by their names: float32, int8 and int64.

    Raises:
        ValueError: the bytes are no such file, or have a tensor of another type.
    """
    graphs = (value for number, value in fields(model) if number == MODEL_GRAPH and isinstance(value, bytes))
    return dict(
        _tensor(value)
        for graph in graphs
        for number, value in fields(graph)
        if number == GRAPH_INITIALIZER and isinstance(value, bytes)
    )


def _tensor(message: bytes) -> tuple[str, NDArray[Any]]:
    content = list(fields(message))
    shape = [value for number, value in content if number == _TENSOR_DIMENSION and isinstance(value, int)]
    single = dict(content)
    name, kind, data = single.get(TENSOR_NAME), single.get(_TENSOR_TYPE), single.get(_TENSOR_RAW)
    if data is None and kind == 1:
        data = single.get(_TENSOR_FLOATS)
    if not isinstance(name, bytes) or kind not in _DTYPES or not isinstance(data, bytes):
        raise ValueError("a tensor of a type that cannot be read here")
    values = np.frombuffer(data, _DTYPES[int(kind)])
    if values.size != math.prod(shape):
        raise ValueError(f"the tensor {name!r} has {values.size} numbers for the shape {shape}")
    return name.decode(), values.reshape(shape)


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):  # ten bytes hold 64 bits
        if at >= len(message):
            break
        value |= (message[at] & 0x7F) << shift
        at += 1
        if message[at - 1] < 0x80:
            return value, at
    raise ValueError("the protobuf message ends inside a number")


def _as_varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
