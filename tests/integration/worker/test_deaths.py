"""SIGKILL at any moment of a job: exactly one answer."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from core.bootstrap import Services
from core.domain.errors import ErrorCode
from core.domain.jobs import JOB_LIMITS, JobState
from core.services.jobs.service import JobService
from core.settings import Settings
from tests.integration.worker.processes import Valkey, submit, wait_until, wait_until_final, worker
from worker.queue import make_celery, make_enqueue

pytestmark = pytest.mark.slow

LONG = 16  # steps; 0.8 s


def running(jobs: JobService, job_id: int) -> None:
    wait_until(lambda: jobs.get(job_id).state is JobState.RUNNING, what="the job's start")


def has_one_answer(jobs: JobService, *job_ids: int, attempts: int | None = None) -> None:
    answered = sorted(entry.job_id for entry in jobs.outbox.pending())
    assert answered == sorted(job_ids)
    for job_id in job_ids:
        job = jobs.get(job_id)
        assert job.state is JobState.DONE
        assert attempts is None or job.attempts == attempts


def test_a_killed_pool_process_is_replaced_and_the_job_tried_again(data: Path, broker: Valkey, services: Services):
    with worker(data, broker.url) as one:
        submit(services.jobs, 1, steps=LONG)
        running(services.jobs, 1)
        one.kill_pool()
        wait_until_final(services.jobs, 1)
    has_one_answer(services.jobs, 1, attempts=2)


def test_a_photo_that_kills_three_workers_gets_a_clear_failure(data: Path, broker: Valkey, services: Services):
    with worker(data, broker.url):
        submit(services.jobs, 1, dies=99)
        submit(services.jobs, 2, steps=1)
        wait_until_final(services.jobs, 1, 2, within=60)
    failed = services.jobs.get(1)
    assert (failed.state, failed.attempts) == (JobState.FAILED, JOB_LIMITS.max_attempts)
    assert failed.failure is not None
    assert failed.failure.code is ErrorCode.TOO_MANY_ATTEMPTS
    assert services.jobs.get(2).state is JobState.DONE
    assert sorted(entry.job_id for entry in services.jobs.outbox.pending()) == [1, 2]


def test_a_worker_killed_before_it_takes_the_job_leaves_it_to_the_next(data: Path, broker: Valkey, services: Services):
    with worker(data, broker.url) as one:
        one.kill()
    submit(services.jobs, 1)
    with worker(data, broker.url):
        wait_until_final(services.jobs, 1)
    has_one_answer(services.jobs, 1, attempts=1)


def test_a_worker_killed_during_the_job_leaves_it_to_the_next(data: Path, broker: Valkey, services: Services):
    with worker(data, broker.url) as one:
        submit(services.jobs, 1, steps=LONG)
        running(services.jobs, 1)
        one.kill()
    with worker(data, broker.url):
        wait_until_final(services.jobs, 1)
    has_one_answer(services.jobs, 1, attempts=2)


def test_a_killed_worker_leaves_no_process(data: Path, broker: Valkey, services: Services):
    with worker(data, broker.url) as one:
        pool = one.pool()
        one.kill()
        wait_until(lambda: not any(process.is_running() for process in pool), what="the pool's end")


def test_a_message_that_comes_twice_is_run_once(data: Path, broker: Valkey, services: Services, settings: Settings):
    app = make_celery(settings)
    with worker(data, broker.url):
        job = submit(services.jobs, 1)
        for _ in range(3):
            make_enqueue(app)(job.id, job.queue, job.priority)
        wait_until_final(services.jobs, 1)
        submit(services.jobs, 2)
        wait_until_final(services.jobs, 2)
    app.close()
    has_one_answer(services.jobs, 1, 2, attempts=1)


@pytest.mark.parametrize("moment", ["before the claim", "while it runs", "after its end"])
def test_a_killed_broker_loses_no_job(data: Path, broker: Valkey, services: Services, moment: str):
    with worker(data, broker.url) as one:
        if moment == "before the claim":
            one.process.send_signal(19)  # stopped: it takes nothing
            submit(services.jobs, 1)
            broker.kill()
            one.process.send_signal(18)
        else:
            submit(services.jobs, 1, steps=LONG)
            running(services.jobs, 1)
            if moment == "after its end":
                one.process.send_signal(19)  # its pool goes on, and nobody acknowledges
                wait_until(lambda: services.jobs.get(1).state.is_final)
            broker.kill()
            one.process.send_signal(18)
        time.sleep(0.3)
        broker.start()
        wait_until_final(services.jobs, 1)
        submit(services.jobs, 2)  # and the worker goes on with the next
        wait_until_final(services.jobs, 2)
    has_one_answer(services.jobs, 1, 2, attempts=1)


def test_jobs_asked_for_while_the_broker_is_away_are_done_when_it_is_back(
    data: Path, broker: Valkey, services: Services
):
    with worker(data, broker.url):
        broker.kill()
        asked = time.monotonic()
        assert submit(services.jobs, 1).state is JobState.WAITING
        assert time.monotonic() - asked < 5, "the member waits"
        broker.start()
        wait_until_final(services.jobs, 1)
    has_one_answer(services.jobs, 1, attempts=1)
