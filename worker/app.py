"""A worker: one process that talks to the broker, and pool processes that hold the models."""

from __future__ import annotations

import importlib
import logging
import os
import signal
import socket
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import billiard
from celery import Celery, signals
from celery.exceptions import CPendingDeprecationWarning, SecurityWarning

from core.bootstrap import build
from core.domain.heartbeats import find_fault, read_heartbeat
from core.domain.jobs import QueueName
from core.domain.workers import WorkerProfile
from core.metrics.multiprocess import shared_registry
from core.metrics.server import MetricsServer
from core.models.common.lean_import import lean_keras
from core.models.common.quiet_import import quiet_tensorflow
from core.services.registry.loaded_models import loaded_models
from core.services.workers.description import describe_worker
from core.settings import Settings
from worker.events import EventPublisher
from worker.handlers import LoadHandlers, load_handlers
from worker.heartbeat import HeartbeatThread, heartbeat_file
from worker.interruption import Ec2Metadata, InterruptionWatch, wait_until_clear
from worker.queue import make_celery, make_enqueue
from worker.registration import Registration, tensorflow_gpus
from worker.runner import Runner
from worker.shared_flags import SharedFlags
from worker.shared_models import SharedModels
from worker.tasks import add_tasks
from worker.timing import Timing

_log = logging.getLogger(__name__)
EXIT_BROKEN = 1
EXIT_DRAINED = 75  # EX_TEMPFAIL of sysexits.h: to be started anew, with the code that is installed by then
_METRICS_SHIFT = {QueueName.CPU: 1, QueueName.GPU: 2}  # ports above the bot's, so that one setting is for all
# Imported before the fork, run only after it: pool processes share the pages, and one that replaces a killed one
# has its models seconds sooner. Importing is safe; a model that has run is not, its threads are missing in the child.
_PRELOAD = (
    "core.vision.decoding.decode",
    "core.vision.detection.detect",
    "core.vision.embedding.embed",
    "core.services.recognition.factory",
)


class PoolProcess:
    """What one pool process holds, from `start` on."""

    def __init__(
        self, settings: Settings, profile: WorkerProfile, load: LoadHandlers, *, app: Celery, timing: Timing, size: int
    ) -> None:
        self._settings = settings
        self._profile = profile
        self._queue = profile.queue
        self._load = load
        self._app = app
        self._timing = timing
        self._runner: Runner | None = None
        self._models = SharedModels(size)
        self.shared = SharedFlags()

    def start(self, **_: object) -> None:
        """Open the storage, load the models. Celery drops what a signal's handler raises, so this ends the worker."""
        try:
            self._runner = self._make_runner()
        except Exception:  # noqa: BLE001 - whatever it is, a worker without models must not take jobs
            _log.exception("the models cannot be loaded, so this worker ends")
            self.shared.note_broken()
            if self._queue is QueueName.GPU:
                sys.exit(EXIT_BROKEN)  # there is no pool
            os.kill(os.getppid(), signal.SIGTERM)
            return
        self._note_models()
        self.shared.note_loaded()
        _log.info("ready for %s jobs", self._queue.value)

    def run(self, job_id: int) -> None:
        """The task's body."""
        if self._runner is None:
            raise RuntimeError("this process has no models")
        try:
            self._runner.run(job_id)
        finally:
            self._note_models()

    def models(self) -> tuple[int | str, ...]:
        """Return which models all pool processes hold; see `loaded_models`."""
        # There is no pool on the gpu queue, and some models are loaded between jobs.
        return loaded_models() if self._queue is QueueName.GPU else self._models.read()

    def shut_down(self, **_: object) -> None:
        """Let the present jobs go on for a while: shortly after SIGTERM, to their end where the worker drains."""
        is_patient = self.shared.draining and not self.shared.ending()  # SIGTERM may come while it drains
        self.shared.stop_after(self._timing.drain_s(self._queue) if is_patient else self._timing.stop_grace_s)

    def _note_models(self) -> None:
        # billiard numbers the processes of a pool from 0; one that replaces a dead one has its number.
        self._models.write(getattr(billiard.current_process(), "index", 0), loaded_models())

    def _make_runner(self) -> Runner:
        limits = self._timing.limits
        services = build(self._settings, make_enqueue(self._app), limits)
        return Runner(
            services.jobs.leases,
            self._load(services, self._queue),
            EventPublisher(self._settings.broker_url).publish,
            stopping=self.shared.stopping,
            ending=self.shared.ending,
            discard_photos=services.retention.discard_photos,
            max_duration_s=self._timing.max_duration_s,
            renew_s=limits.renew_s,
            worker_id=self._profile.id,
        )


