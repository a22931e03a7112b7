"""Handlers: for each kind of job the call into core."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol, TypeAlias

from core.bootstrap import (
    Services,
    build_ageing,
    build_chat_exporter,
    build_checker,
    build_classifier,
    build_drawing,
    build_evaluator,
    build_explainer,
    build_forgetting_worker,
    build_learner,
    build_optimizer,
    build_reembedder,
    build_retrainer,
    build_sheet_drawer,
    build_teaching,
    build_training,
)
from core.domain.jobs import JSON, Job, JobCancelledError, JobKind, QueueName
from core.domain.people import NewFace
from worker.warm_up import warm_up_later

if TYPE_CHECKING:
    from core.services.attack.service import OptimizeService
    from core.services.labelling.card_drawer import CardDrawer
    from core.services.labelling.collector import Collector
    from core.services.learning.service import LearnService
    from core.services.privacy.finishing import ForgettingWorker
    from core.services.recognition.service import ClassifyService
    from core.services.reembedding.reembedder import Reembedder
    from core.services.retraining.service import RetrainingService
    from core.services.robustness.service import RobustnessService
    from core.services.teaching.service import TeachService
    from core.services.training.cross_validation import EvaluateService
    from core.services.training.segment_runner import Training

Cancelled: TypeAlias = Callable[[], bool]


class Progress(Protocol):
    """Tells the bot how far a job is."""

    def __call__(self, stage: str, fraction: float, detail: Mapping[str, JSON] | None = None, /) -> None:
        """`stage` is a word that the bot has a sentence for, `fraction` 0 to 1; `detail` is the kind's own."""


class Answer(Protocol):
    """What a job has come to."""

    def to_json(self) -> Mapping[str, JSON]:
        """Return what `Job.result` holds."""


class AnswerService(Protocol):
    """Answers one kind of job, or several."""

    def answer(self, job: Job, progress: Progress, cancelled: Cancelled, /) -> Answer:
        """Answer a job; raises OmokageError, and JobCancelledError after `cancelled` returned True."""


@dataclass(frozen=True, slots=True)
class HandlerResult:
    """What JobService.finish writes. `keep`: also where the job was to stop, since what there is is the answer."""

    result: Mapping[str, JSON]
    faces: Sequence[NewFace] = ()
    keep: bool = False


# Raises OmokageError for what the member can mend, JobCancelledError after `cancelled` said so. None: the handler has
# ended the job itself, together with what it wrote; those of silent kinds do.
Handler: TypeAlias = Callable[[Job, Progress, Cancelled], HandlerResult | None]
Handlers: TypeAlias = Mapping[JobKind, Handler]
# One service answers them all.
GENERATOR_KINDS = (JobKind.GENERATE, JobKind.MORPH, JobKind.MIX, JobKind.FILM, JobKind.NEAREST)
LoadHandlers: TypeAlias = Callable[[Services, QueueName], Handlers]


def load_handlers(services: Services, queue: QueueName) -> Handlers:
    """Load and warm up the models of a queue's jobs; seconds, and never before a fork."""
    if queue is QueueName.GPU:
        drawing = build_drawing(services)
        ageing = build_ageing(services)
        warm_up_later((drawing, ageing), services.settings)
        services.retraining.request_all()  # after an update: versions that an earlier Omokage trained
        services.forgetting.request_all()  # what a killed shell has left
        return {
            JobKind.EVALUATE: evaluate_with(build_evaluator(services)),
            JobKind.SNAPSHOT: snapshot_with(services),
            JobKind.CURATE: curate_with(services),
            JobKind.OPTIMIZE: optimize_with(services),
            JobKind.CHECK: check_with(build_checker(services)),
            JobKind.RETRAIN: retrain_with(build_retrainer(services)),
            JobKind.LEARN: learn_with(services),
            JobKind.FORGET: forget_with(build_forgetting_worker(services)),
            JobKind.TRAIN: train_with(build_training(services)),
            JobKind.AGE: answer_with(ageing),
            **dict.fromkeys(GENERATOR_KINDS, answer_with(drawing)),
        }
    classifier = build_classifier(services)
    classifier.warm_up()
    services.reembedding.request_all()  # after an update; each hour the bot asks again
    teaching = build_teaching(services, classifier)
    return {
        JobKind.CLASSIFY: classify_with(classifier),
        JobKind.TEACH: teach_with(teaching.teacher),
        JobKind.COLLECT: collect_with(teaching.collector),
        JobKind.CARD: draw_card_with(teaching.card_drawer),
        JobKind.WHY: answer_with(build_explainer(services, classifier)),
        JobKind.SHEET: answer_with(build_sheet_drawer(services, classifier)),
        JobKind.EXPORT: answer_with(build_chat_exporter(services, classifier)),
        JobKind.REEMBED: reembed_with(build_reembedder(services, classifier)),
    }


def answer_with(service: AnswerService) -> Handler:
    """The handler of kinds whose whole answer is what a service returns."""

    def answer(job: Job, progress: Progress, cancelled: Cancelled) -> HandlerResult:
        return HandlerResult(service.answer(job, progress, cancelled).to_json())

    return answer


