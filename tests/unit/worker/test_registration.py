"""A worker's row where the database or TensorFlow gives trouble."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from core.domain.jobs import QueueName
from core.domain.workers import DrainReason, WorkerReport
from tests.integration.core.workers.builders import a_profile
from worker.registration import Registration
from worker.shared_flags import SharedFlags
from worker.timing import Timing

TIMING = Timing(row_s=0.01, ask_tensorflow_after_s=0.0)


class Workers:
    """Notes what a worker writes; `away` fails as a database does, `reason` makes the worker drain."""

    def __init__(self) -> None:
        self.away = False
        self.reason: DrainReason | None = None
        self.tried = 0
        self.reports: list[WorkerReport] = []
        self.removed: list[str] = []

    def update(self, profile: Any, report: WorkerReport) -> DrainReason | None:
        self.tried += 1
        if self.away:
            raise OperationalError("UPDATE", {}, Exception("no connection"))
        self.reports.append(report)
        return self.reason

    def remove(self, worker_id: str) -> None:
        self.removed.append(worker_id)


def registration(
    workers: Workers, shared: SharedFlags, queue: QueueName = QueueName.CPU, ask: Callable[[], Any] = tuple
) -> Registration:
    services: Any = SimpleNamespace(
        workers=workers, database=SimpleNamespace(is_sqlite=False), close=lambda: pytest.fail("it is PostgreSQL")
    )
    return Registration(services, a_profile(queue=queue), shared, TIMING, models=lambda: (1, 2), ask_tensorflow=ask)


def wait_until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.fixture
def workers() -> Workers:
    return Workers()


@pytest.fixture
def shared() -> SharedFlags:
    flags = SharedFlags()
    flags.note_loaded()
    return flags


def test_no_row_is_written_before_the_models_are_loaded(workers: Workers) -> None:
    with registration(workers, SharedFlags()):
        time.sleep(0.1)
    assert (workers.tried, workers.removed) == (0, [])


def test_a_row_is_written_again_and_again_and_removed_at_the_end(workers: Workers, shared: SharedFlags) -> None:
    with registration(workers, shared):
        wait_until(lambda: len(workers.reports) > 3)
        assert workers.removed == []
    assert workers.removed == ["here:1:aa"]
    assert workers.reports[-1].models == (1, 2)


def test_a_database_that_is_away_is_tried_again(
    workers: Workers, shared: SharedFlags, caplog: pytest.LogCaptureFixture
) -> None:
    workers.away = True
    with registration(workers, shared):
        wait_until(lambda: workers.tried > 3)
        workers.away = False
        wait_until(lambda: workers.reports)
    assert "the row of this worker was not written" in caplog.text


def test_tensorflow_is_asked_once_and_on_the_gpu_queue_only(workers: Workers, shared: SharedFlags) -> None:
    asked: list[int] = []

    def ask() -> tuple[str, ...]:
        asked.append(1)
        return ("NVIDIA T4",)

    with registration(workers, shared, QueueName.GPU, ask):
        wait_until(lambda: workers.reports and workers.reports[-1].tensorflow_gpus == ("NVIDIA T4",))
    with registration(workers, shared, QueueName.CPU, ask):
        wait_until(lambda: workers.reports[-1].tensorflow_gpus is None)
        time.sleep(0.05)
    assert asked == [1]


def test_a_tensorflow_that_fails_is_logged_and_the_worker_goes_on(
    workers: Workers, shared: SharedFlags, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> tuple[str, ...]:
        raise RuntimeError("cuInit failed")

    with registration(workers, shared, QueueName.GPU, fail):
        wait_until(lambda: "cuInit failed" in caplog.text)
        before = workers.tried
        wait_until(lambda: workers.tried > before + 1)
    assert workers.reports[-1].tensorflow_gpus is None


def test_a_worker_that_is_to_drain_asks_itself_to_end_once(
    workers: Workers, shared: SharedFlags, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda pid, number: sent.append((pid, number)))
    workers.reason = DrainReason.NEWER_DATABASE
    with caplog.at_level(logging.WARNING), registration(workers, shared):
        wait_until(lambda: len(workers.reports) > 3)
    assert sent == [(os.getpid(), signal.SIGTERM)]
    assert shared.draining
    assert workers.reports[-1].is_draining
    assert caplog.text.count("takes no more jobs") == 1
