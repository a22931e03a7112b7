"""Jobs through a real broker and a real worker."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from core.bootstrap import Services, build
from core.domain.errors import ErrorCode
from core.domain.jobs import Job, JobState, QueueName
from core.settings import Settings
from tests.integration.worker.fake_worker import LIMITS
from tests.integration.worker.parts import Valkey, Worker, ask, settled, wait_until, worker
from worker.pulse import EXIT_STUCK, beat_file, read_beat
from worker.queue import make_celery, make_enqueue
from worker.stream import JobEvent, events


@pytest.fixture
def cpu(data: Path, broker: Valkey):
    with worker(data, broker.url) as ready:
        yield ready


def ended(services: Services, job_id: int, **params: object) -> Job:
    ask(services.jobs, job_id, **params)
    settled(services.jobs, job_id)
    return services.jobs.get(job_id)


def test_a_job_is_run_and_has_one_answer(cpu: Worker, services: Services):
    job = ended(services, 1)
    assert (job.state, job.attempts) == (JobState.DONE, 1)
    assert [entry.job_id for entry in services.jobs.pending_outbox()] == [1]


def test_what_is_wrong_with_a_job_is_its_answer_and_the_worker_goes_on(cpu: Worker, services: Services):
    photo, bug, hang = (ended(services, n, fault=fault) for n, fault in enumerate(("photo", "bug", "hang"), 1))
    codes = [job.failure.code for job in (photo, bug, hang) if job.failure]
    assert codes == [ErrorCode.BROKEN_IMAGE, ErrorCode.INTERNAL, ErrorCode.INTERNAL]
    assert bug.failure.details == {"reason": "ZeroDivisionError"}
    assert hang.failure.details == {"reason": "too-long"}
    assert ended(services, 4).state is JobState.DONE
    assert all(job.attempts == 1 for job in (photo, bug, hang))


def test_a_fault_of_the_host_is_tried_again(cpu: Worker, services: Services):
    job = ended(services, 1, fault="storage")
    assert (job.state, job.attempts) == (JobState.DONE, 2)


def test_a_running_job_stops_when_it_is_cancelled(cpu: Worker, services: Services):
    ask(services.jobs, 1, steps=400)
    wait_until(lambda: services.jobs.get(1).state is JobState.RUNNING)
    services.jobs.cancel(1, by_member=1, is_moderator=False)
    settled(services.jobs, 1, within=10)
    assert services.jobs.get(1).state is JobState.CANCELLED
    assert len(services.jobs.pending_outbox()) == 1


async def test_the_bot_hears_how_a_job_gets_on(cpu: Worker, broker: Valkey, services: Services):
    heard: list[JobEvent] = []

    async def listen() -> None:
        async for event in events(broker.url):
            heard.append(event)
            if event.kind == "finished":
                return

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0.2)
    await asyncio.to_thread(ask, services.jobs, 1, steps=2)
    await asyncio.wait_for(listening, 10)
    stages = [(event.job_id, event.kind, event.stage, event.fraction) for event in heard]
    assert stages == [
        (1, "started", "", 0.0),
        (1, "progress", "pretending", 0.0),
        (1, "progress", "pretending", 0.5),
        (1, "finished", "", 0.0),
    ]


def test_urgent_jobs_go_first(data: Path, broker: Valkey, settings: Settings):
    app = make_celery(settings)
    services = build(settings, lambda *_: None, LIMITS)
    for job_id, priority in ((1, 9), (2, 3), (3, 0)):
        ask(services.jobs, job_id)
        make_enqueue(app)(job_id, QueueName.CPU, priority)
    with worker(data, broker.url):
        settled(services.jobs, 1, 2, 3)
    finished = [services.jobs.get(job_id).finished_at for job_id in (3, 2, 1)]
    assert finished == sorted(finished)
    app.close()
    services.close()


def test_a_stop_lets_the_present_job_end(cpu: Worker, services: Services):
    ask(services.jobs, 1, steps=12)
    wait_until(lambda: services.jobs.get(1).state is JobState.RUNNING)
    assert cpu.stop() == 0
    job = services.jobs.get(1)
    assert (job.state, job.attempts) == (JobState.DONE, 1)


def test_a_job_that_lasts_longer_than_the_stop_may_is_given_back(
    data: Path, broker: Valkey, cpu: Worker, services: Services
):
    ask(services.jobs, 1, steps=45)
    wait_until(lambda: services.jobs.get(1).state is JobState.RUNNING)
    assert cpu.stop() == 0
    job = services.jobs.get(1)
    assert (job.state, job.attempts) == (JobState.DISPATCHED, 0)
    with worker(data, broker.url):
        settled(services.jobs, 1)
    job = services.jobs.get(1)
    assert (job.state, job.attempts) == (JobState.DONE, 1)


def test_a_worker_says_that_it_is_alive_until_it_ends(data: Path, cpu: Worker):
    file = beat_file(data, QueueName.CPU)
    beat = read_beat(file)
    assert beat is not None
    assert (beat.pid, beat.queue) == (cpu.process.pid, "cpu")
    cpu.stop()
    assert not file.exists()


def test_a_worker_that_takes_nothing_from_a_full_queue_ends(data: Path, broker: Valkey, services: Services):
    with worker(data, broker.url, "deaf") as deaf:
        ask(services.jobs, 1)
        deaf.process.wait(20)
        assert "this worker takes none" in deaf.log.read_text()
        assert deaf.process.returncode in {0, EXIT_STUCK}
    assert services.jobs.get(1).state is JobState.DISPATCHED


def test_a_worker_without_models_ends_with_the_reason(data: Path, broker: Valkey):
    broken = Worker(data, broker.url, "broken")
    try:
        assert broken.process.wait(20) == 1
        assert "no weights" in broken.log.read_text()
    finally:
        broken.end()


def test_the_gpu_worker_works_in_one_process_on_its_own_queue(data: Path, broker: Valkey, services: Services):
    app = make_celery(services.settings)
    with worker(data, broker.url, "gpu") as gpu:
        assert gpu.pool() == []
        ask(services.jobs, 1)
        make_enqueue(app)(1, QueueName.GPU, 0)
        settled(services.jobs, 1)
        assert services.jobs.get(1).result == {"attempt": 1, "pid": gpu.process.pid}
        assert gpu.stop() == 0
    app.close()
