"""Writes a worker's heartbeat to a file, and ends a worker that is stuck."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType

import redis
from celery.worker import state
from redis.backoff import NoBackoff
from redis.retry import Retry

from core.domain.jobs import QueueName
from worker.queue import list_keys, redis_url
from worker.shared_flags import SharedFlags
from worker.timing import Timing
from worker.watchdog import QueueSample, WatchdogState, is_stuck, observe

_log = logging.getLogger(__name__)
_UNTIL_READY_S = 0.1  # `omokage up` waits for it
_GRACE_S = 5.0
EXIT_STUCK = 70


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """One beat; times in seconds since 1970, `ready_at` None while the models load."""

    pid: int
    host: str
    queue: str
    ready_at: float | None
    beat_at: float
    active: int
    taken: int
    idle_s: float


def heartbeat_file(data: Path, queue: QueueName, host: str | None = None) -> Path:
    """A worker's file; hosts may share the data folder."""
    return data / "run" / f"worker-{queue.value}@{host or socket.gethostname()}.json"


def read_heartbeat(file: Path) -> Heartbeat | None:
    """The last beat; None: there is no such worker, or it ended in order."""
    try:
        return Heartbeat(**json.loads(file.read_text("utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


class HeartbeatThread:
    """A thread of the worker's main process; enter it as long as the worker works."""

    def __init__(self, file: Path, broker_url: str, queue: QueueName, shared: SharedFlags, timing: Timing) -> None:
        self._file = file
        self._queue = queue
        self._shared = shared
        self._timing = timing
        self._redis = redis.Redis.from_url(
            redis_url(broker_url), socket_timeout=1.0, socket_connect_timeout=1.0, retry=Retry(NoBackoff(), 0)
        )
        self._ready_at: float | None = None
        self._watch: WatchdogState | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="pulse", daemon=True)

    def __enter__(self) -> HeartbeatThread:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.unlink(missing_ok=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join(timeout=_GRACE_S)
        self._file.unlink(missing_ok=True)

    def _go_on(self) -> None:
        while not self._ended.wait(self._timing.heartbeat_s if self._ready_at else _UNTIL_READY_S):
            if self._ready_at is None and self._shared.loaded:
                self._ready_at = time.time()
            if self._ready_at is not None:
                self._watch = observe(self._watch, self._sample())
            try:
                self._write()
            except OSError as error:
                _log.warning("cannot write %s: %s", self._file, error)
            if self._watch is not None and self._is_stuck(self._watch):
                _log.error("messages are waiting and this worker takes none; it ends, to be started anew")
                end_process(self._ended.wait)

    def _is_stuck(self, watch: WatchdogState) -> bool:
        return is_stuck(watch, self._timing.patience_s, self._timing.busy_patience_s(self._queue))

    def _sample(self) -> QueueSample:
        # Celery counts all tasks it received by name.
        return QueueSample(
            time.monotonic(), self._queued(), sum(state.total_count.values()), len(state.active_requests)
        )

    def _queued(self) -> int | None:
        try:
            return sum(int(self._redis.llen(key)) for key in list_keys(self._queue))
        except (redis.RedisError, OSError):
            return None

    def _write(self) -> None:
        sight = self._watch.last if self._watch else None
        beat = Heartbeat(
            pid=os.getpid(),
            host=socket.gethostname(),
            queue=self._queue.value,
            ready_at=self._ready_at,
            beat_at=time.time(),
            active=sight.active if sight else 0,
            taken=sight.taken if sight else 0,
            idle_s=round(self._watch.idle_s, 1) if self._watch else 0.0,
        )
        part = self._file.with_suffix(".part")
        part.write_text(json.dumps(asdict(beat)), "utf-8")
        part.replace(self._file)


def end_process(wait: Callable[[float], object]) -> None:
    """Ask this process to end in order, and make sure that it does."""
    os.kill(os.getpid(), signal.SIGTERM)
    wait(_GRACE_S)
    os._exit(EXIT_STUCK)