def classify_with(classifier: ClassifyService) -> Handler:
    """The handler of classify jobs."""

    def classify(job: Job, progress: Progress, cancelled: Cancelled) -> HandlerResult:
        outcome = classifier.classify(job, progress, cancelled)
        return HandlerResult(outcome.result.to_json(), outcome.faces)

    return classify


def teach_with(teacher: TeachService) -> Handler:
    """The handler of contributed photos."""

    def teach(job: Job, progress: Progress, cancelled: Cancelled) -> HandlerResult:
        outcome = teacher.answer(job, progress, cancelled)
        return HandlerResult(outcome.result.to_json(), outcome.faces)

    return teach


def collect_with(collector: Collector) -> Handler:
    """The handler of collect jobs, which take less than a second."""

    def collect(job: Job, progress: Progress, cancelled: Cancelled) -> HandlerResult:
        return HandlerResult(collector.answer(job))

    return collect


def draw_card_with(drawer: CardDrawer) -> Handler:
    """The handler of card jobs, which take a tenth of a second."""

    def draw_card(job: Job, progress: Progress, cancelled: Cancelled) -> HandlerResult:
        return HandlerResult(drawer.answer(job))

    return draw_card


def reembed_with(reembedder: Reembedder) -> Handler:
    """The handler of reembed jobs, a slice of which is a job's turn."""

    def reembed(job: Job, progress: Progress, cancelled: Cancelled) -> HandlerResult | None:
        answer = reembedder.answer(job, cancelled)
        return None if answer is None else HandlerResult(answer)

    return reembed


def evaluate_with(evaluator: EvaluateService) -> Handler:
    """The handler of evaluate jobs, which take a second: they draw what was measured while training."""

    def evaluate(job: Job, progress: Progress, cancelled: Cancelled) -> HandlerResult:
        progress("drawing", 0.0)
        return HandlerResult(evaluator.answer(job))

    return evaluate


def snapshot_with(services: Services) -> Handler:
    """The handler of snapshot jobs: `dataset_id` of the version that there is afterwards."""

    def snapshot(job: Job, progress: Progress, cancelled: Cancelled) -> HandlerResult:
        from core.services.datasets.from_labels import from_labels  # TensorFlow, and seldom asked for

        def go_on(done: int, total: int) -> None:
            if cancelled():
                raise JobCancelledError
            progress("reading", done / max(1, total))

        dataset = from_labels(
            services.database, services.dataset_storage, job.origin.guild_id, job.origin.member_id, go_on
        )
        return HandlerResult({"dataset_id": dataset.id})

    return snapshot


def learn_with(services: Services) -> Handler:
    """The handler of learn jobs."""

    @cache
    def learner() -> LearnService:
        return build_learner(services)  # TensorFlow, and seldom asked for

    def learn(job: Job, progress: Progress, cancelled: Cancelled) -> HandlerResult:
        return HandlerResult(learner().answer(job, progress, cancelled).to_json())

    return learn


def curate_with(services: Services) -> Handler:
    """The handler of curate jobs."""

    def curate(job: Job, progress: Progress, cancelled: Cancelled) -> HandlerResult:
        from core.services.curation.service import CurateService, JobContext  # TensorFlow, and seldom asked for

        return HandlerResult(CurateService(services.dataset_storage).answer(job, JobContext(progress, cancelled)))

    return curate


def optimize_with(services: Services) -> Handler:
    """The handler of optimize jobs, for which a wish to cancel is one to stop and see what there is."""

    @cache
    def optimizer() -> OptimizeService:
        return build_optimizer(services)

    def optimize(job: Job, progress: Progress, cancelled: Cancelled) -> HandlerResult:
        progress("reading", 0.0)  # the first one takes seconds, for which the networks are loaded
        answer = optimizer().answer(job, progress, cancelled, lambda: services.jobs.get(job.id).cancel_requested)
        return HandlerResult(answer.to_json(), keep=answer.picture is not None)

    return optimize


def check_with(checker: RobustnessService) -> Handler:
    """The handler of checks, a slice of which is a job's turn."""

    def check(job: Job, progress: Progress, cancelled: Cancelled) -> HandlerResult | None:
        answer = checker.answer(job, cancelled)
        return None if answer is None else HandlerResult(answer)

    return check


def retrain_with(retrainer: RetrainingService) -> Handler:
    """The handler of retrainings."""

    def retrain(job: Job, progress: Progress, cancelled: Cancelled) -> HandlerResult | None:
        answer = retrainer.answer(job, cancelled)
        return None if answer is None else HandlerResult(answer)

    return retrain


def forget_with(forgetting: ForgettingWorker) -> Handler:
    """The handler of what is left to do after somebody was forgotten."""

    def forget(job: Job, progress: Progress, cancelled: Cancelled) -> HandlerResult:
        return HandlerResult(forgetting.answer(job, cancelled))

    return forget


def train_with(training: Training) -> Handler:
    """The handler of segments."""

    def train(job: Job, progress: Progress, cancelled: Cancelled) -> None:
        training.run(job, cancelled)

    return train
