"""A worker as `omokage worker` starts it, with models that only do as the job's parameters say.

`python -m tests.integration.worker.fake_worker cpu|gpu|broken`
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import time

from core.bootstrap import Services
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import Job, JobCancelledError, JobKind, QueueName
from core.settings import Settings
from worker.app import run
from worker.handlers import Cancelled, Done, Handlers, Progress


def load(services: Services, queue: QueueName) -> Handlers:
    """As quick as models would be slow."""
    return {JobKind.CLASSIFY: pretend}


def load_broken(services: Services, queue: QueueName) -> Handlers:
    """As if the weights were damaged."""
    raise FileNotFoundError("no weights")


def pretend(job: Job, progress: Progress, cancelled: Cancelled) -> Done:
    """`steps` of 0.05 s; `dies`: in so many attempts; `fault`: "photo", "bug" or "hang"."""
    if job.attempts <= job.params.get("dies", 0):
        os.kill(os.getpid(), signal.SIGKILL)
    steps = job.params.get("steps", 1)
    for step in range(steps):
        if cancelled():
            raise JobCancelledError
        progress("pretending", step / steps)
        time.sleep(0.05)
    _fail_as(job.params.get("fault"))
    return Done({"attempt": job.attempts, "pid": os.getpid()})


def _fail_as(fault: object) -> None:
    if fault == "photo":
        raise OmokageError(ErrorCode.BROKEN_IMAGE)
    if fault == "bug":
        raise ZeroDivisionError("as if")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(process)d %(name)s %(message)s")
    kind = sys.argv[1]
    queue = QueueName.GPU if kind == "gpu" else QueueName.CPU
    loader = load_broken if kind == "broken" else load
    sys.exit(run(Settings.from_env(), queue, load=loader, preload=lambda: None))
