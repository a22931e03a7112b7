"""Embed faces: 128 numbers each, near for two pictures of one person, far for two people.

Importing this module loads TensorFlow. A process that has run a model cannot be forked (the child hangs in its thread
pool), so only a worker's child makes an `Embedder`. Two threads are fastest for one photo on two cores;
`TF_NUM_INTRAOP_THREADS` sets another number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

from core.vision.embedding import dlib_resnet
from core.vision.embedding.dlib_weights import EMBEDDING_SIZE, INPUT_SIZE, load_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Faces in one run of the network. 16 take 4.2 ms each on two cores and 32 take 4.1, but twice the memory (40 MB).
MAX_BATCH = 16


class Embedder:
    """dlib's face network, compiled once for batches of any size.

    One graph with an open batch dimension is as fast as one graph a size, and nothing is padded: a new batch size costs
    about 20 ms once, a new graph 200 ms (`python -m benchmarks embedding`).
    """

    def __init__(self, model: Any) -> None:
        """`model`: Keras, RGB pixels in [0, 255] (N, 150, 150, 3) float32 -> (N, 128)."""
        signature = [tf.TensorSpec((None, INPUT_SIZE, INPUT_SIZE, 3), tf.uint8)]

        @tf.function(input_signature=signature)  # type: ignore[untyped-decorator]
        def forward(chips: Any) -> Any:
            return model(tf.cast(chips, tf.float32), training=False)

        self._forward = forward

    def embed(self, chips: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Embed aligned faces: (N, 150, 150, 3) RGB -> (N, 128); N may be 0.

        Raises:
            ValueError: another shape or type.
        """
        if chips.shape[1:] != (INPUT_SIZE, INPUT_SIZE, 3) or chips.dtype != np.uint8:
            raise ValueError(f"faces must be (N, {INPUT_SIZE}, {INPUT_SIZE}, 3) uint8, not {chips.shape} {chips.dtype}")
        starts = range(0, len(chips), MAX_BATCH)
        parts = [self._forward(chips[start : start + MAX_BATCH]).numpy() for start in starts]
        return np.concatenate([np.zeros((0, EMBEDDING_SIZE), np.float32), *parts])

    def warm_up(self) -> None:
        """Compile the graph and the kernels for the commonest batches, one to four faces."""
        for count in (1, 2, 3, 4):
            self.embed(np.zeros((count, INPUT_SIZE, INPUT_SIZE, 3), np.uint8))


def load_embedder() -> Embedder:
    """Build the embedder with the installed weights of dlib.

    Raises:
        WeightFileError: see `load_weights`.
    """
    return Embedder(dlib_resnet.build(load_weights()))
