"""Files of tensors as PyTorch wrote them, and files that want something else."""

from __future__ import annotations

import io
import pickle
from collections import OrderedDict
from typing import Any

import numpy as np
import pytest

from core.vision.curation.torch_file import TorchFileError, read_tensors


def written(numbers: np.ndarray, shape: tuple[int, ...], strides: tuple[int, ...], offset: int = 0) -> bytes:
    """A file with one tensor "x", made by hand as torch.save does it."""
    kind = b"FloatStorage" if numbers.dtype == np.float32 else b"LongStorage"

    def tuple_of(values: tuple[int, ...]) -> bytes:
        return b"(" + b"".join(b"I%d\n" % value for value in values) + b"t"

    storage = b"(S'storage'\nctorch\n" + kind + b"\nS'7'\nS'cpu'\nI%d\nNtQ" % len(numbers)
    rebuilt = b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + b"I%d\n" % offset
    rebuilt += tuple_of(shape) + tuple_of(strides) + b"I00\nccollections\nOrderedDict\n)RtR"
    tensors = b"ccollections\nOrderedDict\n)RS'x'\n" + rebuilt + b"s."
    head = b"".join(pickle.dumps(value, 2) for value in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}))
    return head + tensors + pickle.dumps(["7"], 2) + np.int64(len(numbers)).tobytes() + numbers.tobytes()


def test_tensors_come_back_in_their_shape() -> None:
    numbers = np.arange(6, dtype=np.float32)
    assert read_tensors(written(numbers, (2, 3), (3, 1)))["x"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert read_tensors(written(numbers.astype(np.int64), (), (), 5))["x"] == 5


def test_numbers_may_lie_in_another_order() -> None:
    turned = read_tensors(written(np.arange(6, dtype=np.float32), (3, 2), (1, 3)))["x"]
    assert turned.tolist() == [[0, 3], [1, 4], [2, 5]]
    assert turned.flags["C_CONTIGUOUS"]


@pytest.mark.parametrize(("shape", "strides", "offset"), [((7,), (1,), 0), ((2,), (1,), 5), ((2,), (-1,), 3)])
def test_a_tensor_beyond_its_numbers_is_refused(shape: tuple[int, ...], strides: tuple[int, ...], offset: int) -> None:
    with pytest.raises(TorchFileError):
        read_tensors(written(np.arange(6, dtype=np.float32), shape, strides, offset))


@pytest.mark.parametrize("line", [b"cos\nsystem\n(S'true'\ntR.", b"cbuiltins\neval\n(S'1'\ntR."])
def test_nothing_is_called_but_what_tensors_are_made_of(line: bytes) -> None:
    with pytest.raises(TorchFileError, match="has no place in a file of tensors"):
        read_tensors(line)


def test_foreign_and_cut_off_files_are_refused() -> None:
    whole = written(np.arange(6, dtype=np.float32), (6,), (1,))
    for data in (b"", b"PK\x03\x04", pickle.dumps(OrderedDict(a=1)), *(whole[:end] for end in range(5, len(whole), 7))):
        with pytest.raises(TorchFileError):
            read_tensors(data)


def test_pytorch_itself_writes_such_files() -> None:
    torch: Any = pytest.importorskip("torch")
    tensors = OrderedDict(a=torch.arange(6.0).reshape(2, 3), b=torch.tensor(4), c=torch.arange(6.0).reshape(2, 3).t())
    out = io.BytesIO()
    torch.save(tensors, out, _use_new_zipfile_serialization=False)
    read = read_tensors(out.getvalue())
    assert {name: value.tolist() for name, value in read.items()} == {n: t.tolist() for n, t in tensors.items()}
