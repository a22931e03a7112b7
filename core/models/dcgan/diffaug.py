"""DiffAugment (Zhao et al. 2020, arXiv 2006.10738): a discriminator that sees few pictures never sees one unchanged.

Real and drawn pictures are changed in the same ways, colours, place and a hole, and the drawn ones so that the
generator's gradient goes through. With fewer pictures the discriminator would learn them by heart. Random numbers are
drawn on the host and handed in, so that step N is the same after a restart.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from keras import ops

if TYPE_CHECKING:
    from numpy.typing import NDArray

# The paper's: brightness within half of the range of a colour, saturation from none to double, contrast from a half to
# one and a half, an eighth of the side of a shift, a hole of half of the side.
_BRIGHTNESS, _SATURATION, _CONTRAST, _SHIFT, _HOLE = 0.5, 1.0, 0.5, 1 / 8, 0.5
# The paper gains most with a few thousand pictures and next to nothing with CIFAR's 50,000.
_FEW, _MANY = 2_000, 40_000


class Changes(NamedTuple):
    """What is done to each of N pictures of S pixels a side; all float32.

    `brightness` is added, `saturation` and `contrast` multiplied (N,); `shift` (N, 2) in whole pixels down and right;
    `hole` (N, 3): its middle, down and right, and half of its side, in pixels, 0: none.
    """

    brightness: NDArray[np.float32]
    saturation: NDArray[np.float32]
    contrast: NDArray[np.float32]
    shift: NDArray[np.float32]
    hole: NDArray[np.float32]


def strength_for(pictures: int) -> float:
    """How strongly pictures are changed when there are so many to learn from: 1 up to 2,000, 0 from 40,000 on."""
    return 1.0 - min(1.0, max(0.0, math.log(max(pictures, 1) / _FEW) / math.log(_MANY / _FEW)))


def draw_changes(count: int, size: int, strength: float, random: np.random.Generator) -> Changes:
    """What is done to `count` pictures.

    Args:
        count: pictures.
        size: pixels a side.
        strength: 0 to 1: of each change, both how often it is made and how large it is at most.
        random: is used up; the same numbers whatever the strength.
    """
    amounts = random.uniform(-1, 1, (count, 5)) * strength
    made = random.random((count, 5)) < strength
    middle = random.integers(0, size, (count, 2))
    drawn: dict[str, NDArray[np.float64]] = {
        "brightness": amounts[:, 0] * _BRIGHTNESS * made[:, 0],
        "saturation": 1 + amounts[:, 1] * _SATURATION * made[:, 1],
        "contrast": 1 + amounts[:, 2] * _CONTRAST * made[:, 2],
        "shift": np.rint(amounts[:, 3:] * _SHIFT * size) * made[:, 3:4],
        "hole": np.column_stack([middle, strength * _HOLE / 2 * size * made[:, 4]]),
    }
    return Changes(**{name: np.asarray(amount, np.float32) for name, amount in drawn.items()})


def change(pictures: Any, changes: Changes) -> Any:
    """Pictures (N, S, S, 3) in -1 to 1, changed; what comes in from beyond an edge, and the hole, are grey (0)."""
    brightness, saturation, contrast, shift, hole = changes
    changed = _recoloured(pictures, brightness, saturation, contrast)
    return _pierced(_shifted(changed, shift), hole)


def _recoloured(pictures: Any, brightness: Any, saturation: Any, contrast: Any) -> Any:
    bright = pictures + _each(brightness)
    grey = ops.mean(bright, axis=3, keepdims=True)
    vivid = grey + (bright - grey) * _each(saturation)
    middle = ops.mean(vivid, axis=(1, 2, 3), keepdims=True)
    return middle + (vivid - middle) * _each(contrast)


def _shifted(pictures: Any, shift: Any) -> Any:
    """Products with matrices that pick rows, then columns: as quick as picking pixels, and so is the gradient."""
    _, size, _, channels = pictures.shape
    for axis in range(2):
        rows = ops.matmul(_picks(shift[:, axis], size), ops.reshape(pictures, (-1, size, size * channels)))
        pictures = ops.transpose(ops.reshape(rows, (-1, size, size, channels)), (0, 2, 1, 3))
    return pictures


def _picks(shift: Any, size: int) -> Any:
    """(N,) -> (N, S, S): row i picks row i - shift, or none."""
    places = ops.arange(size, dtype="float32")
    sources = places[None, :, None] - ops.convert_to_tensor(shift)[:, None, None]
    return ops.cast(ops.equal(sources, places[None, None, :]), "float32")


def _pierced(pictures: Any, hole: Any) -> Any:
    places = ops.arange(pictures.shape[1], dtype="float32")[None, :]
    down, right = (ops.abs(places - hole[:, axis, None]) < hole[:, 2, None] for axis in range(2))
    covered = ops.logical_and(down[:, :, None], right[:, None, :])
    return pictures * ops.cast(ops.logical_not(covered), "float32")[..., None]


def _each(values: Any) -> Any:
    return ops.reshape(ops.convert_to_tensor(values), (-1, 1, 1, 1))
