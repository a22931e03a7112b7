"""Changes a picture until a recogniser takes it for somebody, a step at a time.

Each step looks at the very pixels that would be posted now, as the product looks at them, and follows the slope of the
answer back to them; see docs/decisions/015-fooling.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from core.domain.optimisation import OptimizeMode, OptimizeRequest
from core.models.attack.fourier import FourierImage
from core.models.attack.parameterisations import BoundedPixels, FreePixels, Parameterisation
from core.models.common import augment
from core.vision.gradients.viewpoints import Viewpoint, jittered_face, jittered_viewpoint, viewpoint_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.faces import DetectedFace
    from core.models.attack.differentiable_heads import DifferentiableHead, HeadGradients

FindFace = Callable[["NDArray[np.uint8]"], "DetectedFace | None"]

SIDE = 336  # of a picture that begins with noise: large enough to be looked at, and six pixels to one of `modern`
_BEGIN, _STEP = range(2)  # streams of random numbers
# The chance from which on there is nothing more to gain. A name is said from 0.8 on; what is bounded, or must bear
# compression, is content with less, since the last thousandths cost most of the steps.
_ENOUGH, _ENOUGH_BOUNDED, _ENOUGH_ROBUST = 0.9995, 0.98, 0.95
_IN_A_ROW = 5
_LOOK_AGAIN = 10  # steps after which the face is found again: what a detector says of it changes with the picture
_SHAKEN = 0.01  # of the box' side
_MOVED = 2  # sights more of a dream: each costs as much as the product's own
_COMPRESSED = 2  # sights more of a robust picture, ...
_QUALITIES = 70, 95  # ... compressed as chats and cameras do
_FIRST_OF_MANY = 0.5  # of the bound: of 100 faces 20 steps fool 98 so and 96 from a quarter on; nobody looks at them


class StepResult(NamedTuple):
    """What the recogniser says of the picture as it is: the loss in nats and the target's chance, [0, 1]."""

    loss: float
    chance: float


class InputOptimiser:
    """One picture.

    Args:
        fooled: the recogniser.
        target: a class of it.
        request: how; the number of steps, the bound, the seed.
        start: the photo (H, W, 3) of `fool`; None: noise is drawn.
        face: of the photo, the one that is meant.
        so_far: an earlier picture of the same size, to go on from.
        find_face: that face in a picture which has changed a little; None: it is not to be seen any more.
    """

    def __init__(  # noqa: PLR0917 - all of it is one beginning
        self,
        fooled: DifferentiableHead,
        target: int,
        request: OptimizeRequest,
        start: NDArray[np.uint8] | None,
        face: DetectedFace | None,
        so_far: NDArray[np.uint8] | None,
        find_face: FindFace,
    ) -> None:
        self._fooled = fooled
        self._target = target
        self._request = request
        self._face = face
        self._find_face = find_face
        self._canvas = _canvas(request, start, so_far, fooled.looks[0].view.size)
        # An embedding head has no closed answer of its own; a CNN's gate takes no noise for a face.
        self._closed = request.mode is not OptimizeMode.FOOL and len(fooled.looks) > 1
        self._looks = fooled.looks[:1] if self._closed else fooled.looks
        self.step, self.steps = 0, request.all_steps
        self.settled = False
        self._in_a_row = 0
        self._is_judged = False
        self._best: tuple[float, NDArray[np.uint8]] = (np.inf, self._canvas.picture.copy())

    @property
    def picture(self) -> NDArray[np.uint8]:
        """(H, W, 3), the best so far; as it is, until the face was looked for in it once."""
        return self._best[1] if self._is_judged else self._canvas.picture.copy()

    def advance(self) -> StepResult:
        """One step; at the end, and once there is nothing more to gain, none."""
        if not self.settled and self.step < self.steps:
            measured = self._measured
            self._canvas.move(measured.slope, measured.region, 1 - self.step / self.steps)
            self.step += 1
            self._measured = self._measure()
            self._judge()
        return self._measured.reached

    @cached_property
    def _measured(self) -> _Measured:
        """What is said of the picture as it is; first asked for with the first step."""
        return self._measure()

    def _measure(self) -> _Measured:
        """What is said of the picture as it is, and which way is down."""
        picture = self._canvas.picture
        return measure(self._fooled, picture, self._sights(picture.shape[:2]), self._target, closed=self._closed)

    def _sights(self, shape: tuple[int, int]) -> list[Viewpoint]:
        """The product's first, then those that keep the picture from working in that one alone."""
        random = augment.generator(self._request.seed, _STEP, self.step)
        sights = [viewpoint_of(shape, self._looks, self._face)]
        if self._face is not None:
            sights.append(viewpoint_of(shape, self._looks, self._shaken(random)))
        if self._request.mode is OptimizeMode.DREAM:
            sights += [jittered_viewpoint(shape, self._looks, random) for _ in range(_MOVED)]
        if self._request.robust:
            qualities = random.integers(*_QUALITIES, _COMPRESSED, endpoint=True).tolist()
            sights += [viewpoint_of(shape, self._looks, self._shaken(random), quality) for quality in qualities]
        return sights

    def _shaken(self, random: np.random.Generator) -> DetectedFace | None:
        return None if self._face is None else jittered_face(self._face, _SHAKEN, random)

    def _judge(self) -> None:
        """Keep the picture if it is the best, and see whether it is good enough."""
        if self._face is not None and not self._is_due():
            return
        self._is_judged = True
        if self._face is not None and not self._is_seen():
            return
        measured = self._measured
        if measured.worst <= self._best[0] or self._request.mode is OptimizeMode.DREAM:
            self._best = measured.worst, self._canvas.picture.copy()
        if math.exp(-measured.worst) < self._enough:
            self._in_a_row = 0
            return
        # Each time after another compression, so that a picture that was lucky once does not end it.
        self._in_a_row += 1
        wanted = _IN_A_ROW if self._request.robust else 1
        self.settled = self._in_a_row >= wanted and self._request.mode is not OptimizeMode.DREAM

    def _is_due(self) -> bool:
        """Whether to look for the face again."""
        if self.step % _LOOK_AGAIN == 0 or self.step == self.steps:
            return True
        return math.exp(-self._measured.worst) >= self._enough

    def _is_seen(self) -> bool:
        """Whether the detector still finds the face; what is measured is then of where it finds it."""
        found = self._find_face(self._canvas.picture)
        if found is not None and found != self._face:
            self._face = found
            self._measured = self._measure()
        return found is not None

    @property
    def _enough(self) -> float:
        if self._request.robust:
            return _ENOUGH_ROBUST
        return _ENOUGH_BOUNDED if self._request.mode is OptimizeMode.FOOL else _ENOUGH


