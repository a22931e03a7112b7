"""A worker as `omokage worker` starts it, with models that only do as the job's parameters say."""

from __future__ import annotations

import logging
import os
import signal
import time

from celery import signals

from core.bootstrap import Services
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import Job, JobCancelledError, JobKind, JobLimits, QueueName
from core.services.registry.loaded_models import count_cache
from core.services.runs.service import RunService
from core.services.training.segment_runner import Training, TrainingParts
from core.settings import Settings
from tests.integration.core.runs.fake_trainer import FakeDatasets, FakeRegistry, FakeTrainer
from worker.app import run
from worker.handlers import Cancelled, HandlerResult, Handlers, Progress, train_with
from worker.timing import Timing

# A fifth of the product's times, so that tests need not wait; much less, and a busy machine loses leases.
LIMITS = JobLimits(lease_s=2.0, renew_s=0.5, redispatch_after_s=3.0)
# Patience is longer than the two seconds after which Celery connects again.
TIMING = Timing(
    LIMITS,
    soft_limit_s=3,
    hard_limit_s=6,
    stop_grace_s=0.5,
    patience_s=4.0,
    heartbeat_s=0.2,
    row_s=0.2,
    ask_tensorflow_after_s=0.1,
)
GPU_KINDS = frozenset({"gpu", "train"})
STEP_S = 0.05
SLICE_S = 0.5  # of a training
STEPS_LOG = "steps.log"  # in the data folder: each training step that was done, a line each


class FakeCache:
    """Holds models without loading any."""

    def __init__(self) -> None:
        self.models: list[int | str] = []

    def keys(self) -> list[int | str]:
        return self.models


CACHE = FakeCache()


def load(services: Services, queue: QueueName) -> Handlers:
    """As quick as models would be slow."""
    count_cache(CACHE)
    return {JobKind.CLASSIFY: pretend}


def load_training(services: Services, queue: QueueName) -> Handlers:
    """A trainer without a network, and somebody who waits for it."""
    log = (services.settings.data / STEPS_LOG).open("a", buffering=1, encoding="ascii")
    slice_s = float(os.environ.get("SLICE_S", SLICE_S))

    def note(step: int) -> None:
        log.write(f"{step}\n")
        time.sleep(STEP_S / 5)

    training = Training(
        TrainingParts(
            run_service(services),
            services.blobs,
            dataset=FakeDatasets().get,
            open_dataset=lambda dataset, on_embedded: None,
            make_trainer=lambda run, dataset, reader: FakeTrainer(run, on_step=note),
            register=FakeRegistry().register,
            slice_s=slice_s,
        )
    )
    return {JobKind.TRAIN: train_with(training), JobKind.EVALUATE: pretend}


def run_service(services: Services) -> RunService:
    """With a data set that is no more than a row."""
    return RunService(services.database, services.jobs.dispatcher, FakeDatasets(), services.blobs, limits=LIMITS)


def load_broken(services: Services, queue: QueueName) -> Handlers:
    """As if the weights were damaged."""
    raise FileNotFoundError("no weights")


def pretend(job: Job, progress: Progress, cancelled: Cancelled) -> HandlerResult:
    """Takes so many `steps`; `dies` in so many attempts; has a `fault`: "photo", "bug", "storage" or "hang".

    Holds a `model` from then on.
    """
    if job.attempts <= job.params.get("dies", 0):
        os.kill(os.getpid(), signal.SIGKILL)
    if "model" in job.params:
        CACHE.models.append(job.params["model"])
    steps = job.params.get("steps", 1)
    for step in range(steps):
        if cancelled():
            raise JobCancelledError
        progress("pretending", step / steps)
        time.sleep(STEP_S)
    _fail_as(job.params.get("fault"), job.attempts)
    return HandlerResult({"attempt": job.attempts, "pid": os.getpid()})


def _fail_as(fault: object, attempt: int) -> None:
    if fault == "photo":
        raise OmokageError(ErrorCode.BROKEN_IMAGE)
    if fault == "bug":
        raise ZeroDivisionError("as if")
    if fault == "storage" and attempt == 1:
        raise OSError("the storage is away")
    if fault == "hang":
        time.sleep(60)


def go_deaf(sender: object, **_: object) -> None:
    """Take no messages, as Celery does when something went wrong inside."""
    sender.task_consumer.cancel()


def main(kind: str) -> int:
    """Work until SIGTERM; the exit status. `kind`: cpu, gpu, train (a gpu worker, too), broken or deaf."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(process)d %(name)s %(message)s")
    if kind == "deaf":
        signals.worker_ready.connect(go_deaf, weak=False)
    queue = QueueName.GPU if kind in GPU_KINDS else QueueName.CPU
    loader = {"broken": load_broken, "train": load_training}.get(kind, load)
    parts = {"load": loader, "preload": lambda: None, "timing": TIMING}
    return run(Settings.from_env(), queue, **parts, ask_tensorflow=lambda: ("NVIDIA Pretend",))
