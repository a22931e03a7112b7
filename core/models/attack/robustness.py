"""How easily a recogniser is fooled: with pictures made for it, and by accident.

Faces are changed by at most so many levels a pixel until the recogniser names them as somebody else, and pictures of no
face at all are shown to it. Faces keep the landmarks that were found in them: what is measured is the recogniser, not
the detector.
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
from core.vision.recognition.mean_embedding import RecogniserConfig
from core.vision.textures.textures import textures
from core.vision.views import render_view

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.models.attack.differentiable_heads import DifferentiableHead, HeadGradients
    from core.vision.datasets.dataset_reader import DatasetReader
    from core.vision.datasets.records import Record

STEPS = 20  # of an attack; measured: more fool no more faces
_TOGETHER = 8  # faces: more at a time gain nothing
_SHOWN = 20  # textures at a time, about a second: so long may whoever waits for the worker wait
_STREAM = 16  # of random numbers, this module's own
_NAMED = RecogniserConfig().name_from
_SURELY = _NAMED + 0.01  # an attack ends here: beyond the threshold whatever is rounded


@dataclass(frozen=True, slots=True)
class AttackSample:
    """A picture (H, W, 3) RGB, the face in it, and the class that it shall be taken for."""

    picture: NDArray[np.uint8]
    face: DetectedFace
    target: int


class AttackFn(Protocol):
    """Changes pictures so that a head takes their faces for somebody: `core.models.attack.optimiser.fool_faces`."""

    def __call__(
        self,
        fooled: DifferentiableHead,
        pictures: Sequence[NDArray[np.uint8]],
        faces: Sequence[DetectedFace | None],
        targets: NDArray[np.intp],
        *,
        epsilon: int,
        steps: int,
    ) -> list[NDArray[np.uint8]]:
        """The changed pictures, each channel of each pixel within `epsilon` of what it was."""


def never() -> bool:
    """Nobody waits."""
    return False


class RobustnessCheck:
    """One head's check, a moment's work at a time.

    Args:
        head: what is asked.
        sitters: the faces; the same ones in the same order whenever a check goes on.
        state: what was found before; None: it begins.
        fool: the attack; None: the product's.
    """

    def __init__(
        self,
        head: DifferentiableHead,
        sitters: Sequence[AttackSample],
        state: CheckState | None = None,
        fool: AttackFn | None = None,
    ) -> None:
        self.head = head
        self.sitters = sitters
        self._fool = fool or _product_attack()
        self.state = state or self.beginning

    @property
    def beginning(self) -> CheckState:
        """Before anything was tried."""
        return CheckState((AttackOutcome(),) * len(self.sitters), wanted=TEXTURES)

    def advance(self, interrupted: Callable[[], bool] = never) -> None:
        """One attack on some faces, or a look at some textures; an attack that is `interrupted` has not happened."""
        attack = next_attack(self.state, _TOGETHER)
        if attack is None:
            count = min(_SHOWN, self.state.wanted - self.state.textures)
            self.state = self.state.shown(count, *self._taken_for_people(textures(self.state.textures, count)))
            return
        with suppress(_Interrupted):
            self.state = self.state.attacked(attack, self._attacked(attack, interrupted))

    def _attacked(self, attack: AttackBatch, interrupted: Callable[[], bool]) -> list[bool]:
        """Whether each is then named as the target, for which "unknown" must have no say."""
        chosen = [self.sitters[row] for row in attack.rows]
        faces, targets = [one.face for one in chosen], np.array([one.target for one in chosen], np.intp)
        before = [one.picture for one in chosen]
        watched = _Watched(self.head, interrupted)
        pictures = self._fool(watched, before, faces, targets, epsilon=attack.level, steps=STEPS)
        _check_bound(before, pictures, attack.level)
        chances = self.head.chances(self._shown(pictures, faces), closed=False)
        return [bool(one >= _NAMED) for one in chances[np.arange(len(chosen)), targets]]

    def _taken_for_people(self, pictures: NDArray[np.uint8]) -> tuple[int, int]:
        """How many are named with confidence: without "unknown", and with it."""
        faces = self._shown(list(pictures), [None] * len(pictures))
        closed, opened = (self.head.chances(faces, closed=closed)[:, :-1].max(1) for closed in (True, False))
        return int((closed >= _NAMED).sum()), int((opened >= _NAMED).sum())

    def _shown(
        self, pictures: Sequence[NDArray[np.uint8]], faces: Sequence[DetectedFace | None]
    ) -> list[NDArray[np.uint8]]:
        """As `/classify` renders them for each look of the head, (N, S, S, 3)."""
        rendered = []
        for look in self.head.looks:
            at = slice((look.view.size - look.size) // 2, (look.view.size + look.size) // 2)
            whole = [
                render_view(look.view, picture, face.landmarks if face else None, face.box if face else None)
                for picture, face in zip(pictures, faces, strict=True)
            ]
            rendered.append(np.ascontiguousarray(np.stack(whole)[:, at, at]))
        return rendered


class _Interrupted(Exception):  # noqa: N818 - no error: somebody waits
    """An attack ended before its time."""


class _Watched:
    """A head as an attack sees it: with nothing more to gain once a face is named, and none of it once it must end."""

    def __init__(self, head: DifferentiableHead, interrupted: Callable[[], bool]) -> None:
        self.classes, self.looks = head.classes, head.looks
        self._head = head
        self._interrupted = interrupted

    def slopes(self, faces: Sequence[NDArray[np.uint8]], targets: NDArray[np.intp], *, closed: bool) -> HeadGradients:
        """Before each step of the attack."""
        if self._interrupted():
            raise _Interrupted
        found = self._head.slopes(faces, targets, closed=closed)
        named = found.chances[np.arange(len(targets)), targets] >= _SURELY
        return replace(found, losses=np.where(named, 0.0, found.losses))

    def chances(self, faces: Sequence[NDArray[np.uint8]], *, closed: bool) -> NDArray[np.float64]:
        """As the head has it."""
        return self._head.chances(faces, closed=closed)


def choose_samples(
    labels: NDArray[np.integer], found: NDArray[np.bool_], people: int, fold: int | None
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Which pictures are attacked, and towards whom; the same for each version on the same data.

    Args:
        labels: (N,) whom they show, 0 to `people` - 1.
        found: (N,) whether there is a face.
        people: how many there are to be taken for.
        fold: the one that the version was not trained on, whose pictures come first; None: it saw all.

    Returns:
        Rows, at most 100, ascending; and for each the class of somebody else.
    """
    random = np.random.default_rng((_STREAM, len(labels)))
    rows = random.permutation(np.flatnonzero(found))
    if people < 2:  # nobody to be taken for
        rows = rows[:0]
    if fold is not None:
        seen = np.array(fold_of(labels.tolist(), FOLDS)) != fold
        rows = rows[np.argsort(seen[rows], kind="stable")]
    rows = np.sort(rows[:FACES])
    others = random.integers(1, max(2, people), len(rows))
    return rows, np.asarray((labels[rows] + others) % max(1, people), np.intp)


