"""What all models that draw faces have in common: traits, batches of one size, tensors as versions keep them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from keras import ops

from core.domain.errors import ErrorCode, OmokageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

TRAIT = "trait/"  # what the names of the directions' tensors begin with
# Faces at a time: of a face's bytes, which must not depend on how many are drawn beside it, these numbers leave each as
# it is on every processor tried (docs/decisions/012-dcgan.md); one alone does not. 64, the most that is asked for, take
# a sixth less time at once than in eights; fewer are filled up to 8, what is asked for most.
MANY, FEW = 64, 8


class GeneratorWithTraits:
    """The part of a `FaceGenerator` (core/models/generators/generator.py) that knows traits.

    Args:
        tensors: of a version; those of traits are picked out.
        latent_size: numbers in a latent.

    Raises:
        ValueError: a trait is no direction in the latent space.
    """

    def __init__(self, tensors: Mapping[str, NDArray[Any]], latent_size: int) -> None:
        self._traits = {name.removeprefix(TRAIT): tensor for name, tensor in tensors.items() if name.startswith(TRAIT)}
        if any(tensor.shape != (latent_size,) for tensor in self._traits.values()):
            raise ValueError("a trait of another latent space")

    @property
    def traits(self) -> tuple[str, ...]:
        """Names that `direction` takes."""
        return tuple(sorted(self._traits))

    def direction(self, trait: str) -> NDArray[np.float32]:
        """(Z,).

        Raises:
            OmokageError: UNKNOWN_TRAIT.
        """
        if trait not in self._traits:
            raise OmokageError(ErrorCode.UNKNOWN_TRAIT, trait=trait, known=", ".join(self.traits))
        return np.asarray(self._traits[trait], np.float32)


def in_parts(rows: NDArray[Any]) -> list[NDArray[Any]]:
    """Parts of `MANY` rows, then of `FEW`, the last filled up with zeros."""
    filled = np.zeros((-(-len(rows) // FEW) * FEW, *rows.shape[1:]), rows.dtype)
    filled[: len(rows)] = rows
    rest = len(rows) // MANY * MANY
    starts = [*range(0, rest, MANY), *range(rest, len(filled), FEW)]
    return [filled[start:end] for start, end in pairwise([*starts, len(filled)])]


def apply_in_parts(
    function: Callable[..., NDArray[Any]],
    *rows: NDArray[Any],
    shape: tuple[int, ...],
    dtype: type[np.generic] = np.float32,
) -> NDArray[Any]:
    """Return what a function makes of arrays with N rows each, (N, *shape), in the parts of `in_parts`."""
    parts = [function(*each) for each in zip(*map(in_parts, rows), strict=True)]
    return np.concatenate([np.zeros((0, *shape), dtype), *parts])[: len(rows[0])]


def product(rows: Any, kernel: Any) -> Any:
    """(N, A) times (A, B), as tensors, in double precision and then single: (N, B).

    Matrix products add up in another order for the first and the last of a batch, which rounding then hides;
    convolutions treat all of a batch alike. In a compiled function, because numpy's threads go on spinning for a while,
    in the way of the convolutions': eight faces took twice as long.
    """
    return ops.cast(ops.matmul(ops.cast(rows, "float64"), ops.cast(kernel, "float64")), "float32")


def to_range(pixels: Any) -> Any:
    """RGB, 0 to 255, as networks take it, -1 to 1; tensors."""
    return ops.cast(pixels, "float32") / 127.5 - 1.0


def to_pixels(drawn: Any) -> Any:
    """A network's pictures, -1 to 1, as RGB; tensors."""
    return ops.cast(ops.clip(ops.round((ops.cast(drawn, "float32") + 1.0) * 127.5), 0, 255), "uint8")


def halved(tensors: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """As versions keep a network: kernels in half precision, which no pixel shows; statistics and biases not."""
    return {name: np.asarray(tensor, np.float16 if tensor.ndim > 1 else np.float32) for name, tensor in tensors.items()}


def put(variables: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]]) -> None:
    """Give a network's variables their values, in single precision; there may be other tensors among them.

    Raises:
        KeyError, ValueError: one is missing, or has another shape or type: they are another network's.
    """
    for name, variable in variables.items():
        tensor = tensors[name]
        if tensor.shape != tuple(variable.shape) or tensor.dtype.kind != "f":
            raise ValueError(f"{name} is {tensor.dtype} {tensor.shape}, not {tuple(variable.shape)}")
        variable.assign(np.asarray(tensor, np.float32))
