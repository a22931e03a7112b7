"""Recognisers as differentiable functions of the faces that they are shown, so that somebody can be made of a picture.

Both heads are frozen. What they say is what `Head.probabilities` says; beside it stands which change of a pixel makes
a face more of somebody: gradients with respect to the input, Simonyan et al. 2013 (arXiv 1312.6034).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from keras import ops
from scipy.special import logsumexp, softmax

from core.models.cnn.head import CnnHead
from core.models.common.backend import Tensors, make_forward, make_gradient
from core.models.embedding.head import EmbeddingHead
from core.models.embedding.open_set_graph import OpenSetGraph
from core.vision.embedding import dlib_resnet
from core.vision.embedding.dlib_weights import INPUT_SIZE, load_weights
from core.vision.gradients.rendering import ViewSpec
from core.vision.views import Framing, View

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.vision.recognition.mean_embedding import Head

CHIP_SPEC = ViewSpec(View(Framing.ALIGNED, INPUT_SIZE), INPUT_SIZE)  # what the embedding network is shown
# Of "unknown": below it, at most 0.01 of the loss is the gate's, and its slope is left out. The embedding network takes
# longer than the CNN.
_SURE = 0.01
_NEVER = -1e9  # a logit
_CHIPS, _FACES = 16, 128  # at a time, as `Embedder` and `CnnTraining` have it: more gain nothing


@dataclass(frozen=True, slots=True)
class HeadGradients:
    """What a head says of faces, and how that changes.

    `losses` (N,): -log of the target's chance. `chances` (N, classes + 1), rows sum to 1, "unknown" last. `gradients`
    of each face's loss by the faces of each look, (N, S, S, 3) float32, for a pixel's range of 0 to 255; None: the
    loss does not depend on that look, or not enough to follow it.
    """

    losses: NDArray[np.float64]
    chances: NDArray[np.float64]
    gradients: tuple[NDArray[np.float32] | None, ...]


class DifferentiableHead(Protocol):
    """A head whose answer can be followed back to the pixels that it looks at."""

    @property
    def classes(self) -> tuple[tuple[str, int], ...]:
        """Name and person id of each."""

    @property
    def looks(self) -> tuple[ViewSpec, ...]:
        """What it is shown of each face. The closed answer depends on the first one alone."""

    def slopes(self, faces: Sequence[NDArray[np.uint8]], targets: NDArray[np.intp], *, closed: bool) -> HeadGradients:
        """How to make faces into people.

        Args:
            faces: for each look (N, S, S, 3) RGB; if `closed`, the first is enough.
            targets: (N,) classes.
            closed: as if each face had to be of somebody; otherwise "unknown" competes.
        """

    def chances(self, faces: Sequence[NDArray[np.uint8]], *, closed: bool) -> NDArray[np.float64]:
        """Calibrated, (N, classes + 1), rows sum to 1, "unknown" is last; `closed`: it is 0."""


def differentiable_head(head: Head, embed: Any | None = None) -> DifferentiableHead:
    """A head with its slopes.

    Args:
        head: of a version.
        embed: the embedding network, a Keras model from pixels (N, 150, 150, 3) to (N, 128); None: the product's.

    Raises:
        TypeError: a head of another kind.
    """
    if isinstance(head, CnnHead):
        return DifferentiableCnnHead(head, embed or _embedding_network())
    if isinstance(head, EmbeddingHead):
        return DifferentiableEmbeddingHead(head, embed or _embedding_network())
    raise TypeError(f"no way back through {type(head).__name__}")


class DifferentiableEmbeddingHead:
    """The embedding head behind its network; arguments as of `fooled`."""

    looks = (CHIP_SPEC,)

    def __init__(self, head: EmbeddingHead, embed: Any) -> None:
        self.classes = head.classes
        self._embed = embed
        self._open_set = OpenSetGraph(head)
        self._forward = make_forward(self._log_chances)
        self._gradient = {closed: make_gradient(self._loss(closed=closed), 1) for closed in (False, True)}
        self._to_known = make_gradient(self._unknown_loss, 1)

    def slopes(self, faces: Sequence[NDArray[np.uint8]], targets: NDArray[np.intp], *, closed: bool) -> HeadGradients:
        """As in `Fooled`."""
        wanted = _one_hot(targets, len(self.classes) + 1)
        parts = [
            self._gradient[closed](faces[0][rows].astype(np.float32), wanted[rows])
            for rows in _blocks(len(targets), _CHIPS)
        ]
        logs = np.concatenate([figures["logs"] for figures, _ in parts]).astype(np.float64)
        losses, slope = -logs[np.arange(len(targets)), targets], np.concatenate([one for _, (one,) in parts])
        return HeadGradients(losses, np.exp(logs), (slope,))

    def chances(self, faces: Sequence[NDArray[np.uint8]], *, closed: bool) -> NDArray[np.float64]:
        """As in `Fooled`."""
        logs = self.logs(faces[0])
        if closed:
            logs[:, -1] = -np.inf
        return np.asarray(softmax(logs, axis=1))

    def logs(self, chips: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Of the chances of chips (N, 150, 150, 3), "unknown" competing: (N, classes + 1)."""
        parts = [self._forward(chips[rows]) for rows in _blocks(len(chips), _CHIPS)]
        return np.concatenate([np.zeros((0, len(self.classes) + 1)), *parts])

    def to_known(self, chips: NDArray[np.uint8]) -> NDArray[np.float32]:
        """How -log(1 - unknown) changes with the pixels of the chips (N, 150, 150, 3)."""
        parts = [self._to_known(chips[rows].astype(np.float32))[1][0] for rows in _blocks(len(chips), _CHIPS)]
        return np.concatenate([np.zeros((0, *chips.shape[1:]), np.float32), *parts])

    def _log_chances(self, chips: Any) -> Any:
        return ops.log_softmax(self._logits(chips), axis=1)

    def _logits(self, chips: Any) -> Any:
        return self._open_set(self._embed(ops.cast(chips, "float32"), training=False))

    def _loss(self, *, closed: bool) -> Any:
        def loss(chips: Any, wanted: Any) -> tuple[Any, Tensors]:
            logits = self._logits(chips)
            if closed:
                logits = ops.concatenate([logits[:, :-1], ops.full_like(logits[:, -1:], _NEVER)], axis=1)
            logs = ops.log_softmax(logits, axis=1)
            return -ops.sum(wanted * logs), {"logs": logs}

        return loss

    def _unknown_loss(self, chips: Any) -> tuple[Any, Tensors]:
        logs = self._log_chances(chips)
        return -ops.sum(ops.logsumexp(logs[:, :-1], axis=1)), {}


