"""Optimise a picture by gradient steps until a recogniser takes it for a given person.

Each step evaluates the very 8-bit pixels that would be posted now, rendered as the product renders them, and follows
the gradient of the loss back to them; see docs/decisions/015-fooling.md.
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
from core.vision.gradients.viewpoints import (
    Viewpoint,
    enclosing_region,
    jittered_face,
    jittered_viewpoint,
    viewpoint_of,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.faces import DetectedFace
    from core.models.attack.differentiable_heads import DifferentiableHead, HeadGradients

FindFace = Callable[["NDArray[np.uint8]"], "DetectedFace | None"]

SIDE = 336  # of a picture that starts as noise: large enough to see, and six pixels to one that `modern` is shown
_INITIAL, _STEP = range(2)  # streams of random numbers
# The target's probability at which an optimisation ends. A face is named from 0.8 on; bounded or robust pictures
# end earlier, since the last thousandths cost most of the steps.
_ENOUGH, _ENOUGH_BOUNDED, _ENOUGH_ROBUST = 0.9995, 0.98, 0.95
_CONSECUTIVE = 5
_DETECT_INTERVAL = 10  # steps between detections of the face, whose landmarks change with the picture
_JITTER = 0.01  # standard deviation, of the box' side
_JITTERED_VIEWPOINTS = 2  # of a dream, beside the product's own: each costs as much as that one
_COMPRESSED_VIEWPOINTS = 2  # of a robust picture, ...
_QUALITIES = 70, 95  # ... with JPEG qualities of chats and cameras
_BATCH_FIRST_STEP = 0.5  # of the bound: 20 steps fool 98 of 100 faces so, and 96 from a quarter on


class StepResult(NamedTuple):
    """The picture's loss in nats and the target's probability in [0, 1], as the product renders it."""

    loss: float
    probability: float


class InputOptimiser:
    """The optimisation of one picture.

    Args:
        head: the recogniser.
        target: a class of it.
        request: mode, number of steps, bound and seed.
        start: the photo (H, W, 3) of `fool`; None: noise is drawn.
        face: the face of the photo that is changed.
        so_far: an earlier picture of the same size, to continue from.
        find_face: detects that face in the changed picture; returns None where it is lost.
    """

    def __init__(  # noqa: PLR0917 - one factory calls it
        self,
        head: DifferentiableHead,
        target: int,
        request: OptimizeRequest,
        start: NDArray[np.uint8] | None,
        face: DetectedFace | None,
        so_far: NDArray[np.uint8] | None,
        find_face: FindFace,
    ) -> None:
        self._head = head
        self._target = target
        self._request = request
        self._face = face
        self._find_face = find_face
        self._parameterisation = _parameterisation(request, start, so_far, head.view_specs[0].view.size)
        # An embedding head has no closed-set answer of its own; a CNN's embedding head takes no noise for a face.
        self._closed = request.mode is not OptimizeMode.FOOL and head.closed_view_specs != head.view_specs
        self._view_specs = head.closed_view_specs if self._closed else head.view_specs
        self.step, self.steps = 0, request.all_steps
        self.settled = False
        self._consecutive = 0
        self._has_best = False
        self._best: tuple[float, NDArray[np.uint8]] = (np.inf, self._parameterisation.picture.copy())

    @property
    def picture(self) -> NDArray[np.uint8]:
        """The best picture so far (H, W, 3); the current one until the face was first detected in it."""
        return self._best[1] if self._has_best else self._parameterisation.picture.copy()

    def advance(self) -> StepResult:
        """Take one step, unless all are done or the picture is good enough; return where it stands."""
        if not self.settled and self.step < self.steps:
            measurement = self._measurement
            self._parameterisation.update(measurement.gradient, measurement.region, 1 - self.step / self.steps)
            self.step += 1
            self._measurement = self._measure()
            self._keep_best()
        return self._measurement.result

    @cached_property
    def _measurement(self) -> Measurement:
        """The current picture's measurement; made with the first step."""
        return self._measure()

    def _measure(self) -> Measurement:
        """Measure the current picture."""
        picture = self._parameterisation.picture
        return measure(self._head, picture, self._viewpoints(picture.shape[:2]), self._target, closed=self._closed)

    def _viewpoints(self, shape: tuple[int, int]) -> list[Viewpoint]:
        """The product's viewpoint first, then others, so that the picture does not work in that one alone."""
        random = augment.generator(self._request.seed, _STEP, self.step)
        viewpoints = [viewpoint_of(shape, self._view_specs, self._face)]
        if self._face is not None:
            viewpoints.append(viewpoint_of(shape, self._view_specs, self._jittered(random)))
        if self._request.mode is OptimizeMode.DREAM:
            viewpoints += [jittered_viewpoint(shape, self._view_specs, random) for _ in range(_JITTERED_VIEWPOINTS)]
        if self._request.robust:
            qualities = random.integers(*_QUALITIES, _COMPRESSED_VIEWPOINTS, endpoint=True).tolist()
            viewpoints += [
                viewpoint_of(shape, self._view_specs, self._jittered(random), quality) for quality in qualities
            ]
        return viewpoints

    def _jittered(self, random: np.random.Generator) -> DetectedFace | None:
        return None if self._face is None else jittered_face(self._face, _JITTER, random)

    def _keep_best(self) -> None:
        """Keep the picture if it is the best, and end if it is good enough."""
        if self._face is not None and not self._is_detection_due():
            return
        self._has_best = True
        if self._face is not None and not self._detect_face():
            return
        measurement = self._measurement
        if measurement.worst <= self._best[0] or self._request.mode is OptimizeMode.DREAM:
            self._best = measurement.worst, self._parameterisation.picture.copy()
        if math.exp(-measurement.worst) < self._enough:
            self._consecutive = 0
            return
        # A robust picture must be good enough several times, each after another compression.
        self._consecutive += 1
        required = _CONSECUTIVE if self._request.robust else 1
        self.settled = self._consecutive >= required and self._request.mode is not OptimizeMode.DREAM

    def _is_detection_due(self) -> bool:
        """Whether to detect the face again."""
        if self.step % _DETECT_INTERVAL == 0 or self.step == self.steps:
            return True
        return math.exp(-self._measurement.worst) >= self._enough

    def _detect_face(self) -> bool:
        """Detect the face again and measure the picture there; return whether there still is one."""
        face = self._find_face(self._parameterisation.picture)
        if face is not None and face != self._face:
            self._face = face
            self._measurement = self._measure()
        return face is not None

    @property
    def _enough(self) -> float:
        if self._request.robust:
            return _ENOUGH_ROBUST
        return _ENOUGH_BOUNDED if self._request.mode is OptimizeMode.FOOL else _ENOUGH


