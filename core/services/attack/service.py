"""The optimise service: make a picture that a recogniser takes for a person, and evaluate the bytes that are posted."""

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
from core.services.attack.networks import attacked_networks
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
class _OptimisationOutcome:
    """The outcome of an optimisation."""

    picture: Picture
    curve: Curve
    seconds: float
    stopped: bool


class OptimizeService:
    """Runs `/optimize` jobs, one at a time; `clock`: seconds."""

    def __init__(self, dependencies: AttackDependencies, clock: Callable[[], float] = time.monotonic) -> None:
        self._dependencies = dependencies
        self._clock = clock

    def answer(
        self,
        job: Job,
        report_progress: ReportProgress,
        cancelled: Callable[[], bool],
        is_stop: Callable[[], bool] = lambda: False,
    ) -> OptimizeResult:
        """Answer a job; stages are reading, optimising (with an OptimizeStep now and then), judging, drawing.

        Args:
            job: of kind OPTIMIZE.
            report_progress: to the job's message.
            cancelled: whether the job is to end.
            is_stop: asked when it is: whether a member wants the picture as it is.

        Raises:
            OmokageError: NOT_TRAINED, UNKNOWN_VERSION, BAD_WEIGHTS, UNKNOWN_TARGET, SAME_PERSON, NO_FACE, BAD_OPTION,
                PHOTO_GONE and what else may be wrong with a photo.
            JobCancelledError: the job was to end before the first step, or without a picture.
        """
        request = OptimizeRequest.from_json(job.params)
        with JobCallback(self._dependencies.blobs, report_progress, cancelled, is_stop, self._clock) as callback:
            return self.optimise(request, job.origin.guild_id, callback)

    def optimise(
        self, request: OptimizeRequest, guild_id: int, callback: OptimisationCallback | None = None
    ) -> OptimizeResult:
        """Run a request without a job, for the CLI; photos are blobs here, too."""
        callback = callback or OptimisationCallback()
        callback.on_stage("reading", 0.0)
        task = resolve_task(self._dependencies, request, guild_id)
        try:
            start, attack = prepare_attack(self._dependencies, task)
        except FaceChoiceNeededError as unclear:
            return _result(task, choice=unclear.choice)
        before = self._predict(task, start.evaluated)
        if request.start is not None and before.named == task.target.name:
            raise OmokageError(ErrorCode.SAME_PERSON, target=task.target.name)
        callback.on_begin(attack, start.picture if request.start else None)
        outcome = self._run(attack, callback)
        callback.on_stage("judging", 0.9)
        return self._evaluate(task, start, before, outcome, callback)

    def close(self) -> None:
        """End the photo reader's process; the next photo starts another."""
        self._dependencies.evaluator.close()

    def _run(self, attack: Optimiser, callback: OptimisationCallback) -> _OptimisationOutcome:
        """Take steps until all are done, the picture is good enough, or the callback stops it."""
        curve: list[tuple[int, float, float]] = []
        began, stopped = self._clock(), False
        while len(curve) < attack.steps and not attack.settled and not stopped:
            stopped = callback.should_stop()
            if not stopped:
                curve.append(_take_step(attack))
                callback.on_step(curve)
        if stopped and not curve:
            raise JobCancelledError
        return _OptimisationOutcome(attack.picture, curve, self._clock() - began, stopped)

    def _evaluate(
        self,
        task: AttackTask,
        start: StartPicture,
        before: Prediction,
        outcome: _OptimisationOutcome,
        callback: OptimisationCallback,
    ) -> OptimizeResult:
        blobs, evaluator = self._dependencies.blobs, self._dependencies.evaluator
        file = encode_png(outcome.picture)
        evaluated = evaluator.read(file, start.select_face)
        after = self._predict(task, evaluated)
        jpeg = self._predict(task, evaluator.read(compress_jpeg(outcome.picture), start.select_face))
        transfer = self._transfer(task, start.evaluated, evaluated)
        callback.on_stage("drawing", 0.95)
        sheet = render_sheet(start.picture, outcome.picture, outcome.curve, (before.target, after.target))
        return _result(
            task,
            picture=blobs.put(file),
            sheet=blobs.put(sheet),
            before=before,
            after=after,
            jpeg=jpeg,
            norms=norms(outcome.picture, start.picture),
            transfer=transfer,
            steps=len(outcome.curve),
            seconds=round(outcome.seconds, 3),
            stopped=outcome.stopped,
            curve=thin_curve(outcome.curve),
        )

    def _predict(self, task: AttackTask, evaluated: EvaluatedPicture, head: Any = None) -> Prediction:
        return self._dependencies.evaluator.predict(
            evaluated, head or task.head, task.target.person_id, task.version.guild_id
        )

    def _transfer(self, task: AttackTask, before: EvaluatedPicture, after: EvaluatedPicture) -> tuple[Transfer, ...]:
        asked = comparison_heads(
            self._dependencies.registry, self._dependencies.heads, task.version, task.head, task.target.person_id
        )
        return tuple(
            Transfer(name, self._predict(task, before, head), self._predict(task, after, head)) for name, head in asked
        )


def _take_step(attack: Optimiser) -> tuple[int, float, float]:
    """Take one step; return its point of the curve."""
    outcome = attack.advance()
    if math.isnan(outcome.loss):
        raise OmokageError(ErrorCode.BAD_WEIGHTS)
    # A person without a picture in the training has an infinite loss, which JSON cannot hold.
    return attack.step, min(float(outcome.loss), _LARGEST_LOSS), float(outcome.probability)


def _result(task: AttackTask, **fields: Any) -> OptimizeResult:
    mode, version = task.request.mode, task.version
    networks = attacked_networks(task.head, mode)
    return OptimizeResult(mode, task.target.name, version.label, version.id, networks=networks, **fields)