class DifferentiableCnnHead:
    """The CNN and, for "unknown", its gate; arguments as of `fooled`."""

    def __init__(self, head: CnnHead, embed: Any) -> None:
        self.classes = head.classes
        self.looks = (ViewSpec(head.config.view, head.config.size), CHIP_SPEC)
        self._head = head
        self._gate = DifferentiableEmbeddingHead(head.gate, embed)
        self._gradient = make_gradient(self._loss, 1)

    def slopes(self, faces: Sequence[NDArray[np.uint8]], targets: NDArray[np.intp], *, closed: bool) -> HeadGradients:
        """As in `Fooled`."""
        wanted = _one_hot(targets, len(self.classes))
        parts = [
            self._gradient(faces[0][rows].astype(np.float32), wanted[rows]) for rows in _blocks(len(targets), _FACES)
        ]
        logs = np.concatenate([figures["logs"] for figures, _ in parts]).astype(np.float64)
        losses, slope = -logs[np.arange(len(targets)), targets], np.concatenate([one for _, (one,) in parts])
        if closed:
            return HeadGradients(losses, np.hstack([np.exp(logs), np.zeros((len(logs), 1))]), (slope, None))
        gate = self._gate.logs(faces[1])
        known, unknown = logsumexp(gate[:, :-1], axis=1), np.exp(gate[:, -1:])
        chances = np.hstack([np.exp(known[:, None] + logs), unknown])
        return HeadGradients(losses - known, chances, (slope, self._gate_slope(faces[1], unknown[:, 0])))

    def chances(self, faces: Sequence[NDArray[np.uint8]], *, closed: bool) -> NDArray[np.float64]:
        """As in `Fooled`."""
        people = np.concatenate(
            [np.zeros((0, len(self.classes)))]
            + [self._head.closed(faces[0][rows]) for rows in _blocks(len(faces[0]), _FACES)]
        )
        unknown = np.zeros((len(people), 1)) if closed else self._gate.chances(faces[1:], closed=False)[:, -1:]
        return np.hstack([(1 - unknown) * people, unknown])

    def _gate_slope(self, chips: NDArray[np.uint8], unknown: NDArray[np.float64]) -> NDArray[np.float32] | None:
        doubtful = np.flatnonzero(unknown > _SURE)
        if not len(doubtful):
            return None
        slope = np.zeros(chips.shape, np.float32)
        slope[doubtful] = self._gate.to_known(chips[doubtful])
        return slope

    def _loss(self, pixels: Any, wanted: Any) -> tuple[Any, Tensors]:
        logs = ops.log_softmax(self._head.logits(pixels) / self._head.config.temperature, axis=1)
        return -ops.sum(wanted * logs), {"logs": logs}


@cache
def _embedding_network() -> Any:
    return dlib_resnet.build(load_weights())


def _one_hot(targets: NDArray[np.intp], classes: int) -> NDArray[np.float32]:
    return np.asarray(np.eye(classes, dtype=np.float32)[targets])


def _blocks(count: int, size: int) -> Iterator[slice]:
    return (slice(start, start + size) for start in range(0, count, size))