class _Measured(NamedTuple):
    """`worst` is the largest loss of all sights; `slope` (H, W, 3) is zero beyond `region`."""

    reached: StepResult
    worst: float
    slope: NDArray[np.float32]
    region: tuple[slice, slice]


def measure(
    fooled: DifferentiableHead, picture: NDArray[np.uint8], sights: Sequence[Viewpoint], target: int, *, closed: bool
) -> _Measured:
    """What is said of a picture that is looked at in several ways, the product's first, and the mean loss' slope."""
    rendered = [sight.render(picture) for sight in sights]
    faces = [np.stack(look) for look in zip(*rendered, strict=True)]
    slopes = fooled.slopes(faces, np.full(len(sights), target), closed=closed)
    slope = np.zeros(picture.shape, np.float32)
    for row, sight in enumerate(sights):
        sight.add_back(_row(slopes, row, len(faces)), slope)
    reached = StepResult(float(slopes.losses[0]), float(slopes.chances[0, target]))
    return _Measured(reached, float(slopes.losses.max()), slope, _joined([one.region for one in sights]))


def attack_faces(
    fooled: DifferentiableHead,
    pictures: Sequence[NDArray[np.uint8]],
    faces: Sequence[DetectedFace | None],
    targets: NDArray[np.intp],
    *,
    epsilon: int,
    steps: int,
) -> list[NDArray[np.uint8]]:
    """Many at once, each within `epsilon` levels, with the landmarks that they have.

    Args:
        fooled: the recogniser.
        pictures: (H, W, 3) each.
        faces: in them; None: the picture is one.
        targets: (N,) classes.
        epsilon: levels.
        steps: at most.
    """
    sights = [viewpoint_of(one.shape[:2], fooled.looks, face) for one, face in zip(pictures, faces, strict=True)]
    canvases = [BoundedPixels(one, epsilon, first=_FIRST_OF_MANY) for one in pictures]
    best = [(np.inf, one) for one in pictures]
    active = list(range(len(pictures)))
    for step in range(steps + 1):
        if not active:
            break
        rendered = [sights[row].render(canvases[row].picture) for row in active]
        slopes = fooled.slopes([np.stack(look) for look in zip(*rendered, strict=True)], targets[active], closed=False)
        for place, row in enumerate(active):
            if slopes.losses[place] < best[row][0]:
                best[row] = float(slopes.losses[place]), canvases[row].picture.copy()
            slope = np.zeros(pictures[row].shape, np.float32)
            sights[row].add_back(_row(slopes, place, len(fooled.looks)), slope)
            canvases[row].move(slope, sights[row].region, 1 - step / (steps + 1))
        active = [row for row in active if best[row][0] > -math.log(_ENOUGH_BOUNDED)]
    return [picture for _, picture in best]


def _row(slopes: HeadGradients, row: int, looks: int) -> list[NDArray[np.float32] | None]:
    return [None if one is None else one[row] for one in slopes.gradients[:looks]]


def _joined(regions: Sequence[tuple[slice, slice]]) -> tuple[slice, slice]:
    rows, columns = (
        slice(min(one.start for one in ones), max(one.stop for one in ones)) for ones in zip(*regions, strict=True)
    )
    return rows, columns


def _canvas(
    request: OptimizeRequest, start: NDArray[np.uint8] | None, so_far: NDArray[np.uint8] | None, shown: int
) -> Parameterisation:
    """`shown`: pixels a side of what the picture is made into for the network."""
    if request.mode is OptimizeMode.FOOL:
        if start is None:
            raise ValueError("fool begins with a photo")
        return BoundedPixels(start, request.epsilon, so_far)
    random = augment.generator(request.seed, _BEGIN, 0)
    if request.mode is OptimizeMode.DREAM:
        return FourierImage(SIDE, random, so_far, finest=shown / SIDE / 2)
    return FreePixels(random.integers(0, 256, (SIDE, SIDE, 3), np.uint8) if so_far is None else so_far)
