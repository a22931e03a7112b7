"""What a gpu worker does for optimize jobs, from the row to the row."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.bootstrap import Services, build
from core.domain.errors import ErrorCode
from core.domain.jobs import Job, JobKind, JobRequest, JobState, Origin, QueueName
from core.domain.optimisation import OptimizeMode, OptimizeRequest, OptimizeResult
from core.settings import Settings
from tests.unit.core.services.attack.fakes import ANNA, GUILD, Lab, Reached, Reddening, face_at
from worker import handlers
from worker.events import JobEvent
from worker.handlers import load_handlers
from worker.runner import Runner

MEMBER = 2
REQUEST = OptimizeRequest(ANNA, OptimizeMode.NOISE, steps=20)


class Worker:
    """A gpu worker's handlers and runner, without a broker; `at_step` happens before a step of an attack."""

    def __init__(self, services: Services, lab: Lab) -> None:
        self.services, self.lab = services, lab
        self.told: list[JobEvent] = []
        self.at_step: dict[int, Callable[[], object]] = {}
        self.ends = False
        lab.attack = self._attack

    def does(self, request: OptimizeRequest = REQUEST) -> Job:
        origin = Origin(GUILD, 1, MEMBER, "ja", 3, "token")
        self.services.jobs.receive(JobRequest(1, JobKind.OPTIMIZE, origin, request.to_json()))
        self.services.jobs.submit(1)
        made = load_handlers(self.services, QueueName.GPU)
        Runner(self.services.jobs.leases, made, self.told.append, stopping=lambda: self.ends, renew_s=0.01).run(1)
        return self.services.jobs.get(1)

    def end(self) -> None:
        self.ends = True

    def stop(self) -> None:
        """As the button does; the worker knows as soon as it has renewed its lease."""
        self.services.jobs.cancel(1, MEMBER, is_moderator=False)
        time.sleep(0.5)

    def _attack(self, *said: Any, **where: Any) -> Reddening:
        worker = self

        class Watched(Reddening):
            def advance(self) -> Reached:
                worker.at_step.get(self.step, lambda: None)()
                return super().advance()

        return Watched(*said, **where)


@pytest.fixture
def worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    services = build(Settings.from_env({"OMOKAGE_DATA": str(tmp_path)}), lambda *_: None)
    lab = Lab(services.database, services.blobs)
    lab.train()
    monkeypatch.setattr(handlers, "build_optimizer", lambda _services: lab.service)
    yield Worker(services, lab)
    services.close()


def answer_of(job: Job) -> OptimizeResult:
    assert job.result is not None
    return OptimizeResult.from_json(job.result)


def test_a_picture_is_optimised_and_its_files_are_stored(worker: Worker) -> None:
    job = worker.does()
    answer = answer_of(job)

    assert (job.state, answer.steps, answer.stopped) == (JobState.DONE, 20, False)
    for blob in (answer.picture, answer.sheet):
        assert blob is not None
        assert worker.services.blobs.exists(blob)
    assert [event.stage for event in worker.told if event.kind == "progress" and not event.detail] == [
        "reading", "reading", "judging", "drawing",
    ]  # fmt: skip
    assert all(event.stage == "optimising" for event in worker.told if event.detail)


def test_who_presses_stop_gets_what_there_is(worker: Worker) -> None:
    worker.at_step = {4: worker.stop}
    job = worker.does()

    assert (job.state, job.cancel_requested) == (JobState.DONE, True)
    assert (answer_of(job).steps, answer_of(job).stopped) == (5, True)
    assert len(worker.services.jobs.outbox.pending()) == 1


def test_who_presses_stop_after_the_last_step_gets_the_picture_too(worker: Worker) -> None:
    worker.at_step = {19: worker.stop}
    assert answer_of(worker.does()).steps == 20


def test_a_worker_that_ends_gives_the_job_back(worker: Worker) -> None:
    worker.at_step = {4: worker.end}
    job = worker.does()
    assert (job.state, job.result, job.attempts) == (JobState.DISPATCHED, None, 0), "another worker begins anew"
    assert worker.services.jobs.outbox.pending() == []


def test_a_job_that_is_cancelled_while_a_face_is_to_be_chosen_is_cancelled(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker.lab.eyes.faces = [face_at(0, 40), face_at(50, 40)]
    optimise = worker.lab.service.optimise

    def slowly(*said: Any) -> OptimizeResult:
        worker.stop()
        return optimise(*said)

    monkeypatch.setattr(worker.lab.service, "optimise", slowly)
    assert worker.does(worker.lab.fool()).state is JobState.CANCELLED


def test_what_is_wrong_is_a_sentence(worker: Worker) -> None:
    worker.lab.eyes.faces = []
    failure = worker.does(worker.lab.fool()).failure
    assert failure is not None
    assert failure.code is ErrorCode.NO_FACE


def test_the_networks_are_loaded_with_the_first_job_and_not_before(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads: list[Services] = []

    def load(services: Services) -> Any:
        loads.append(services)
        return worker.lab.service

    monkeypatch.setattr(handlers, "build_optimizer", load)
    handler = load_handlers(worker.services, QueueName.GPU)[JobKind.OPTIMIZE]
    assert loads == []
    job = worker.does()
    loads.clear()
    for _ in range(2):
        handler(job, lambda *_: None, lambda: False)
    assert len(loads) == 1
