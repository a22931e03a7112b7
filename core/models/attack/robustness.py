"""Measure a recogniser's robustness: against bounded attacks on faces, and against pictures of no face.

Faces are changed by at most so many levels a pixel until the recogniser names them as somebody else, and textures
without a face are shown to it. Faces keep their landmarks: the recogniser is measured, not the detector.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from core.domain.faces import DetectedFace
from core.domain.registry.robustness import FACES, TEXTURES, AttackBatch, AttackOutcome, CheckState, next_attack
from core.domain.training.folds import FOLDS, fold_of
from core.vision.decoding.decode import SafeDecoder
from core.vision.recognition.mean_embedding import NAME_FROM
from core.vision.textures.textures import textures
from core.vision.views import render_view

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.models.attack.differentiable_heads import DifferentiableHead, HeadGradients
    from core.vision.datasets.dataset_reader import DatasetReader
    from core.vision.datasets.records import Record

STEPS = 20  # of an attack; measured: with more, no more faces are fooled
_FACE_BATCH = 8  # more at a time gain nothing
_TEXTURE_BATCH = 20  # about a second: the longest that another job waits for the worker
_STREAM = 16  # of random numbers, used by this module alone
_NAMED = NAME_FROM
_TARGET_PROBABILITY = _NAMED + 0.01  # ends an attack: beyond the threshold in spite of rounding


@dataclass(frozen=True, slots=True)
class AttackSample:
    """A picture (H, W, 3) RGB, the face in it, and the class that it is attacked towards."""

    picture: NDArray[np.uint8]
    face: DetectedFace
    target: int


class AttackFn(Protocol):
    """An attack on faces: `core.models.attack.optimiser.attack_faces`, or a test's."""

    def __call__(
        self,
        head: DifferentiableHead,
        pictures: Sequence[NDArray[np.uint8]],
        faces: Sequence[DetectedFace | None],
        targets: NDArray[np.intp],
        *,
        epsilon: int,
        steps: int,
    ) -> list[NDArray[np.uint8]]:
        """Return the changed pictures, each channel of each pixel within `epsilon` levels of its start."""


def never_interrupted() -> bool:
    """Return False: nothing interrupts the check."""
    return False