def load_samples(reader: DatasetReader, people: int, fold: int | None) -> list[AttackSample]:
    """The faces of a data set that are attacked; see `choose`.

    Raises:
        OmokageError: DATASET_CHANGED, a shard is gone or is not what it was.
    """
    rows, targets = choose_samples(reader.labels, reader.found, people, fold)
    wanted = dict(zip(rows.tolist(), targets.tolist(), strict=True))
    with SafeDecoder() as decoder:
        return [
            AttackSample(decoder.decode(record.image), _face(record), wanted[row])
            for row, record in enumerate(reader.records())
            if row in wanted
        ]


def _face(record: Record) -> DetectedFace:
    if record.landmarks is None or record.box is None:
        raise ValueError("there is no face in this picture")
    one, two, three, four, five = record.landmarks
    return DetectedFace(record.box, record.score, (one, two, three, four, five))


def _check_bound(before: Sequence[NDArray[np.uint8]], after: Sequence[NDArray[np.uint8]], level: int) -> None:
    for one, other in zip(before, after, strict=True):
        if one.shape != other.shape or np.abs(one.astype(np.int16) - other).max() > level:
            raise ValueError(f"the attack went beyond {level} levels")


def _product_attack() -> AttackFn:
    from core.models.attack.optimiser import attack_faces  # TensorFlow

    return attack_faces
