"""Real workers in the table of workers: they appear, hold a job, die, end in order, and drain."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update

from core.bootstrap import Services
from core.domain.clock import now_utc
from core.domain.jobs import JobKind, JobState, QueueName
from core.domain.workers import GONE_AFTER_S, Oddity, WorkerState, WorkerStatus
from core.services.workers.description import code_revision
from core.settings import Settings
from core.storage.worker_tables import workers as worker_table
from tests.integration.worker.processes import Valkey, Worker, submit, wait_until, wait_until_final, worker
from worker.app import EXIT_DRAINED
from worker.queue import make_celery, make_enqueue

pytestmark = pytest.mark.slow


def listed(services: Services) -> list[WorkerStatus]:
    return list(services.workers.overview().workers)


def wait_listed(services: Services, count: int = 1) -> list[WorkerStatus]:
    wait_until(lambda: len(listed(services)) == count, what="the worker's row")
    return listed(services)


def wait_running(services: Services, job_id: int) -> None:
    wait_until(lambda: services.jobs.get(job_id).state is JobState.RUNNING, what="the job's start")


def test_a_worker_appears_with_its_job_and_is_gone_once_it_is_killed(data: Path, broker: Valkey, services: Services):
    with worker(data, broker.url, OMOKAGE_HOST="first-host") as one:
        [status] = wait_listed(services)
        assert (status.profile.host, status.profile.pid) == ("first-host", one.process.pid)
        assert (status.profile.queue, status.state) == (QueueName.CPU, WorkerState.ALIVE)
        assert status.profile.revision == code_revision()

        submit(services.jobs, 1, steps=40)
        wait_running(services, 1)
        [job] = listed(services)[0].jobs
        assert (job.id, job.kind, job.guild_id) == (1, JobKind.CLASSIFY, 7)
        one.kill()
    # Then its row goes on to say what it was doing, and later that it is gone; nobody waits 20 s for that here
    [status] = listed(services)
    assert [job.id for job in status.jobs] == [1]
    services.workers._clock = lambda: now_utc() + timedelta(seconds=GONE_AFTER_S + 1)
    [status] = listed(services)
    assert status.state is WorkerState.GONE


def test_a_worker_that_is_stopped_leaves_no_row(data: Path, broker: Valkey, services: Services):
    with worker(data, broker.url) as one:
        wait_listed(services)
        assert one.stop() == 0
    assert listed(services) == []


def test_a_worker_without_models_is_not_listed(data: Path, broker: Valkey, services: Services):
    broken = Worker(data, broker.url, "broken")
    try:
        assert broken.process.wait(20) == 1
    finally:
        broken.end()
    assert listed(services) == []


@pytest.mark.parametrize("kind", ["cpu", "gpu"])
def test_a_worker_says_which_models_it_holds(
    data: Path, broker: Valkey, services: Services, settings: Settings, kind: str
):
    def models() -> list[str]:
        return [model.label for status in listed(services) for model in status.models]

    app = make_celery(settings)
    with worker(data, broker.url, kind) as one:
        for job_id, name in enumerate(("starter vae", "starter dcgan"), 1):
            submit(services.jobs, job_id, model=name)
            make_enqueue(app)(job_id, QueueName(kind), 0)
            wait_until_final(services.jobs, job_id)
        wait_until(lambda: models() == ["starter dcgan", "starter vae"], what="the models")
        if kind == "cpu":
            one.kill_pool()
            wait_until(lambda: models() == [], what="that the models went with their process")
    app.close()


def test_a_gpu_worker_says_which_gpus_tensorflow_uses(data: Path, broker: Valkey, services: Services):
    with worker(data, broker.url, "gpu"):
        wait_until(lambda: [s.worker.report.tensorflow_gpus for s in listed(services)] == [("NVIDIA Pretend",)])


def test_two_workers_of_different_code_are_told_apart(data: Path, broker: Valkey, services: Services):
    with worker(data, broker.url, OMOKAGE_HOST="old"):
        [old] = wait_listed(services)
        with services.database.write() as connection:  # as if it had been started before an update
            connection.execute(update(worker_table).values(revision="0123456789ab"))
        with worker(data, broker.url, "gpu", OMOKAGE_HOST="new"):
            new, seen = wait_listed(services, 2)
            assert (new.profile.host, new.oddities) == ("new", ())
            assert (seen.profile.id, seen.oddities) == (old.profile.id, (Oddity.OTHER_CODE,))


@pytest.mark.parametrize("why", ["newer tables", "the operator"])
def test_a_worker_that_drains_ends_its_job_takes_no_other_and_says_why(
    data: Path, broker: Valkey, services: Services, why: str
):
    with worker(data, broker.url, OMOKAGE_HOST="host") as one:
        wait_listed(services)
        submit(services.jobs, 1, steps=40)  # two seconds: longer than SIGTERM would wait here
        wait_running(services, 1)
        if why == "the operator":
            assert services.workers.request_drain("host") == 1
        else:
            with services.database.write() as connection:
                connection.execute(text("UPDATE alembic_version SET version_num = 'ffff'"))
        wait_until(lambda: "takes no more jobs" in one.log.read_text(), what="the log line")
        submit(services.jobs, 2)
        assert one.process.wait(20) == EXIT_DRAINED
        assert ("newer Omokage" if why == "newer tables" else "operator asked") in one.log.read_text()
    assert [services.jobs.get(job_id).state for job_id in (1, 2)] == [JobState.DONE, JobState.DISPATCHED]
    assert services.jobs.get(1).attempts == 1
    if why == "the operator":
        with worker(data, broker.url, OMOKAGE_HOST="host"):  # as its supervisor starts it
            wait_until_final(services.jobs, 2)


def test_sigterm_hurries_a_worker_that_drains(data: Path, broker: Valkey, services: Services):
    with worker(data, broker.url, OMOKAGE_HOST="host") as one:
        wait_listed(services)
        submit(services.jobs, 1, steps=50)
        wait_running(services, 1)
        services.workers.request_drain("host")
        wait_until(lambda: "takes no more jobs" in one.log.read_text(), what="the log line")
        one.stop()
    job = services.jobs.get(1)
    assert (job.state, job.attempts) == (JobState.DISPATCHED, 0), "it was not given back"
