"""Processes of a broker and of workers that tests start and kill."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from cli.up import valkey
from core.bootstrap import Services, build
from core.domain.jobs import Job, JobKind, JobRequest, Origin, QueueName
from core.services.jobs.service import JobService
from core.settings import Settings
from tests.forked import Forked
from tests.integration.worker import fake_worker
from tests.integration.worker.fake_worker import GPU_KINDS, LIMITS
from worker.heartbeat import heartbeat_file, read_heartbeat
from worker.queue import make_celery, make_enqueue

ROOT = Path(__file__).resolve().parents[3]
PHOTO = "ab" * 32


def wait_until(condition: Callable[[], object], within: float = 20.0, what: str = "it") -> None:
    """Fail the test where something does not come true."""
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end, f"{what} did not happen within {within} s"
        time.sleep(0.02)


class Valkey:
    """The embedded broker of `omokage up`, on a data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.url = valkey.broker_url(valkey.socket_path(data))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        valkey.prepare(self.data)
        # restore_signals: a write beyond a limit of the file size is an error for it, not its end.
        command = valkey.command(self.data)
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, restore_signals=False)
        wait_until(lambda: valkey.answers(valkey.socket_path(self.data)), what="the broker's start")

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class Worker:
    """A process of tests/integration/worker/fake_worker.py."""

    def __init__(self, data: Path, broker_url: str, kind: str = "cpu", **environ: str) -> None:
        self._file = heartbeat_file(data, QueueName.GPU if kind in GPU_KINDS else QueueName.CPU)
        self.log = data / "worker.log"
        variables = {"OMOKAGE_DATA": str(data), "OMOKAGE_BROKER_URL": broker_url, **environ}
        self.process = Forked(fake_worker.main, kind, environ=variables, log=self.log)

    def wait_ready(self) -> None:
        def ready() -> bool:
            beat = read_heartbeat(self._file)
            assert self.process.poll() is None, self.log.read_text()
            return beat is not None and beat.pid == self.process.pid and beat.ready_at is not None

        wait_until(ready, what="the worker's start")

    def pool(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children()

    def kill_pool(self) -> None:
        for child in self.pool():
            child.kill()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self, within: float = 15.0) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(within)

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.kill()


@contextlib.contextmanager
def worker(data: Path, broker_url: str, kind: str = "cpu", **environ: str) -> Iterator[Worker]:
    """A worker that is ready, and gone afterwards."""
    started = Worker(data, broker_url, kind, **environ)
    try:
        started.wait_ready()
        yield started
    finally:
        started.end()


def settings_for(data: Path, broker: Valkey) -> Settings:
    return Settings.from_env({"OMOKAGE_DATA": str(data), "OMOKAGE_BROKER_URL": broker.url})


@contextlib.contextmanager
def open_services(settings: Settings) -> Iterator[Services]:
    """The bot's side of the services."""
    app = make_celery(settings)
    built = build(settings, make_enqueue(app), LIMITS)
    yield built
    built.close()
    app.close()


def submit(jobs: JobService, job_id: int, kind: JobKind = JobKind.CLASSIFY, **params: object) -> Job:
    """Submit a job whose parameters say what the pretended model does."""
    origin = Origin(7, 20, job_id, "en", 1, "token")
    jobs.receive(JobRequest(job_id, kind, origin, params))
    return jobs.submit(job_id, PHOTO)


def wait_until_final(jobs: JobService, *job_ids: int, within: float = 40.0) -> None:
    """Wait for the end of the jobs, while somebody sweeps as the bot does."""
    last = 0.0

    def all_final() -> bool:
        nonlocal last
        if time.monotonic() - last > 0.5:
            last = time.monotonic()
            jobs.recovery.recover()
        return all(jobs.get(job_id).state.is_final for job_id in job_ids)

    wait_until(all_final, within, "the jobs' end")
