"""How workers begin and end, and whose work they take first."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.bootstrap import Services, build
from core.domain.jobs import JobState, QueueName
from core.settings import Settings
from tests.integration.worker.fake_worker import LIMITS
from tests.integration.worker.processes import Valkey, Worker, submit, wait_until, wait_until_final, worker
from worker.heartbeat import EXIT_STUCK, heartbeat_file, read_heartbeat
from worker.queue import make_celery, make_enqueue

pytestmark = pytest.mark.slow


@pytest.fixture
def cpu(data: Path, broker: Valkey):
    with worker(data, broker.url) as ready:
        yield ready


def test_urgent_jobs_go_first(data: Path, broker: Valkey, settings: Settings):
    app = make_celery(settings)
    services = build(settings, lambda *_: None, LIMITS)
    for job_id, priority in ((1, 9), (2, 3), (3, 0)):
        submit(services.jobs, job_id)
        make_enqueue(app)(job_id, QueueName.CPU, priority)
    with worker(data, broker.url):
        wait_until_final(services.jobs, 1, 2, 3)
    finished = [services.jobs.get(job_id).finished_at for job_id in (3, 2, 1)]
    assert finished == sorted(finished)
    app.close()
    services.close()


def test_a_stop_lets_the_present_job_end(cpu: Worker, services: Services):
    submit(services.jobs, 1, steps=6)
    wait_until(lambda: services.jobs.get(1).state is JobState.RUNNING)
    assert cpu.stop() == 0
    job = services.jobs.get(1)
    assert (job.state, job.attempts) == (JobState.DONE, 1)


def test_a_job_that_lasts_longer_than_the_stop_may_is_given_back(
    data: Path, broker: Valkey, cpu: Worker, services: Services
):
    submit(services.jobs, 1, steps=30)
    wait_until(lambda: services.jobs.get(1).state is JobState.RUNNING)
    assert cpu.stop() == 0
    job = services.jobs.get(1)
    assert (job.state, job.attempts) == (JobState.DISPATCHED, 0)
    with worker(data, broker.url):
        wait_until_final(services.jobs, 1)
    job = services.jobs.get(1)
    assert (job.state, job.attempts) == (JobState.DONE, 1)


def test_a_worker_says_that_it_is_alive_and_what_it_has_done_until_it_ends(data: Path, cpu: Worker, services: Services):
    file = heartbeat_file(data, QueueName.CPU)
    for job_id in (1, 2):
        submit(services.jobs, job_id)
        wait_until_final(services.jobs, job_id)
    # Celery forgets a task a moment after its job has ended.
    wait_until(lambda: (beat := read_heartbeat(file)) is not None and (beat.taken, beat.active) == (2, 0))
    beat = read_heartbeat(file)
    assert beat is not None
    assert (beat.pid, beat.queue, beat.idle_s) == (cpu.process.pid, "cpu", 0.0)
    cpu.stop()
    assert not file.exists()


def test_a_worker_that_takes_nothing_from_a_full_queue_ends(data: Path, broker: Valkey, services: Services):
    with worker(data, broker.url, "deaf") as deaf:
        submit(services.jobs, 1)
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
        submit(services.jobs, 1)
        make_enqueue(app)(1, QueueName.GPU, 0)
        wait_until_final(services.jobs, 1)
        assert services.jobs.get(1).result == {"attempt": 1, "pid": gpu.process.pid}
        assert gpu.stop() == 0
    app.close()
