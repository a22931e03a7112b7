"""Edit an ONNX file so that it takes pictures of any size, without the `onnx` package.

CenterFace's file says that its input is 10x3x32x32, though the network is fully convolutional, and it lists every
weight among the graph's inputs, where a caller could replace it, so that onnxruntime may not fold batch normalisation
into the convolutions. With both undone it takes any multiple of 32, and needs two thirds of the time.
"""

from __future__ import annotations

from collections.abc import Callable

from core.vision.onnx_file import GRAPH_INITIALIZER, MODEL_GRAPH, TENSOR_NAME, Field, encoded, fields

# Field numbers in onnx.proto.
_GRAPH_INPUT, _GRAPH_OUTPUT = 11, 12
_VALUE_NAME, _VALUE_TYPE = 1, 2
_TYPE_TENSOR, _TENSOR_SHAPE, _SHAPE_DIM = 1, 2, 1
_CHANNELS = 1  # the dimension that stays: batch, channels, height, width


def with_free_sizes(model: bytes) -> bytes:
    """Return the network with free batch, height and width, and its weights as constants.

    Raises:
        ValueError: the bytes are not such a protobuf message.
    """
    return _edited(model, MODEL_GRAPH, _free_graph)


def _free_graph(graph: bytes) -> bytes:
    content = list(fields(graph))
    weights = {_bytes_at(v, TENSOR_NAME) for n, v in content if n == GRAPH_INITIALIZER and isinstance(v, bytes)}
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
