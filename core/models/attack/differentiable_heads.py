"""Recogniser heads as differentiable functions of the rendered faces that they are shown.

The heads are frozen. Their probabilities are those of `Head.probabilities`; beside them stand the gradients of a loss
with respect to the input pixels, Simonyan et al. 2013 (arXiv 1312.6034).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from keras import ops
from scipy.special import logsumexp, softmax

from core.domain.embedders import DLIB
from core.models.cnn.head import CnnHead
from core.models.common.backend import Tensors, make_forward, make_gradient
from core.models.embedding.head import EmbeddingHead
from core.models.embedding.open_set_graph import OpenSetGraph
from core.vision.embedding import dlib_resnet, joint, sface
from core.vision.embedding.align import DLIB_TEMPLATE, SFACE_TEMPLATE
from core.vision.embedding.dlib_weights import load_weights
from core.vision.embedding.sface_weights import load_sface_weights
from core.vision.gradients.rendering import ViewSpec
from core.vision.views import Framing, View

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.vision.recognition.mean_embedding import Head

# What the embedding networks are shown: dlib's, then SFace.
DLIB_SPEC = ViewSpec(View(Framing.ALIGNED, DLIB_TEMPLATE.size), DLIB_TEMPLATE.size)
SFACE_SPEC = ViewSpec(View(Framing.ALIGNED_SFACE, SFACE_TEMPLATE.size), SFACE_TEMPLATE.size)
# A probability of "unknown" below which its part of the loss, at most 0.01, is left out of the gradient: the embedding
# networks take longer than the CNN.
_NEGLIGIBLE = 0.01
_IMPOSSIBLE = -1e9  # a logit
_CHIP_BATCH, _FACE_BATCH = 8, 128  # as in `JointEmbedder` and the CNN's training: larger batches gain nothing


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


class EmbeddingFunction(Protocol):
    """An embedder as a function of tensors."""

    def __call__(self, *views: Any) -> Any:
        """Embed faces, pixels (N, S, S, 3) in [0, 255] float32 for each of its view specs -> (N, D)."""


class DifferentiableHead(Protocol):
    """A head whose probabilities can be differentiated by the pixels that it is shown."""

    @property
    def classes(self) -> tuple[tuple[str, int], ...]:
        """Name and person id of each class."""

    @property
    def view_specs(self) -> tuple[ViewSpec, ...]:
        """How each face is rendered for it."""

    @property
    def closed_view_specs(self) -> tuple[ViewSpec, ...]:
        """Those of the `view_specs`, the first ones, on which closed-set probabilities depend."""

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
        embed: from the pixels of the embedding networks' view specs to the embeddings (N, D), as tensors; None: that
            of the head's embedder.

    Raises:
        TypeError: the head is neither a CNN's nor an embedding head.
    """
    if isinstance(head, CnnHead):
        return DifferentiableCnnHead(head, embed or _embedding_function(head.gate.embedder))
    if isinstance(head, EmbeddingHead):
        return DifferentiableEmbeddingHead(head, embed or _embedding_function(head.embedder))
    raise TypeError(f"no way back through {type(head).__name__}")


