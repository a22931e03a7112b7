"""The saved state of a training: all that its next step depends on, and of generators the best model so far."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from core.domain.errors import ErrorCode, OmokageError
from core.models.common import weights_file

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BEST, _JSON = "best/", "run"  # prefix of the best model's tensors; the key of the JSON


def check_finite(tensors: Mapping[str, NDArray[Any]], step: int) -> None:
    """Check weights before they are saved: the loss of the step that makes them infinite may still be a number.

    Raises:
        OmokageError: DIVERGED.
    """
    if not all(np.isfinite(tensor).all() for tensor in tensors.values()):
        raise OmokageError(ErrorCode.DIVERGED, step=step, name="weights")


def pack(tensors: Mapping[str, NDArray[Any]], best: Mapping[str, NDArray[Any]], values: Mapping[str, Any]) -> bytes:
    """Return a file of the training's tensors, those of the best model so far, and what JSON holds.

    The order of `values` is part of the bytes.
    """
    named = {**tensors, **{_BEST + name: tensor for name, tensor in best.items()}}
    return weights_file.dump(named, {_JSON: json.dumps(dict(values))})


def unpack(data: bytes) -> tuple[dict[str, NDArray[Any]], dict[str, NDArray[Any]], dict[str, Any]]:
    """Return what `pack` was given.

    Raises:
        KeyError, TypeError, ValueError: a file of something else.
        OmokageError: BAD_WEIGHTS, a damaged file.
    """
    tensors, meta = weights_file.load(data)
    best = {name.removeprefix(_BEST): tensors.pop(name) for name in list(tensors) if name.startswith(_BEST)}
    return tensors, best, json.loads(meta[_JSON])


@contextmanager
def mismatch_as_bad_weights() -> Iterator[None]:
    """Report a state that does not fit the network.

    Raises:
        OmokageError: BAD_WEIGHTS, in the place of KeyError, TypeError and ValueError.
    """
    try:
        yield
    except (KeyError, TypeError, ValueError) as error:
        raise OmokageError(ErrorCode.BAD_WEIGHTS, reason="another-network") from error
