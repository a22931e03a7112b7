"""Reading an ONNX file's tensors without its library."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.vision.onnx_file import encoded, fields, read_tensors

NUMBERS = st.integers(1, 2**29 - 1)
VALUES = st.one_of(st.integers(0, 2**64 - 1), st.binary(max_size=300))
FLOAT, INT8, INT64, DOUBLE = 1, 3, 7, 11


@given(st.lists(st.tuples(NUMBERS, VALUES), max_size=20))
def test_what_is_encoded_reads_back(content):
    assert list(fields(encoded(content))) == content


@given(st.binary(max_size=200))
def test_foreign_bytes_are_read_or_refused(data):
    try:
        content = list(fields(data))
    except ValueError:
        return
    assert list(fields(encoded(content))) == content


def test_a_message_that_is_cut_short_is_refused():
    with pytest.raises(ValueError, match="protobuf"):
        list(fields(encoded([(7, b"abcdef")])[:-1]))


def model(*tensors: bytes) -> bytes:
    return encoded([(7, encoded([(2, b"main"), *((5, tensor) for tensor in tensors)]))])


def tensor(name: bytes, kind: int, shape: tuple[int, ...], data: bytes, field: int = 9) -> bytes:
    return encoded([*((1, size) for size in shape), (2, kind), (field, data), (8, name)])


def test_tensors_come_with_their_names_types_and_shapes():
    floats = np.arange(6, dtype="<f4")
    bytes_, whole = np.array([-128, 127, 0], np.int8), np.array([2**40, -1], "<i8")
    tensors = read_tensors(
        model(
            tensor(b"raw", FLOAT, (2, 3), floats.tobytes()),
            tensor(b"packed", FLOAT, (6,), floats.tobytes(), field=4),
            tensor(b"small", INT8, (3,), bytes_.tobytes()),
            tensor(b"large", INT64, (2,), whole.tobytes()),
        )
    )
    assert list(tensors) == ["raw", "packed", "small", "large"]
    assert (tensors["raw"] == floats.reshape(2, 3)).all()
    assert (tensors["packed"] == floats).all()
    assert (tensors["small"] == bytes_).all()
    assert (tensors["large"] == whole).all()


def test_a_tensor_of_a_type_that_is_not_supported_is_refused():
    with pytest.raises(ValueError, match="type"):
        read_tensors(model(tensor(b"double", DOUBLE, (1,), bytes(8))))


def test_a_tensor_whose_numbers_do_not_fill_its_shape_is_refused():
    with pytest.raises(ValueError, match="shape"):
        read_tensors(model(tensor(b"short", FLOAT, (2, 2), bytes(12))))