class DifferentiableEmbeddingHead:
    """The embedding head on top of its embedder's networks; arguments as of `differentiable_head`."""

    def __init__(self, head: EmbeddingHead, embed: EmbeddingFunction) -> None:
        self.classes = head.classes
        self.view_specs = (DLIB_SPEC,) if head.embedder == DLIB else (DLIB_SPEC, SFACE_SPEC)
        self.closed_view_specs = self.view_specs
        self._embed = embed
        self._open_set = OpenSetGraph(head)
        self._forward = make_forward(self._log_probability_graph)
        views = len(self.view_specs)
        self._gradient = {closed: make_gradient(self._loss(closed=closed), views) for closed in (False, True)}
        self._known_gradient_function = make_gradient(self._unknown_loss, views)

    def loss_gradients(
        self, faces: Sequence[NDArray[np.uint8]], targets: NDArray[np.intp], *, closed: bool
    ) -> HeadGradients:
        """See `DifferentiableHead`."""
        one_hot = _one_hot(targets, len(self.classes) + 1)
        parts = [
            self._gradient[closed](*_pixels(faces, rows), one_hot[rows]) for rows in _blocks(len(targets), _CHIP_BATCH)
        ]
        log_probabilities = np.concatenate([figures["log_probabilities"] for figures, _ in parts]).astype(np.float64)
        losses = -log_probabilities[np.arange(len(targets)), targets]
        gradients = tuple(np.concatenate(views) for views in zip(*(part for _, part in parts), strict=True))
        return HeadGradients(losses, np.exp(log_probabilities), gradients)

    def probabilities(self, faces: Sequence[NDArray[np.uint8]], *, closed: bool) -> NDArray[np.float64]:
        """See `DifferentiableHead`."""
        log_probabilities = self.log_probabilities(faces)
        if closed:
            log_probabilities[:, -1] = -np.inf
        return np.asarray(softmax(log_probabilities, axis=1))

    def log_probabilities(self, faces: Sequence[NDArray[np.uint8]]) -> NDArray[np.float64]:
        """Log-probabilities (N, classes + 1) of faces, (N, S, S, 3) for each view spec; "unknown" last."""
        parts = [self._forward(*_pixels(faces, rows)) for rows in _blocks(len(faces[0]), _CHIP_BATCH)]
        return np.concatenate([np.zeros((0, len(self.classes) + 1)), *parts])

    def known_gradients(self, faces: Sequence[NDArray[np.uint8]]) -> tuple[NDArray[np.float32], ...]:
        """The gradients of -log(1 - unknown) by the pixels of faces, (N, S, S, 3) for each view spec."""
        parts = [
            self._known_gradient_function(*_pixels(faces, rows))[1] for rows in _blocks(len(faces[0]), _CHIP_BATCH)
        ]
        none = [np.zeros((0, *view.shape[1:]), np.float32) for view in faces]
        return tuple(np.concatenate(views) for views in zip(none, *parts, strict=True))

    def _log_probability_graph(self, *views: Any) -> Any:
        return ops.log_softmax(self._logits(*views), axis=1)

    def _logits(self, *views: Any) -> Any:
        return self._open_set(self._embed(*views))

    def _loss(self, *, closed: bool) -> Any:
        def loss(*batch: Any) -> tuple[Any, Tensors]:
            *views, one_hot = batch
            logits = self._logits(*views)
            if closed:
                logits = ops.concatenate([logits[:, :-1], ops.full_like(logits[:, -1:], _IMPOSSIBLE)], axis=1)
            log_probabilities = ops.log_softmax(logits, axis=1)
            return -ops.sum(one_hot * log_probabilities), {"log_probabilities": log_probabilities}

        return loss

    def _unknown_loss(self, *views: Any) -> tuple[Any, Tensors]:
        log_probabilities = self._log_probability_graph(*views)
        return -ops.sum(ops.logsumexp(log_probabilities[:, :-1], axis=1)), {}


class DifferentiableCnnHead:
    """The CNN and, for "unknown", its embedding head; arguments as of `differentiable_head`."""

    def __init__(self, head: CnnHead, embed: EmbeddingFunction) -> None:
        self.classes = head.classes
        self._head = head
        self._gate = DifferentiableEmbeddingHead(head.gate, embed)
        self.closed_view_specs = (ViewSpec(head.config.view, head.config.size),)
        self.view_specs = (*self.closed_view_specs, *self._gate.view_specs)
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
            return HeadGradients(losses, probabilities, (gradient, *(None for _ in self._gate.view_specs)))
        gate = self._gate.log_probabilities(faces[1:])
        known, unknown = logsumexp(gate[:, :-1], axis=1), np.exp(gate[:, -1:])
        probabilities = np.hstack([np.exp(known[:, None] + log_probabilities), unknown])
        gradients = self._gate_gradients(faces[1:], unknown[:, 0])
        return HeadGradients(losses - known, probabilities, (gradient, *gradients))

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
    ) -> tuple[NDArray[np.float32] | None, ...]:
        doubtful = np.flatnonzero(unknown > _NEGLIGIBLE)
        if not len(doubtful):
            return tuple(None for _ in faces)
        gradients = tuple(np.zeros(view.shape, np.float32) for view in faces)
        for gradient, part in zip(
            gradients, self._gate.known_gradients([view[doubtful] for view in faces]), strict=True
        ):
            gradient[doubtful] = part
        return gradients

    def _loss(self, pixels: Any, one_hot: Any) -> tuple[Any, Tensors]:
        log_probabilities = ops.log_softmax(self._head.logits(pixels) / self._head.config.temperature, axis=1)
        return -ops.sum(one_hot * log_probabilities), {"log_probabilities": log_probabilities}


@cache
def _embedding_function(embedder: str) -> EmbeddingFunction:
    """Return an embedder's networks as one function of tensors."""
    dlib = dlib_resnet.build(load_weights())
    if embedder == DLIB:
        return lambda chips: dlib(chips, training=False)
    both = joint.build(dlib, sface.build(load_sface_weights()))
    return lambda *views: both(list(views), training=False)[0]


def _pixels(faces: Sequence[NDArray[np.uint8]], rows: slice) -> list[NDArray[np.float32]]:
    return [view[rows].astype(np.float32) for view in faces]


def _one_hot(targets: NDArray[np.intp], classes: int) -> NDArray[np.float32]:
    return np.asarray(np.eye(classes, dtype=np.float32)[targets])


def _blocks(count: int, size: int) -> Iterator[slice]:
    return (slice(start, start + size) for start in range(0, count, size))
