"""Recogniser heads as differentiable functions of the rendered faces that they are shown.

The heads are frozen. Their probabilities are those of `Head.probabilities`; beside them stand the gradients of a loss
with respect to the input pixels, Simonyan et al. 2013 (arXiv 1312.6034).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import keras
import numpy as np
from keras import ops
from scipy.special import logsumexp, softmax

from core.domain.embedders import DLIB, DLIB_AND_SFACE
from core.models.cnn.head import CnnHead
from core.models.common.backend import Tensors, make_forward, make_gradient
from core.models.embedding.head import EmbeddingHead
from core.models.embedding.open_set_graph import OpenSetGraph
from core.vision.embedding import dlib_resnet, joint, sface
from core.vision.embedding.align import DLIB_TEMPLATE, SFACE_TEMPLATE
from core.vision.embedding.dlib_weights import load_weights
from core.vision.embedding.embed import MAX_BATCH
from core.vision.embedding.sface_weights import load_sface_weights
from core.vision.gradients.rendering import ViewSpec
from core.vision.views import Framing, View

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.vision.recognition.mean_embedding import Head

CHIP_SPEC = ViewSpec(View(Framing.ALIGNED, DLIB_TEMPLATE.size), DLIB_TEMPLATE.size)  # what dlib's network is shown
SFACE_SPEC = ViewSpec(View(Framing.ALIGNED_SFACE, SFACE_TEMPLATE.size), SFACE_TEMPLATE.size)
EMBEDDER_SPECS = {DLIB: (CHIP_SPEC,), DLIB_AND_SFACE: (CHIP_SPEC, SFACE_SPEC)}
# A probability of "unknown" below which its part of the loss, at most 0.01, is left out of the gradient: the embedding
# networks take longer than the CNN.
_NEGLIGIBLE = 0.01
_IMPOSSIBLE = -1e9  # a logit
_FACE_BATCH = 128  # as in the CNN's training: larger batches gain nothing; the embedder's are of `MAX_BATCH`


@dataclass(frozen=True, slots=True)
class HeadGradients:
    """A head's probabilities of faces, and the gradients of their losses.

    `losses` (N,): -log of the target's probability. `probabilities` (N, classes + 1): rows sum to 1, "unknown" last.
    `gradients`: of each face's loss, by the faces of each view spec, (N, S, S, 3) float32, pixels in [0, 255]; None:
    the loss does not depend on that view spec, or negligibly.
    """

    losses: NDArray[np.float64]
    probabilities: NDArray[np.float64]
    gradients: tuple[NDArray[np.float32] | None, ...]


class DifferentiableHead(Protocol):
    """A head whose probabilities can be differentiated by the pixels that it is shown."""

    @property
    def classes(self) -> tuple[tuple[str, int], ...]:
        """Name and person id of each class."""

    @property
    def view_specs(self) -> tuple[ViewSpec, ...]:
        """How each face is rendered for it: a network that reads faces has a rendering of its own."""

    @property
    def closed_view_specs(self) -> tuple[ViewSpec, ...]:
        """The first of `view_specs`, or all of them: those that closed-set probabilities depend on."""

    def loss_gradients(
        self, faces: Sequence[NDArray[np.uint8]], targets: NDArray[np.intp], *, closed: bool
    ) -> HeadGradients:
        """Differentiate the targets' losses by the faces' pixels.

        Args:
            faces: for each view spec (N, S, S, 3) RGB; if `closed`, those of `closed_view_specs` are enough.
            targets: (N,) classes.
            closed: closed-set, that is without "unknown" as a possible answer.
        """

    def probabilities(self, faces: Sequence[NDArray[np.uint8]], *, closed: bool) -> NDArray[np.float64]:
        """Calibrated probabilities (N, classes + 1), rows sum to 1, "unknown" is last, and 0 if `closed`."""


def differentiable_head(head: Head, embed: Any | None = None) -> DifferentiableHead:
    """Wrap a head so that it can be differentiated by the pixels of faces.

    Args:
        head: of a version.
        embed: a Keras model from the pixels of each of `EMBEDDER_SPECS[the head's embedder]` to embeddings (N, D);
            None: that embedder's.

    Raises:
        TypeError: the head is neither a CNN's nor an embedding head.
    """
    if isinstance(head, CnnHead):
        return DifferentiableCnnHead(head, embed)
    if isinstance(head, EmbeddingHead):
        return DifferentiableEmbeddingHead(head, embed)
    raise TypeError(f"no way back through {type(head).__name__}")


class DifferentiableEmbeddingHead:
    """The embedding head on top of its embedder's networks, all at once; arguments as of `differentiable_head`."""

    def __init__(self, head: EmbeddingHead, embed: Any | None) -> None:
        embedder = head.open_set.prior.embedder
        self.classes = head.classes
        self.view_specs = self.closed_view_specs = EMBEDDER_SPECS[embedder]
        self._embed = embed or _embedding_network(embedder)
        self._open_set = OpenSetGraph(head)
        self._forward = make_forward(self._log_probability_graph)
        inputs = len(self.view_specs)
        self._gradient = {closed: make_gradient(self._loss(closed=closed), inputs) for closed in (False, True)}
        self._known_gradient_function = make_gradient(self._unknown_loss, inputs)

    def loss_gradients(
        self, faces: Sequence[NDArray[np.uint8]], targets: NDArray[np.intp], *, closed: bool
    ) -> HeadGradients:
        """See `DifferentiableHead`."""
        one_hot = _one_hot(targets, len(self.classes) + 1)
        parts = [
            self._gradient[closed](*_pixels(faces, rows), one_hot[rows]) for rows in _blocks(len(targets), MAX_BATCH)
        ]
        log_probabilities = np.concatenate([figures["log_probabilities"] for figures, _ in parts]).astype(np.float64)
        losses = -log_probabilities[np.arange(len(targets)), targets]
        gradients = tuple(np.concatenate(blocks) for blocks in zip(*(part for _, part in parts), strict=True))
        return HeadGradients(losses, np.exp(log_probabilities), gradients)

    def probabilities(self, faces: Sequence[NDArray[np.uint8]], *, closed: bool) -> NDArray[np.float64]:
        """See `DifferentiableHead`."""
        log_probabilities = self.log_probabilities(faces)
        if closed:
            log_probabilities[:, -1] = -np.inf
        return np.asarray(softmax(log_probabilities, axis=1))

    def log_probabilities(self, faces: Sequence[NDArray[np.uint8]]) -> NDArray[np.float64]:
        """Log-probabilities (N, classes + 1) of faces for each view spec (N, S, S, 3), "unknown" last."""
        parts = [self._forward(*(chips[rows] for chips in faces)) for rows in _blocks(len(faces[0]), MAX_BATCH)]
        return np.concatenate([np.zeros((0, len(self.classes) + 1)), *parts])

    def known_gradients(self, faces: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.float32]]:
        """The gradient of -log(1 - unknown) by the faces of each view spec, (N, S, S, 3); N is at least 1."""
        parts = [self._known_gradient_function(*_pixels(faces, rows))[1] for rows in _blocks(len(faces[0]), MAX_BATCH)]
        return [np.concatenate(blocks) for blocks in zip(*parts, strict=True)]

    def _log_probability_graph(self, *faces: Any) -> Any:
        return ops.log_softmax(self._logits(faces), axis=1)

    def _logits(self, faces: Sequence[Any]) -> Any:
        pixels = [ops.cast(chips, "float32") for chips in faces]
        return self._open_set(self._embed(pixels if len(pixels) > 1 else pixels[0], training=False))

    def _loss(self, *, closed: bool) -> Any:
        def loss(*faces_and_targets: Any) -> tuple[Any, Tensors]:
            *faces, one_hot = faces_and_targets
            logits = self._logits(faces)
            if closed:
                logits = ops.concatenate([logits[:, :-1], ops.full_like(logits[:, -1:], _IMPOSSIBLE)], axis=1)
            log_probabilities = ops.log_softmax(logits, axis=1)
            return -ops.sum(one_hot * log_probabilities), {"log_probabilities": log_probabilities}

        return loss

    def _unknown_loss(self, *faces: Any) -> tuple[Any, Tensors]:
        log_probabilities = self._log_probability_graph(*faces)
        return -ops.sum(ops.logsumexp(log_probabilities[:, :-1], axis=1)), {}


