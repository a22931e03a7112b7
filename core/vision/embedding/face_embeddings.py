"""What embedders return; importing it does not load TensorFlow."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class FaceEmbeddings(NamedTuple):
    """The embeddings of N faces: `joint` (N, 256) of both networks, and `dlib` (N, 128) as dlib's network gives it."""

    joint: NDArray[np.float32]
    dlib: NDArray[np.float32]
