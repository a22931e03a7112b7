from __future__ import annotations

import json
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from safetensors.numpy import save

from core.domain.errors import ErrorCode, OmokageError
from core.models.common.weights_file import dump, load

TYPES = ("bool", "uint8", "int32", "int64", "uint64", "float16", "float32", "float64")
tensor = st.sampled_from(TYPES).flatmap(
    lambda name: arrays.arrays(name, arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
)


def example() -> bytes:
    return dump({"kernel": np.arange(6, dtype=np.float32).reshape(2, 3), "step": np.array(7)}, {"b": "two", "a": "one"})


def code_of(data: bytes) -> ErrorCode:
    with pytest.raises(OmokageError) as caught:
        load(data)
    return caught.value.code


@given(st.dictionaries(st.text(max_size=8), tensor, max_size=4), st.dictionaries(st.text(), st.text(), max_size=3))
def test_what_is_dumped_is_loaded(tensors: dict[str, NDArray[Any]], meta: dict[str, str]) -> None:
    if "__metadata__" in tensors:
        return
    loaded, told = load(dump(tensors, meta))
    assert told == meta
    assert set(loaded) == set(tensors)
    for name, expected in tensors.items():
        assert (loaded[name].dtype, loaded[name].shape) == (expected.dtype, expected.shape)
        assert loaded[name].tobytes() == expected.tobytes()


def test_the_same_content_gives_the_same_bytes_in_whatever_order() -> None:
    other = dump(
        {"step": np.array(7), "kernel": np.arange(6, dtype=">f4").reshape(2, 3)[:, :]}, {"a": "one", "b": "two"}
    )
    assert {example() for _ in range(20)} == {example()}
    assert load(other)[0]["kernel"].tolist() == [[0, 1, 2], [3, 4, 5]]


def test_a_tensor_in_pieces_is_stored_in_order() -> None:
    pieces = np.arange(12, dtype=np.float32).reshape(3, 4).T[::2]
    assert load(dump({"kernel": pieces}, {}))[0]["kernel"].tolist() == pieces.tolist()


@given(st.data())
def test_no_truncated_file_is_read(data: st.DataObject) -> None:
    whole = example()
    cut = data.draw(st.integers(0, len(whole) - 1))
    assert code_of(whole[:cut]) is ErrorCode.BAD_WEIGHTS


@given(st.data())
def test_no_changed_byte_goes_unnoticed(data: st.DataObject) -> None:
    whole = bytearray(example())
    at, by = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(1, 255))
    whole[at] ^= by
    try:
        tensors, meta = load(bytes(whole))
    except OmokageError:
        return
    # JSON has spellings that mean the same, such as an upper-case letter in an escape.
    assert (tensors["kernel"].tolist(), int(tensors["step"])) == ([[0, 1, 2], [3, 4, 5]], 7)
    assert meta == {"a": "one", "b": "two"}


@given(st.binary(max_size=200))
def test_no_other_file_is_read(data: bytes) -> None:
    assert code_of(data) is ErrorCode.BAD_WEIGHTS


class Trap:
    """Would leave a mark where it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (pytest.fail, ("unpickled",))


def test_a_pickle_is_refused_unread() -> None:
    assert code_of(pickle.dumps(Trap())) is ErrorCode.BAD_WEIGHTS


@pytest.mark.parametrize(
    "said",
    [
        None,
        {"other": "{}"},
        {"omokage": "no JSON"},
        {"omokage": "[]"},
        {"omokage": json.dumps({"meta": {"a": 1}, "sha256": ""})},
        {"omokage": json.dumps({"meta": {}, "sha256": "0" * 64})},
    ],
)
def test_a_safetensors_file_of_somebody_else_is_refused(said: dict[str, str] | None) -> None:
    assert code_of(save({"kernel": np.zeros(3, np.float32)}, said)) is ErrorCode.BAD_WEIGHTS


@pytest.mark.parametrize("unfit", [np.array(["a"]), np.array([{}]), np.zeros(2, np.complex64), np.zeros(1, "M8[s]")])
def test_what_is_no_plain_number_cannot_be_stored(unfit: NDArray[Any]) -> None:
    with pytest.raises(TypeError):
        dump({"kernel": unfit}, {})


def test_metadata_are_texts() -> None:
    with pytest.raises(TypeError):
        dump({}, {"step": 7})  # type: ignore[dict-item]