class DifferentiableCnnHead:
    """The CNN and, for "unknown", its embedding head; arguments as of `differentiable_head`."""

    def __init__(self, head: CnnHead, embed: Any | None) -> None:
        self.classes = head.classes
        self._head = head
        self._gate = DifferentiableEmbeddingHead(head.gate, embed)
        self.closed_view_specs = (ViewSpec(head.config.view, head.config.size),)
        self.view_specs = self.closed_view_specs + self._gate.view_specs
        self._gradient = make_gradient(self._loss, 1)

    def loss_gradients(
        self, faces: Sequence[NDArray[np.uint8]], targets: NDArray[np.intp], *, closed: bool
    ) -> HeadGradients:
        """See `DifferentiableHead`."""
        one_hot = _one_hot(targets, len(self.classes))
        parts = [
            self._gradient(faces[0][rows].astype(np.float32), one_hot[rows])
            for rows in _blocks(len(targets), _FACE_BATCH)
        ]
        log_probabilities = np.concatenate([figures["log_probabilities"] for figures, _ in parts]).astype(np.float64)
        losses, gradient = (
            -log_probabilities[np.arange(len(targets)), targets],
            np.concatenate([part for _, (part,) in parts]),
        )
        if closed:
            probabilities = np.hstack([np.exp(log_probabilities), np.zeros((len(log_probabilities), 1))])
            return HeadGradients(losses, probabilities, (gradient, *self._no_gradients()))
        gate = self._gate.log_probabilities(faces[1:])
        known, unknown = logsumexp(gate[:, :-1], axis=1), np.exp(gate[:, -1:])
        probabilities = np.hstack([np.exp(known[:, None] + log_probabilities), unknown])
        gate_gradients = self._gate_gradients(faces[1:], unknown[:, 0])
        return HeadGradients(losses - known, probabilities, (gradient, *gate_gradients))

    def probabilities(self, faces: Sequence[NDArray[np.uint8]], *, closed: bool) -> NDArray[np.float64]:
        """See `DifferentiableHead`."""
        people = np.concatenate(
            [np.zeros((0, len(self.classes)))]
            + [self._head.closed(faces[0][rows]) for rows in _blocks(len(faces[0]), _FACE_BATCH)]
        )
        unknown = np.zeros((len(people), 1)) if closed else self._gate.probabilities(faces[1:], closed=False)[:, -1:]
        return np.hstack([(1 - unknown) * people, unknown])

    def _gate_gradients(
        self, faces: Sequence[NDArray[np.uint8]], unknown: NDArray[np.float64]
    ) -> Sequence[NDArray[np.float32] | None]:
        doubtful = np.flatnonzero(unknown > _NEGLIGIBLE)
        if not len(doubtful):
            return self._no_gradients()
        gradients = [np.zeros(chips.shape, np.float32) for chips in faces]
        doubtful_gradients = self._gate.known_gradients([chips[doubtful] for chips in faces])
        for gradient, of_doubtful in zip(gradients, doubtful_gradients, strict=True):
            gradient[doubtful] = of_doubtful
        return gradients

    def _no_gradients(self) -> tuple[None, ...]:
        return (None,) * len(self._gate.view_specs)

    def _loss(self, pixels: Any, one_hot: Any) -> tuple[Any, Tensors]:
        log_probabilities = ops.log_softmax(self._head.logits(pixels) / self._head.config.temperature, axis=1)
        return -ops.sum(one_hot * log_probabilities), {"log_probabilities": log_probabilities}


@cache
def _embedding_network(embedder: str) -> Any:
    """Build the Keras model from the pixels of each of `EMBEDDER_SPECS[embedder]` to embeddings (N, D)."""
    if embedder == DLIB:
        return dlib_resnet.build(load_weights())
    both = joint.build(_embedding_network(DLIB), sface.build(load_sface_weights()))
    return keras.Model(both.inputs, both.outputs[0])


def _pixels(faces: Sequence[NDArray[np.uint8]], rows: slice) -> list[NDArray[np.float32]]:
    return [chips[rows].astype(np.float32) for chips in faces]


def _one_hot(targets: NDArray[np.intp], classes: int) -> NDArray[np.float32]:
    return np.asarray(np.eye(classes, dtype=np.float32)[targets])


def _blocks(count: int, size: int) -> Iterator[slice]:
    return (slice(start, start + size) for start in range(0, count, size))
