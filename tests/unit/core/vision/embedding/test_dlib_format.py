from __future__ import annotations

import contextlib
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.vision.embedding.dlib_format import read_network
from core.vision.embedding.weight_files import WeightFileError


def integer(value: int) -> bytes:
    magnitude = abs(value)
    size = max(1, (magnitude.bit_length() + 7) // 8)
    return bytes([size | (0x80 if value < 0 else 0)]) + magnitude.to_bytes(size, "little")


def double(value: float) -> bytes:
    mantissa, exponent = math.frexp(value)
    return integer(int(mantissa * 2**53)) + integer(exponent - 53)


def text(value: str) -> bytes:
    return integer(len(value)) + value.encode()


def tensor(*values: float) -> bytes:
    shape = (len(values), 1, 1, 1) if values else (0, 0, 0, 0)
    return b"".join(map(integer, (2, *shape))) + np.array(values, "<f4").tobytes()


def alias() -> bytes:
    return b"".join(map(integer, (1, 1, 1, 1, 1)))


def layer(details: bytes, *, first: bool = False) -> bytes:
    return details + b"110" + tensor() * 3 + (integer(1) if first else b"")


CONVOLUTION = text("con_4") + tensor(0.5, -2.0, 3.0, 0.25) + b"".join(map(integer, (1, 1, 1, 2, 2, 0, 0)))
CONVOLUTION += alias() * 2 + double(1) * 3 + double(0)
AFFINE = text("affine_") + tensor(1.5, -0.5) + alias() * 2 + integer(0)
DENSE = text("fc_2") + integer(2) + integer(1) + tensor(7.0, 8.0) + alias() * 2 + integer(1) + double(1) * 4
SMALL = (
    integer(1) + text("loss_metric_2") + double(0.04) + double(0.6)
    + b"".join(map(integer, (2, 1, 2, 2, 3)))  # dense, tag, relu, affine, convolution
    + text("input_rgb_image_sized") + double(122.782) + double(117.001) + double(104.298) + integer(150) + integer(150)
    + layer(CONVOLUTION, first=True) + layer(AFFINE) + layer(text("relu_")) + layer(DENSE)
)  # fmt: skip


def test_a_network_is_read_from_the_input_upwards() -> None:
    network = read_network(SMALL)
    assert network.means == pytest.approx((122.782, 117.001, 104.298))
    assert network.input_size == (150, 150)
    assert [one.name for one in network.layers] == ["con_4", "affine_", "relu_", "tag", "fc_2"]
    assert network.layers[0].numbers == (1, 1, 1, 2, 2, 0, 0)
    assert network.layers[0].params.tolist() == [0.5, -2.0, 3.0, 0.25]
    assert network.layers[1].params.tolist() == [1.5, -0.5]
    assert network.layers[4].numbers == (2, 1, 1)


def test_a_file_cut_anywhere_is_refused() -> None:
    for end in range(len(SMALL)):
        with pytest.raises(WeightFileError):
            read_network(SMALL[:end])


def test_a_file_with_bytes_left_over_is_refused() -> None:
    with pytest.raises(WeightFileError, match="left over"):
        read_network(SMALL + b"\x00")


@given(st.binary(max_size=200))
def test_foreign_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(WeightFileError):
        read_network(data)


@given(st.integers(0, len(SMALL) - 1), st.integers(0, 255))
def test_a_changed_byte_is_read_or_refused_but_nothing_else(at: int, byte: int) -> None:
    with contextlib.suppress(WeightFileError):
        assert len(read_network(SMALL[:at] + bytes([byte]) + SMALL[at + 1 :]).layers) == 5


def test_an_unknown_layer_is_named() -> None:
    with pytest.raises(WeightFileError, match="bn_con2"):
        read_network(SMALL.replace(text("affine_"), text("bn_con2"), 1))


def test_a_tensor_larger_than_the_file_takes_no_memory() -> None:
    huge = integer(2) + integer(2**60) + integer(2**60) + integer(1) + integer(1)
    with pytest.raises(WeightFileError, match="ends early"):
        read_network(SMALL.replace(tensor(1.5, -0.5), huge, 1))
