"""A worker: one process that talks to the broker, and pool processes that hold the models."""

from __future__ import annotations

import importlib
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any

from celery import Celery, signals

from core.bootstrap import build
from core.domain.jobs import QueueName
from core.settings import Settings
from worker.handlers import Load, load_handlers
from worker.pulse import Pulse, beat_file
from worker.queue import make_celery, make_enqueue
from worker.runner import Runner
from worker.shared import Shared
from worker.stream import Stream
from worker.tasks import add_tasks

_log = logging.getLogger(__name__)
# A photo is done in this time; whatever is not is given back to the queue. `omokage up` kills a little later.
STOP_GRACE_S = 5.0
EXIT_BROKEN = 1
# Imported before the fork, run only after it: pool processes share the pages, and one that replaces a killed one
# has its models seconds sooner. Importing is safe; a model that has run is not, its threads are missing in the child.
_PRELOAD = ("core.vision.decode", "core.vision.detect", "core.vision.embed", "core.services.classifier")


class PoolProcess:
    """What one pool process holds, from `start` on."""

    def __init__(self, settings: Settings, queue: QueueName, load: Load, app: Celery, shared: Shared) -> None:
        self._settings = settings
        self._queue = queue
        self._load = load
        self._app = app
        self._shared = shared
        self._runner: Runner | None = None

    def start(self, **_: object) -> None:
        """Open the storage, load the models. Celery drops what a signal's handler raises, so this ends the worker."""
        try:
            services = build(self._settings, make_enqueue(self._app))
            handlers = self._load(services, self._queue)
        except Exception:  # noqa: BLE001 - whatever it is, a worker without models must not take jobs
            _log.exception("the models cannot be loaded, so this worker ends")
            self._shared.note_broken()
            if self._queue is QueueName.GPU:
                sys.exit(EXIT_BROKEN)  # there is no pool
            os.kill(os.getppid(), signal.SIGTERM)
            return
        publish = Stream(self._settings.broker_url).publish
        self._runner = Runner(services.jobs, handlers, publish, stopping=self._shared.stopping)
        self._shared.note_loaded()
        _log.info("ready for %s jobs", self._queue.value)

    def run(self, job_id: int) -> None:
        """The task's body."""
        if self._runner is None:
            raise RuntimeError("this process has no models")
        self._runner.run(job_id)


def run(
    settings: Settings,
    queue: QueueName,
    *,
    concurrency: int = 1,
    load: Load = load_handlers,
    preload: Callable[[], None] | None = None,
) -> int:
    """Work until SIGTERM, which lets the present jobs end.

    Args:
        settings: of the operator.
        queue: cpu works in `concurrency` processes; gpu in this one, since a GPU's memory is not shared.
        concurrency: photos at a time; each process holds its own models (about 700 MB).
        load: the models of a pool process.
        preload: imports before the fork; by default those of `load_handlers`.

    Returns:
        The process's exit status; 1 where the models could not be loaded.
    """
    app, shared = make_celery(settings), Shared()
    process = PoolProcess(settings, queue, load, app, shared)
    add_tasks(app, process.run)
    build(settings, make_enqueue(app)).close()  # the tables, before a pool process needs them
    if queue is QueueName.CPU:
        (preload or import_models)()
    signals.setup_logging.connect(_keep_logging, weak=False)
    signals.worker_process_init.connect(process.start, weak=False)
    signals.worker_shutting_down.connect(lambda **_: shared.stop_after(STOP_GRACE_S), weak=False)
    with Pulse(beat_file(settings.data, queue), settings.broker_url, queue, shared):
        worker = _worker(app, queue, concurrency)
        worker.start()
    return EXIT_BROKEN if shared.broken else int(worker.exitcode or 0)


def set_threads(queue: QueueName, concurrency: int, cores: int) -> None:
    """Tell the libraries, before they are imported, how many threads a pool process may use.

    Four at most: one photo gains nothing from more.
    """
    threads = str(max(1, min(4, cores // concurrency)))
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"):
        os.environ.setdefault(name, threads)
    os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")  # the networks are chains: no two of their steps run at once
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    if queue is QueueName.CPU:
        os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # TensorFlow would take all of the GPU's memory from its worker
    else:
        os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")


def import_models() -> None:
    """Import what the models need, without running any."""
    for name in _PRELOAD:
        importlib.import_module(name)


def _worker(app: Celery, queue: QueueName, concurrency: int) -> Any:
    return app.Worker(
        hostname=f"{queue.value}@{socket.gethostname()}",
        pool="prefork" if queue is QueueName.CPU else "solo",
        concurrency=concurrency if queue is QueueName.CPU else 1,
        queues=[queue.value],
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        quiet=True,
    )


def _keep_logging(**_: object) -> None:
    """That this is connected keeps Celery from setting up logging of its own."""