class RobustnessCheck:
    """The check of one head, in steps of about a second.

    Args:
        head: the head that is checked.
        samples: the faces; the same in the same order whenever a check is resumed.
        state: to resume from; None: the check starts.
        attack: None: the product's.
    """

    def __init__(
        self,
        head: DifferentiableHead,
        samples: Sequence[AttackSample],
        state: CheckState | None = None,
        attack: AttackFn | None = None,
    ) -> None:
        self.head = head
        self.samples = samples
        self._attack = attack or _product_attack()
        self.state = state or self.initial_state

    @property
    def initial_state(self) -> CheckState:
        """The state before the first step."""
        return CheckState((AttackOutcome(),) * len(self.samples), wanted=TEXTURES)

    def advance(self, interrupted: Callable[[], bool] = never_interrupted) -> None:
        """Attack some faces, or classify some textures; an attack that is `interrupted` leaves no trace."""
        attack = next_attack(self.state, _FACE_BATCH)
        if attack is None:
            count = min(_TEXTURE_BATCH, self.state.wanted - self.state.textures)
            self.state = self.state.shown(count, *self._count_named(textures(self.state.textures, count)))
            return
        with suppress(_Interrupted):
            self.state = self.state.attacked(attack, self._attacked(attack, interrupted))

    def _attacked(self, attack: AttackBatch, interrupted: Callable[[], bool]) -> list[bool]:
        """Attack the samples of a batch; return for each whether it is then named as its target."""
        chosen = [self.samples[row] for row in attack.rows]
        faces, targets = [sample.face for sample in chosen], np.array([sample.target for sample in chosen], np.intp)
        before = [sample.picture for sample in chosen]
        stopping_head = _StoppingHead(self.head, interrupted)
        pictures = self._attack(stopping_head, before, faces, targets, epsilon=attack.level, steps=STEPS)
        _check_bound(before, pictures, attack.level)
        probabilities = self.head.probabilities(self._render(pictures, faces), closed=False)
        return [bool(probability >= _NAMED) for probability in probabilities[np.arange(len(chosen)), targets]]

    def _count_named(self, pictures: NDArray[np.uint8]) -> tuple[int, int]:
        """How many are named with confidence: without "unknown", and with it."""
        faces = self._render(list(pictures), [None] * len(pictures))
        closed, opened = (self.head.probabilities(faces, closed=closed)[:, :-1].max(1) for closed in (True, False))
        return int((closed >= _NAMED).sum()), int((opened >= _NAMED).sum())

    def _render(
        self, pictures: Sequence[NDArray[np.uint8]], faces: Sequence[DetectedFace | None]
    ) -> list[NDArray[np.uint8]]:
        """Render faces as `/classify` does, (N, S, S, 3) for each view spec of the head."""
        rendered = []
        for spec in self.head.view_specs:
            at = slice((spec.view.size - spec.size) // 2, (spec.view.size + spec.size) // 2)
            whole = [
                render_view(spec.view, picture, face.landmarks if face else None, face.box if face else None)
                for picture, face in zip(pictures, faces, strict=True)
            ]
            rendered.append(np.ascontiguousarray(np.stack(whole)[:, at, at]))
        return rendered


class _Interrupted(Exception):  # noqa: N818 - no error: another job waits
    """An attack was interrupted."""


class _StoppingHead:
    """A head whose loss is zero once a face is named as its target, and which raises once it is interrupted."""

    def __init__(self, head: DifferentiableHead, interrupted: Callable[[], bool]) -> None:
        self.classes = head.classes
        self.view_specs, self.closed_view_specs = head.view_specs, head.closed_view_specs
        self._head = head
        self._interrupted = interrupted

    def loss_gradients(
        self, faces: Sequence[NDArray[np.uint8]], targets: NDArray[np.intp], *, closed: bool
    ) -> HeadGradients:
        """See `DifferentiableHead`; an attack calls it before each step."""
        if self._interrupted():
            raise _Interrupted
        answer = self._head.loss_gradients(faces, targets, closed=closed)
        named = answer.probabilities[np.arange(len(targets)), targets] >= _TARGET_PROBABILITY
        return replace(answer, losses=np.where(named, 0.0, answer.losses))

    def probabilities(self, faces: Sequence[NDArray[np.uint8]], *, closed: bool) -> NDArray[np.float64]:
        """See `DifferentiableHead`."""
        return self._head.probabilities(faces, closed=closed)


def choose_samples(
    labels: NDArray[np.integer], has_face: NDArray[np.bool_], people: int, fold: int | None
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Choose the pictures that are attacked, and their targets; the same for each version on the same data.

    Args:
        labels: (N,) classes, 0 to `people` - 1.
        has_face: (N,) whether a face was found.
        people: the number of classes.
        fold: the held-out fold, whose pictures come first; None: the version was trained on all.

    Returns:
        At most 100 rows, ascending, and for each another class than its own.
    """
    random = np.random.default_rng((_STREAM, len(labels)))
    rows = random.permutation(np.flatnonzero(has_face))
    if people < 2:  # there is no other class
        rows = rows[:0]
    if fold is not None:
        seen = np.array(fold_of(labels.tolist(), FOLDS)) != fold
        rows = rows[np.argsort(seen[rows], kind="stable")]
    rows = np.sort(rows[:FACES])
    offsets = random.integers(1, max(2, people), len(rows))
    return rows, np.asarray((labels[rows] + offsets) % max(1, people), np.intp)


def load_samples(reader: DatasetReader, people: int, fold: int | None) -> list[AttackSample]:
    """Load the faces of a data set that are attacked; see `choose_samples`.

    Raises:
        OmokageError: DATASET_CHANGED, a shard is gone or is not what it was.
    """
    rows, targets = choose_samples(reader.labels, reader.found, people, fold)
    target_of = dict(zip(rows.tolist(), targets.tolist(), strict=True))
    with SafeDecoder() as decoder:
        return [
            AttackSample(decoder.decode(record.image), _face(record), target_of[row])
            for row, record in enumerate(reader.records())
            if row in target_of
        ]


def _face(record: Record) -> DetectedFace:
    if record.landmarks is None or record.box is None:
        raise ValueError("there is no face in this picture")
    left_eye, right_eye, nose, left_mouth, right_mouth = record.landmarks
    landmarks = (left_eye, right_eye, nose, left_mouth, right_mouth)
    return DetectedFace(record.box, record.score, landmarks)


def _check_bound(before: Sequence[NDArray[np.uint8]], after: Sequence[NDArray[np.uint8]], level: int) -> None:
    for start, end in zip(before, after, strict=True):
        if start.shape != end.shape or np.abs(start.astype(np.int16) - end).max() > level:
            raise ValueError(f"the attack went beyond {level} levels")


def _product_attack() -> AttackFn:
    from core.models.attack.optimiser import attack_faces  # TensorFlow

    return attack_faces
