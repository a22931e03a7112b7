"""Edit an ONNX file so that it takes pictures of any size, without the `onnx` package.

CenterFace's file says that its input is 10x3x32x32, though the network is fully convolutional, and it lists every
weight among the graph's inputs, where a caller could replace it, so that onnxruntime may not fold batch normalisation
into the convolutions. With both undone it takes any multiple of 32, and needs two thirds of the time. Format:
onnx.proto and protobuf's wire encoding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

Field = tuple[int, int | bytes]  # number in the .proto, and a varint or the bytes of a string or message

# Field numbers in onnx.proto.
_MODEL_GRAPH = 7
_GRAPH_INITIALIZER, _GRAPH_INPUT, _GRAPH_OUTPUT = 5, 11, 12
_TENSOR_NAME = 8
_VALUE_NAME, _VALUE_TYPE = 1, 2
_TYPE_TENSOR, _TENSOR_SHAPE, _SHAPE_DIM = 1, 2, 1
_CHANNELS = 1  # the dimension that stays: batch, channels, height, width


def with_free_sizes(model: bytes) -> bytes:
    """Return the network with free batch, height and width, and its weights as constants.

    Raises:
        ValueError: the bytes are not such a protobuf message.
    """
    return _edited(model, _MODEL_GRAPH, _free_graph)


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


def _free_graph(graph: bytes) -> bytes:
    content = list(fields(graph))
    weights = {_bytes_at(v, _TENSOR_NAME) for n, v in content if n == _GRAPH_INITIALIZER and isinstance(v, bytes)}
    kept: list[Field] = []
    for number, value in content:
        if number not in (_GRAPH_INPUT, _GRAPH_OUTPUT) or not isinstance(value, bytes):
            kept.append((number, value))
        elif _bytes_at(value, _VALUE_NAME) not in weights:
            kept.append((number, _edited(value, _VALUE_TYPE, _free_type)))
    return encoded(kept)


def _free_type(type_: bytes) -> bytes:
    return _edited(type_, _TYPE_TENSOR, lambda tensor: _edited(tensor, _TENSOR_SHAPE, _free_shape))


def _free_shape(shape: bytes) -> bytes:
    dimensions = [(number, value) for number, value in fields(shape) if number == _SHAPE_DIM]
    # A dimension without a value may have any size.
    return encoded((number, value if i == _CHANNELS else b"") for i, (number, value) in enumerate(dimensions))


def _edited(message: bytes, field: int, edit: Callable[[bytes], bytes]) -> bytes:
    """Return the message with `edit` applied to its embedded messages of this field number."""
    return encoded((n, edit(v) if n == field and isinstance(v, bytes) else v) for n, v in fields(message))


def _bytes_at(message: bytes, field: int) -> bytes | None:
    return next((value for number, value in fields(message) if number == field and isinstance(value, bytes)), None)


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
