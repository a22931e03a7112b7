"""Editing an ONNX graph without its library."""

from __future__ import annotations

from core.vision.detection.onnx_graph import with_free_sizes
from core.vision.onnx_file import encoded, fields


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
