"""Weights as a file that holds tensors and text, and nothing that runs: safetensors, with a checksum of our own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save

from core.domain.errors import ErrorCode, OmokageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

# All metadata is one JSON text under one key: the library writes several keys in random order, and the same content
# has to give the same bytes, since files are named by their hash.
_KEY = "omokage"
_HEADER_LENGTH = 8  # bytes, little-endian, in front of the header; https://huggingface.co/docs/safetensors


def dump(tensors: Mapping[str, NDArray[Any]], meta: Mapping[str, str]) -> bytes:
    """A file of these tensors and texts; the same content gives the same bytes.

    Args:
        tensors: of bool, integers, float16, float32 or float64, any shape.
        meta: whatever is needed to read them.

    Raises:
        TypeError: a tensor of another type, text that is none.
    """
    dense = {name: np.asarray(tensor, tensor.dtype.newbyteorder("="), order="C") for name, tensor in tensors.items()}
    unfit = [name for name, tensor in dense.items() if tensor.dtype.kind not in "biuf" or tensor.dtype.itemsize > 8]
    if unfit or not all(isinstance(text, str) for text in meta.values()):
        raise TypeError(f"only plain numbers and texts can be stored: {unfit or dict(meta)}")
    metadata = {"meta": dict(meta), "sha256": _checksum(dense, meta)}
    return save(dense, {_KEY: json.dumps(metadata, sort_keys=True)})


def load(data: bytes) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """What `dump` was given; the tensors may be read-only.

    Raises:
        OmokageError: BAD_WEIGHTS, the bytes are truncated, changed, or something else.
    """
    try:
        tensors = load_tensors(data)
        meta, checksum = _said(data)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise OmokageError(ErrorCode.BAD_WEIGHTS) from error
    if checksum != _checksum(tensors, meta):
        raise OmokageError(ErrorCode.BAD_WEIGHTS)
    return tensors, meta


def _said(data: bytes) -> tuple[dict[str, str], str]:
    length = int.from_bytes(data[:_HEADER_LENGTH], "little")
    header = json.loads(data[_HEADER_LENGTH : _HEADER_LENGTH + length])
    metadata = json.loads(header["__metadata__"][_KEY])
    meta, checksum = metadata["meta"], metadata["sha256"]
    if not isinstance(meta, dict) or not all(isinstance(text, str) for text in meta.values()):
        raise TypeError("the metadata are not texts")
    return meta, checksum


def _checksum(tensors: Mapping[str, NDArray[Any]], meta: Mapping[str, str]) -> str:
    """Over all that `load` returns. It shows damage, not forgery: whether a file is the right one, its card says."""
    names = sorted(tensors)
    shapes = [[name, tensors[name].dtype.name, list(tensors[name].shape)] for name in names]
    digest = hashlib.sha256(json.dumps([dict(meta), shapes], sort_keys=True).encode())
    for name in names:
        digest.update(np.ascontiguousarray(tensors[name]).reshape(-1).view(np.uint8).data)
    return digest.hexdigest()
