"""Editing a protobuf message without its library."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.vision.detection.onnx_graph import with_free_sizes
from core.vision.onnx_file import encoded, fields

NUMBERS = st.integers(1, 2**29 - 1)
VALUES = st.one_of(st.integers(0, 2**64 - 1), st.binary(max_size=300))


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


def test_sizes_become_free_and_weights_constant():
    def dimension(size: int) -> tuple[int, bytes]:
        return (1, encoded([(1, size)]))

    def value(name: bytes) -> bytes:
        shape = encoded([dimension(10), dimension(3), dimension(32), dimension(32)])
        return encoded([(1, name), (2, encoded([(1, encoded([(1, 1), (2, shape)]))]))])

    graph = encoded([(5, encoded([(8, b"weight")])), (11, value(b"picture")), (11, value(b"weight"))])
    [(_, edited)] = list(fields(with_free_sizes(encoded([(7, graph)]))))
    inputs = [body for number, body in fields(edited) if number == 11]
    assert [dict(fields(body))[1] for body in inputs] == [b"picture"]
    tensor = dict(fields(dict(fields(dict(fields(inputs[0]))[2]))[1]))
    assert list(fields(tensor[2])) == [(1, b""), dimension(3), (1, b""), (1, b"")]
