"""Who looks on while a picture is optimised: nobody, a terminal, or the members of a chat."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, TypeAlias

from core.domain.jobs import JSON, JobCancelledError
from core.domain.optimisation import OptimizeStep
from core.render.optimised import render_progress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.storage.blobs import Blobs

Curve: TypeAlias = Sequence[tuple[int, float, float]]  # step, loss, the target's probability
PREVIEW_INTERVAL_S = 3.0  # pictures: the bot edits its message no more often, and drawing one takes a tenth of a second
# Two thousand steps take a minute or two. Where a host is so busy that they take longer, others wait for it, too, and
# whoever asked can go on with what there is.
MAX_DURATION_S = 300.0
_KEPT = 2  # pictures: the bot may still be fetching the one before
_LONGEST_CURVE = 100  # points that are kept of it: more than a small chart shows
_BEGIN, _END = 0.1, 0.9  # of the whole job, in which the steps are


class StepResult(Protocol):
    """Where a step came to."""

    @property
    def loss(self) -> float:
        """What is made small."""

    @property
    def probability(self) -> float:
        """The target's, [0, 1]."""


class Optimiser(Protocol):
    """As much of core.models.attack.optimiser as is needed here."""

    @property
    def step(self) -> int:
        """How many are done."""

    @property
    def steps(self) -> int:
        """How many there are to be."""

    @property
    def picture(self) -> NDArray[np.uint8]:
        """(H, W, 3) RGB, the best so far."""

    @property
    def settled(self) -> bool:
        """Nothing more is to be gained."""

    def advance(self) -> StepResult:
        """One step."""


class ReportProgress(Protocol):
    """Says how far a job is."""

    def __call__(self, stage: str, fraction: float, detail: Mapping[str, JSON] | None = None, /) -> None:
        """A word, [0, 1], and what else there is to say."""


class OptimisationCallback:
    """Looks on, and does not mind; others override what they care about."""

    def stage(self, name: str, fraction: float) -> None:
        """What happens now, and how much of all of it is done, [0, 1]."""

    def begin(self, attack: Optimiser, start: NDArray[np.uint8] | None) -> None:
        """The steps begin; from a photo, if there is one."""

    def step(self, curve: Curve) -> None:
        """A step is done; all of them so far."""

    def stops(self) -> bool:
        """Whether what there is is enough. Raises JobCancelledError where it is not, but it ends all the same."""
        return False


class JobCallback(OptimisationCallback):
    """Tells a chat, with a picture now and then, which is removed in the end.

    Args:
        blobs: where pictures go.
        tell: how far it is.
        cancelled: whether the job is to end.
        is_stop: asked when it is: whether somebody wants what there is.
        clock: seconds.
    """

    def __init__(
        self,
        blobs: Blobs,
        tell: ReportProgress,
        cancelled: Callable[[], bool],
        is_stop: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._blobs = blobs
        self._tell = tell
        self._cancelled = cancelled
        self._is_stop = is_stop
        self._clock = clock
        self._attack: Optimiser | None = None
        self._start: NDArray[np.uint8] | None = None
        self._next = self._last = float("inf")
        self._shown: deque[str] = deque()

    def __enter__(self) -> JobCallback:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._forget(0)

    def stage(self, name: str, fraction: float) -> None:
        """Tell it, unless the job ends."""
        self.stops()
        self._tell(name, fraction)

    def begin(self, attack: Optimiser, start: NDArray[np.uint8] | None) -> None:
        """The first picture comes with the first step that takes long enough."""
        self._attack, self._start = attack, start
        now = self._clock()
        self._next = now + PREVIEW_INTERVAL_S / 2  # a message without a picture is not much to look at
        self._last = now + MAX_DURATION_S
        self._tell("optimising", _BEGIN, OptimizeStep(0, attack.steps, 0.0, 0.0).to_json())

    def step(self, curve: Curve) -> None:
        """Every few seconds, show it."""
        if self._attack is None or self._clock() < self._next:
            return
        self._next = self._clock() + PREVIEW_INTERVAL_S
        shown = self._blobs.put(render_progress(self._attack.picture, self._start, curve, self._attack.steps))
        step, loss, probability = curve[-1]
        said = OptimizeStep(step, self._attack.steps, loss, probability, shown)
        self._tell("optimising", _BEGIN + (_END - _BEGIN) * step / self._attack.steps, said.to_json())
        self._shown.append(shown)
        self._forget(_KEPT)

    def stops(self) -> bool:
        """Somebody wants what there is, or it takes too long.

        Raises:
            JobCancelledError: the worker ends, or the job is lost.
        """
        if not self._cancelled():
            return self._clock() >= self._last
        if not self._is_stop():
            raise JobCancelledError
        return True

    def _forget(self, kept: int) -> None:
        """Remove all pictures but the last; two may be alike, and then they are one blob."""
        while len(self._shown) > kept:
            old = self._shown.popleft()
            if old not in self._shown:
                self._blobs.delete(old)


def thin_curve(curve: Curve, most: int = _LONGEST_CURVE) -> tuple[tuple[int, float, float], ...]:
    """As many of the points, evenly, with the first and the last one; rounded, for a row of a database."""
    count = len(curve)
    places = range(count) if count <= most else [round(at * (count - 1) / (most - 1)) for at in range(most)]
    return tuple((curve[at][0], round(curve[at][1], 4), round(curve[at][2], 6)) for at in places)
