"""Embed faces: numbers that are near for two pictures of one person, and far for two people.

Importing this module loads TensorFlow. A process that has run a model cannot be forked (the child hangs in its thread
pool), so only a worker's child makes an embedder. Two threads are fastest for one photo on two cores;
`TF_NUM_INTRAOP_THREADS` sets another number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

from core.domain.embedders import EMBEDDING_SIZE
from core.vision.embedding import dlib_resnet, joint, sface
from core.vision.embedding.align import DLIB_TEMPLATE, SFACE_TEMPLATE, FaceChips
from core.vision.embedding.dlib_weights import DLIB_EMBEDDING_SIZE, load_weights
from core.vision.embedding.face_embeddings import FaceEmbeddings
from core.vision.embedding.sface_weights import load_sface_weights

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

# Faces in one run of dlib's network. 16 take 4.2 ms each on two cores and 32 take 4.1, but twice the memory (40 MB).
MAX_DLIB_BATCH = 16
# Of both networks: the first layers of SFace make 3 MB a face, and what is above 32 MB in all is taken from the system
# and given back at each run, so that 16 faces take 17 ms each and 8 take 15 (`python -m benchmarks embedding`).
MAX_BATCH = 8


class DlibEmbedder:
    """dlib's face network, compiled once for batches of any size.

    One graph with an open batch dimension is as fast as one graph a size, and nothing is padded: a new batch size costs
    about 20 ms once, a new graph 200 ms (`python -m benchmarks embedding`).
    """

    def __init__(self, model: Any) -> None:
        """`model`: Keras, RGB pixels in [0, 255] (N, 150, 150, 3) float32 -> (N, 128)."""

        @tf.function(input_signature=[_pixels(DLIB_TEMPLATE.size)])  # type: ignore[untyped-decorator]
        def forward(chips: Any) -> Any:
            return model(tf.cast(chips, tf.float32), training=False)

        self._forward = forward

    def embed(self, chips: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Embed aligned faces: (N, 150, 150, 3) RGB -> (N, 128); N may be 0.

        Raises:
            ValueError: another shape or type.
        """
        _check(chips, DLIB_TEMPLATE.size)
        parts = [self._forward(chips[rows]).numpy() for rows in _batches(len(chips), MAX_DLIB_BATCH)]
        return np.concatenate([np.zeros((0, DLIB_EMBEDDING_SIZE), np.float32), *parts])


class JointEmbedder:
    """Both face networks in one graph, compiled once for batches of any size.

    In one graph they run side by side: of a single face, one then fills the core that the other leaves idle (21 ms
    instead of 26, `python -m benchmarks embedding`).
    """

    def __init__(self, model: Any) -> None:
        """`model`: Keras, as `joint.build` makes it."""
        signature = [_pixels(template.size) for template in (DLIB_TEMPLATE, SFACE_TEMPLATE)]

        @tf.function(input_signature=signature)  # type: ignore[untyped-decorator]
        def forward(dlib_chips: Any, sface_chips: Any) -> Any:
            return model([tf.cast(dlib_chips, tf.float32), tf.cast(sface_chips, tf.float32)], training=False)

        self._forward = forward

    def embed(self, chips: FaceChips) -> FaceEmbeddings:
        """Embed aligned faces, as `face_chips` makes them; there may be none.

        Raises:
            ValueError: another shape or type, or different numbers of faces.
        """
        _check(chips.dlib, DLIB_TEMPLATE.size)
        _check(chips.sface, SFACE_TEMPLATE.size)
        if len(chips.dlib) != len(chips.sface):
            raise ValueError(f"{len(chips.dlib)} and {len(chips.sface)} pictures cannot be of the same faces")
        parts = [
            [output.numpy() for output in self._forward(chips.dlib[rows], chips.sface[rows])]
            for rows in _batches(len(chips.dlib), MAX_BATCH)
        ]
        none = [np.zeros((0, EMBEDDING_SIZE), np.float32), np.zeros((0, DLIB_EMBEDDING_SIZE), np.float32)]
        return FaceEmbeddings(*(np.concatenate(outputs) for outputs in zip(none, *parts, strict=True)))

    def warm_up(self) -> None:
        """Compile the graph and the kernels for the commonest batches, one to four faces."""
        for count in (1, 2, 3, 4):
            sizes = DLIB_TEMPLATE.size, SFACE_TEMPLATE.size
            self.embed(FaceChips(*(np.zeros((count, size, size, 3), np.uint8) for size in sizes)))


def load_embedder() -> JointEmbedder:
    """Build the embedder with the installed weights of both networks.

    Raises:
        WeightFileError: see `load_weights` and `load_sface_weights`.
    """
    return JointEmbedder(joint.build(dlib_resnet.build(load_weights()), sface.build(load_sface_weights())))


def load_dlib_embedder() -> DlibEmbedder:
    """Build dlib's network alone, with the installed weights.

    Raises:
        WeightFileError: see `load_weights`.
    """
    return DlibEmbedder(dlib_resnet.build(load_weights()))


def _pixels(size: int) -> Any:
    return tf.TensorSpec((None, size, size, 3), tf.uint8)


def _check(chips: NDArray[np.uint8], size: int) -> None:
    if chips.shape[1:] != (size, size, 3) or chips.dtype != np.uint8:
        raise ValueError(f"faces must be (N, {size}, {size}, 3) uint8, not {chips.shape} {chips.dtype}")


def _batches(count: int, size: int) -> Iterator[slice]:
    return (slice(start, start + size) for start in range(0, count, size))
