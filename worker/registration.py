"""Keeps a worker's row in the database up to date, and ends the worker when it is to take no more jobs."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from core.domain.errors import OmokageError
from core.domain.jobs import QueueName
from core.domain.workers import DrainReason, Gpu, WorkerProfile, WorkerReport
from core.services.workers.description import list_nvidia_gpus
from worker.shared_flags import SharedFlags
from worker.timing import Timing

if TYPE_CHECKING:
    from core.bootstrap import Services

_log = logging.getLogger(__name__)
_UNTIL_READY_S = 0.1
_GRACE_S = 5.0
_REASONS = {
    DrainReason.NEWER_DATABASE: "the database was upgraded by a newer Omokage than this worker's",
    DrainReason.REQUESTED: "the operator asked for it",
}


def tensorflow_gpus() -> tuple[str, ...]:
    """Ask TensorFlow which GPUs it uses; seconds, where it is not imported yet."""
    from core.models.common.devices import list_gpus

    return list_gpus()


class Registration:
    """Two threads of the worker's main process; enter it as long as the worker works.

    The row is written once the models are loaded, and deleted in an orderly end. A database that is away delays neither
    jobs nor the heartbeat.

    Args:
        services: of the main process.
        profile: of this worker.
        shared: flags of the worker and its pool processes.
        timing: how often the row is written.
        models: returns what is in memory now.
        ask_tensorflow: returns the GPUs that TensorFlow uses; called on the gpu queue only, once.
    """

    def __init__(
        self,
        services: Services,
        profile: WorkerProfile,
        shared: SharedFlags,
        timing: Timing,
        *,
        models: Callable[[], tuple[int | str, ...]],
        ask_tensorflow: Callable[[], tuple[str, ...]] = tensorflow_gpus,
    ) -> None:
        self._services = services
        self._profile = profile
        self._shared = shared
        self._timing = timing
        self._models = models
        self._ask_tensorflow = ask_tensorflow
        self._gpus: tuple[Gpu, ...] = ()
        self._tensorflow_gpus: tuple[str, ...] | None = None
        self._is_written = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep_row, name="registration", daemon=True)

    def __enter__(self) -> Registration:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join(timeout=_GRACE_S)

    def _keep_row(self) -> None:
        while not self._shared.loaded:
            if self._ended.wait(_UNTIL_READY_S):
                return
        # Not before the pool is forked: its processes would keep nvidia-smi's pipe open. No daemon: a process that ends
        # while TensorFlow is being imported may crash.
        threading.Thread(target=self._look_for_gpus, name="gpus", daemon=False).start()
        while True:
            self._try(self._update)
            if self._ended.wait(self._timing.row_s):
                break
        if self._is_written:
            self._try(lambda: self._services.workers.remove(self._profile.id))

    def _try(self, call: Callable[[], None]) -> None:
        try:
            call()
        except (SQLAlchemyError, OmokageError, OSError) as error:  # the next update says it all again
            _log.warning("the row of this worker was not written: %s", error)
        if self._services.database.is_sqlite:
            self._services.close()  # a connection must not be carried into a pool process that is forked later

    def _update(self) -> None:
        is_draining = self._shared.draining
        report = WorkerReport(self._gpus, self._tensorflow_gpus, self._models(), is_draining)
        reason = self._services.workers.update(self._profile, report)
        self._is_written = True
        if reason is not None and not is_draining:
            _log.warning("this worker takes no more jobs and ends when it has done its present ones: %s",
                         _REASONS[reason])  # fmt: skip
            self._shared.note_draining()
            os.kill(os.getpid(), signal.SIGTERM)

    def _look_for_gpus(self) -> None:
        self._gpus = list_nvidia_gpus()
        if self._profile.queue is QueueName.CPU or self._ended.wait(self._timing.ask_tensorflow_after_s):
            return
        try:
            self._tensorflow_gpus = self._ask_tensorflow()
        except Exception as error:  # noqa: BLE001 - whatever its driver raises; the first job says it, too
            _log.warning("TensorFlow does not say which GPUs it uses: %s", error)
