"""Pictures that a recogniser takes for somebody: made, judged by the very bytes that are posted, and shown."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import Job, JobCancelledError
from core.domain.optimisation import OptimizeRequest, OptimizeResult, Prediction, Transfer
from core.render.optimised import render_sheet
from core.services.attack.callbacks import JobCallback, OptimisationCallback, thin_curve
from core.services.attack.images import encode_png, norms
from core.services.attack.setup import AttackDependencies, AttackTask, StartPicture, prepare_attack, resolve_task
from core.services.attack.transferability import comparison_heads
from core.services.generation.latents import FaceChoiceNeededError
from core.vision.gradients.jpeg import compress_jpeg

if TYPE_CHECKING:
    from core.services.attack.callbacks import Curve, Optimiser, ReportProgress
    from core.services.attack.rechecking import EvaluatedPicture
    from core.services.attack.setup import Picture

_LARGEST_LOSS = 1000.0  # nats


@dataclass(frozen=True, slots=True)
class _Reached:
    """What an optimisation came to."""

    picture: Picture
    curve: Curve
    seconds: float
    stopped: bool


class OptimizeService:
    """Answers `/optimize`, a job at a time; `clock`: seconds."""

    def __init__(self, parts: AttackDependencies, clock: Callable[[], float] = time.monotonic) -> None:
        self._parts = parts
        self._clock = clock

    def answer(
        self, job: Job, tell: ReportProgress, cancelled: Callable[[], bool], is_stop: Callable[[], bool] = lambda: False
    ) -> OptimizeResult:
        """Answer a job; stages are reading, optimising (with an OptimizeStep now and then), judging, drawing.

        Args:
            job: of kind OPTIMIZE.
            tell: how far it is.
            cancelled: whether it is to end.
            is_stop: asked when it is: whether somebody wants the picture as it is by now.

        Raises:
            OmokageError: NOT_TRAINED, UNKNOWN_VERSION, BAD_WEIGHTS, UNKNOWN_TARGET, SAME_PERSON, NO_FACE, BAD_OPTION,
                PHOTO_GONE and what else may be wrong with a photo.
            JobCancelledError: it was to end, before the first step or not because somebody wants the picture.
        """
        request = OptimizeRequest.from_json(job.params)
        with JobCallback(self._parts.blobs, tell, cancelled, is_stop, self._clock) as callback:
            return self.optimise(request, job.origin.guild_id, callback)

    def optimise(
        self, request: OptimizeRequest, guild_id: int, callback: OptimisationCallback | None = None
    ) -> OptimizeResult:
        """The same without a job, for the CLI; photos are blobs here, too."""
        callback = callback or OptimisationCallback()
        callback.on_stage("reading", 0.0)
        case = resolve_task(self._parts, request, guild_id)
        try:
            start, attack = prepare_attack(self._parts, case)
        except FaceChoiceNeededError as unclear:
            return _answer(case, choice=unclear.choice)
        before = self._verdict(case, start.evaluated)
        if request.start is not None and before.named == case.target.name:
            raise OmokageError(ErrorCode.SAME_PERSON, target=case.target.name)
        callback.on_begin(attack, start.picture if request.start else None)
        reached = self._run(attack, callback)
        callback.on_stage("judging", 0.9)
        return self._judged(case, start, before, reached, callback)

    def close(self) -> None:
        """End the photo reader's process; the next photo starts another."""
        self._parts.evaluator.close()

    def _run(self, attack: Optimiser, callback: OptimisationCallback) -> _Reached:
        """Step by step, until all are done, nothing more is to be gained, or it is to stop."""
        curve: list[tuple[int, float, float]] = []
        began, stopped = self._clock(), False
        while len(curve) < attack.steps and not attack.settled and not stopped:
            stopped = callback.should_stop()
            if not stopped:
                curve.append(_point(attack))
                callback.on_step(curve)
        if stopped and not curve:
            raise JobCancelledError
        return _Reached(attack.picture, curve, self._clock() - began, stopped)

    def _judged(
        self,
        case: AttackTask,
        start: StartPicture,
        before: Prediction,
        reached: _Reached,
        callback: OptimisationCallback,
    ) -> OptimizeResult:
        blobs, evaluator = self._parts.blobs, self._parts.evaluator
        file = encode_png(reached.picture)
        evaluated = evaluator.read(file, start.select_face)
        after = self._verdict(case, evaluated)
        jpeg = self._verdict(case, evaluator.read(compress_jpeg(reached.picture), start.select_face))
        transfer = self._transfer(case, start.evaluated, evaluated)
        callback.on_stage("drawing", 0.95)
        sheet = render_sheet(start.picture, reached.picture, reached.curve, (before.target, after.target))
        return _answer(
            case,
            picture=blobs.put(file),
            sheet=blobs.put(sheet),
            before=before,
            after=after,
            jpeg=jpeg,
            norms=norms(reached.picture, start.picture),
            transfer=transfer,
            steps=len(reached.curve),
            seconds=round(reached.seconds, 3),
            stopped=reached.stopped,
            curve=thin_curve(reached.curve),
        )

    def _verdict(self, case: AttackTask, evaluated: EvaluatedPicture, head: Any = None) -> Prediction:
        return self._parts.evaluator.predict(evaluated, head or case.head, case.target.person_id, case.version.guild_id)

    def _transfer(self, case: AttackTask, before: EvaluatedPicture, after: EvaluatedPicture) -> tuple[Transfer, ...]:
        asked = comparison_heads(
            self._parts.registry, self._parts.heads, case.version, case.head, case.target.person_id
        )
        return tuple(
            Transfer(name, self._verdict(case, before, head), self._verdict(case, after, head)) for name, head in asked
        )


def _point(attack: Optimiser) -> tuple[int, float, float]:
    """One step, and where it came to."""
    reached = attack.advance()
    if math.isnan(reached.loss):
        raise OmokageError(ErrorCode.BAD_WEIGHTS)
    # Somebody of whom the recogniser has no picture is infinitely unlikely, and JSON knows no such number.
    return attack.step, min(float(reached.loss), _LARGEST_LOSS), float(reached.probability)


def _answer(case: AttackTask, **said: Any) -> OptimizeResult:
    return OptimizeResult(case.request.mode, case.target.name, case.version.label, case.version.id, **said)