class Measurement(NamedTuple):
    """A picture's loss and gradient over several viewpoints.

    `worst`: the largest loss of all viewpoints. `gradient` (H, W, 3): zero beyond `region`.
    """

    result: StepResult
    worst: float
    gradient: NDArray[np.float32]
    region: tuple[slice, slice]


def measure(
    head: DifferentiableHead, picture: NDArray[np.uint8], viewpoints: Sequence[Viewpoint], target: int, *, closed: bool
) -> Measurement:
    """Measure a picture from several viewpoints, the product's first; the gradient is of the summed loss."""
    rendered = [viewpoint.render(picture) for viewpoint in viewpoints]
    faces = [np.stack(views) for views in zip(*rendered, strict=True)]
    head_gradients = head.loss_gradients(faces, np.full(len(viewpoints), target), closed=closed)
    gradient = np.zeros(picture.shape, np.float32)
    for row, viewpoint in enumerate(viewpoints):
        viewpoint.add_backward(_row(head_gradients, row, len(faces)), gradient)
    result = StepResult(float(head_gradients.losses[0]), float(head_gradients.probabilities[0, target]))
    return Measurement(
        result,
        float(head_gradients.losses.max()),
        gradient,
        enclosing_region([viewpoint.region for viewpoint in viewpoints]),
    )


def attack_faces(
    head: DifferentiableHead,
    pictures: Sequence[NDArray[np.uint8]],
    faces: Sequence[DetectedFace | None],
    targets: NDArray[np.intp],
    *,
    epsilon: int,
    steps: int,
) -> list[NDArray[np.uint8]]:
    """Attack many faces at once, each within `epsilon` levels; landmarks are not detected again.

    Args:
        head: the recogniser.
        pictures: (H, W, 3) each.
        faces: one in each; None: the picture is a face.
        targets: (N,) classes.
        epsilon: the bound, in levels.
        steps: the largest number of steps.

    Returns:
        The best picture of each.
    """
    viewpoints = [
        viewpoint_of(picture.shape[:2], head.view_specs, face) for picture, face in zip(pictures, faces, strict=True)
    ]
    parameterisations = [BoundedPixels(picture, epsilon, first_step=_BATCH_FIRST_STEP) for picture in pictures]
    best = [(np.inf, picture) for picture in pictures]
    active = list(range(len(pictures)))
    for step in range(steps + 1):
        if not active:
            break
        rendered = [viewpoints[row].render(parameterisations[row].picture) for row in active]
        head_gradients = head.loss_gradients(
            [np.stack(views) for views in zip(*rendered, strict=True)], targets[active], closed=False
        )
        for index, row in enumerate(active):
            if head_gradients.losses[index] < best[row][0]:
                best[row] = float(head_gradients.losses[index]), parameterisations[row].picture.copy()
            gradient = np.zeros(pictures[row].shape, np.float32)
            viewpoints[row].add_backward(_row(head_gradients, index, len(head.view_specs)), gradient)
            parameterisations[row].update(gradient, viewpoints[row].region, 1 - step / (steps + 1))
        active = [row for row in active if best[row][0] > -math.log(_ENOUGH_BOUNDED)]
    return [picture for _, picture in best]


def _row(head_gradients: HeadGradients, row: int, view_specs: int) -> list[NDArray[np.float32] | None]:
    return [None if gradient is None else gradient[row] for gradient in head_gradients.gradients[:view_specs]]


def _parameterisation(
    request: OptimizeRequest, start: NDArray[np.uint8] | None, so_far: NDArray[np.uint8] | None, rendered_size: int
) -> Parameterisation:
    """Make the parameterisation of a mode; `rendered_size`: pixels a side of what the first network is shown."""
    if request.mode is OptimizeMode.FOOL:
        if start is None:
            raise ValueError("fool begins with a photo")
        return BoundedPixels(start, request.epsilon, so_far)
    random = augment.generator(request.seed, _INITIAL, 0)
    if request.mode is OptimizeMode.DREAM:
        return FourierImage(SIDE, random, so_far, max_frequency=rendered_size / SIDE / 2)
    return FreePixels(random.integers(0, 256, (SIDE, SIDE, 3), np.uint8) if so_far is None else so_far)