def run(
    settings: Settings,
    queue: QueueName,
    *,
    concurrency: int = 1,
    load: LoadHandlers = load_handlers,
    preload: Callable[[], None] | None = None,
    timing: Timing | None = None,
    ask_tensorflow: Callable[[], tuple[str, ...]] = tensorflow_gpus,
) -> int:
    """Work until SIGTERM, which lets the present jobs end, or until the worker is to take no more jobs.

    Args:
        settings: of the operator.
        queue: cpu works in `concurrency` processes; gpu in this one, since a GPU's memory is not shared.
        concurrency: photos at a time; each process holds its own models.
        load: the models of a pool process.
        preload: imports before the fork; by default those of `load_handlers`.
        timing: how long things may take.
        ask_tensorflow: which GPUs it uses.

    Returns:
        The process's exit status; 1 where the models could not be loaded, 75 where the worker is to be started anew.
    """
    if settings.metadata is not None:
        wait_until_clear(Ec2Metadata(settings.metadata), time.sleep)
    app, timing = make_celery(settings), timing or Timing()
    app.conf.update(task_soft_time_limit=timing.soft_limit_s, task_time_limit=timing.hard_limit_s)
    profile = describe_worker(settings.host, queue)
    size = concurrency if queue is QueueName.CPU else 1
    process = PoolProcess(settings, profile, load, app=app, timing=timing, size=size)
    add_tasks(app, process.run)
    services = build(settings, make_enqueue(app))  # the tables, before a pool process needs them
    services.close()  # connections are opened again where they are needed
    if queue is QueueName.CPU:
        (preload or import_models)()
    _hush()
    _connect(process)
    file = heartbeat_file(settings.data, queue)
    with (
        HeartbeatThread(file, settings.broker_url, queue, process.shared, timing),
        Registration(services, profile, process.shared, timing, models=process.models, ask_tensorflow=ask_tensorflow),
        _metrics_server(settings, queue, file),
        _interruption_watch(settings),
    ):
        worker = _worker(app, queue, size)
        worker.start()
    return _exit_status(process.shared, worker.exitcode)


def _interruption_watch(settings: Settings) -> AbstractContextManager[object]:
    """Look for a notice that this machine is taken away, where the settings say who gives it."""
    if settings.metadata is None:
        return nullcontext()
    return InterruptionWatch(Ec2Metadata(settings.metadata), lambda: os.kill(os.getpid(), signal.SIGTERM))


def set_threads(queue: QueueName, concurrency: int, cores: int) -> None:
    """Tell the libraries, before they are imported, how many threads a pool process may use.

    Four at most: one photo gains nothing from more.
    """
    threads = str(max(1, min(4, cores // concurrency)))
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"):
        os.environ.setdefault(name, threads)
    # Both face networks are chains: two of their steps run at once where one does not fill the cores. A single face
    # takes 24 ms so, and 35 ms with one thread.
    os.environ.setdefault("TF_NUM_INTEROP_THREADS", "2")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    quiet_tensorflow()
    lean_keras()
    if queue is QueueName.CPU:
        os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # TensorFlow would take all of the GPU's memory from its worker
    else:
        os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
        # TensorFlow chooses oneDNN by itself from AVX-512 on. With AVX2, too, a training step takes a fifth less time
        # with it; a single face takes twice as long, so the cpu queue goes without.
        os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")


def _metrics_server(settings: Settings, queue: QueueName, file: Path) -> AbstractContextManager[object]:
    """Serve the figures of this worker's processes, where the settings say so."""
    if settings.metrics is None:
        return nullcontext()
    address = settings.metrics.shifted(_METRICS_SHIFT[queue])
    return MetricsServer(address, shared_registry(), lambda: find_fault("worker", [read_heartbeat(file)], time.time()))


def import_models() -> None:
    """Import what the models need, without running any."""
    for name in _PRELOAD:
        importlib.import_module(name)


def _exit_status(shared: SharedFlags, celery_status: int | None) -> int:
    if shared.broken:
        return EXIT_BROKEN
    return EXIT_DRAINED if shared.draining else int(celery_status or 0)


def _connect(process: PoolProcess) -> None:
    signals.setup_logging.connect(_keep_logging, weak=False)
    signals.worker_process_init.connect(process.start, weak=False)
    signals.worker_shutting_down.connect(process.shut_down, weak=False)


def _worker(app: Celery, queue: QueueName, size: int) -> Any:
    return app.Worker(
        hostname=f"{queue.value}@{socket.gethostname()}",
        pool="prefork" if queue is QueueName.CPU else "solo",
        concurrency=size,
        queues=[queue.value],
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        quiet=True,
    )


def _hush() -> None:
    # Running as root is dangerous with pickle, which is refused here; the other one asks about a setting that is set.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    warnings.filterwarnings("ignore", category=CPendingDeprecationWarning)


def _keep_logging(**_: object) -> None:
    """That this is connected keeps Celery from setting up logging of its own."""
