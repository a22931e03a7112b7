"""Reads the tensors of a file that PyTorch wrote with `torch.save` before version 1.6, without PyTorch.

The format: five pickles (a magic number, a version, the machine, a dictionary of tensors, the storages' names), then
each storage as its length and raw little-endian numbers. Pickles can call anything, so this one's may name only the
four things that a dictionary of tensors consists of, and no object of PyTorch's is made.
"""

from __future__ import annotations

import io
import pickle
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MAGIC = 0x1950A86A20F9469CFC6C
_VERSION = 1001


class TorchFileError(ValueError):
    """It is not such a file, or has something else in it than tensors."""


@dataclass(frozen=True, slots=True)
class _Storage:
    """Which numbers a tensor looks at; they come later in the file."""

    name: str
    type: str
    size: int


@dataclass(frozen=True, slots=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


_TYPES = {"FloatStorage": "<f4", "LongStorage": "<i8"}


def read_tensors(data: bytes) -> dict[str, NDArray[Any]]:
    """The file's tensors by name, each in its shape.

    Raises:
        TorchFileError: see there.
    """
    file = io.BytesIO(data)
    try:
        if _Unpickler(file).load() != _MAGIC or _Unpickler(file).load() != _VERSION:
            raise TorchFileError("not written by torch.save before PyTorch 1.6")
        _Unpickler(file).load()  # of which machine
        tensors, names = _Unpickler(file).load(), _Unpickler(file).load()
        storages = {name: _numbers(file, name, tensors) for name in names}
        return {name: _shaped(tensor, storages[tensor.storage.name]) for name, tensor in tensors.items()}
    except (pickle.UnpicklingError, EOFError, KeyError, AttributeError, TypeError, ValueError, IndexError) as error:
        raise TorchFileError(str(error) or type(error).__name__) from error


class _Unpickler(pickle.Unpickler):
    """Knows what a dictionary of tensors is made of."""

    def find_class(self, module: str, name: str) -> Callable[..., Any]:
        """The four names."""
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _tensor
        if module == "torch" and name in _TYPES:
            return lambda: name
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a file of tensors")

    def persistent_load(self, pid: Any) -> _Storage:
        """A storage by its description."""
        what, kind, name, _device, size, _view = pid
        if what != "storage":
            raise pickle.UnpicklingError(f"{what} has no place in a file of tensors")
        return _Storage(str(name), kind(), int(size))


def _tensor(storage: _Storage, offset: int, shape: Any, strides: Any, *_gradient: Any) -> _Tensor:
    return _Tensor(storage, int(offset), tuple(map(int, shape)), tuple(map(int, strides)))


def _numbers(file: io.BytesIO, name: str, tensors: Mapping[str, _Tensor]) -> NDArray[Any]:
    storage = next(tensor.storage for tensor in tensors.values() if tensor.storage.name == name)
    (size,) = np.frombuffer(file.read(8), "<i8")
    dtype = np.dtype(_TYPES[storage.type])
    if size != storage.size:
        raise TorchFileError(f"storage {name} has {size} numbers, not {storage.size}")
    return np.frombuffer(file.read(int(size) * dtype.itemsize), dtype, count=int(size))


def _shaped(tensor: _Tensor, numbers: NDArray[Any]) -> NDArray[Any]:
    """A copy, of numbers that may lie in any order."""
    last = tensor.offset + sum((side - 1) * step for side, step in zip(tensor.shape, tensor.strides, strict=True))
    if tensor.offset < 0 or min((*tensor.strides, 0)) < 0 or last >= len(numbers):
        raise TorchFileError("a tensor that reaches beyond its storage")
    bytes_each = tuple(step * numbers.itemsize for step in tensor.strides)
    return np.lib.stride_tricks.as_strided(numbers[tensor.offset :], tensor.shape, bytes_each).copy()
