"""Jobs through a real broker and a real worker."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator

import pytest

from core.bootstrap import Services
from core.domain.errors import ErrorCode
from core.domain.jobs import Job, JobKind, JobRequest, JobState, Origin
from core.services.jobs.service import JobService
from tests.integration.worker.processes import (
    Valkey,
    open_services,
    settings_for,
    submit,
    wait_until,
    wait_until_final,
    worker,
)
from worker.events import JobEvent, events

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    """One for the file: these jobs do the worker no harm, and a start takes seconds."""
    started = Valkey(tmp_path_factory.mktemp("jobs"))
    started.start()
    yield started
    started.kill()


@pytest.fixture(scope="module")
def services(broker: Valkey) -> Iterator[Services]:
    with open_services(settings_for(broker.data, broker)) as built, worker(broker.data, broker.url):
        yield built


@pytest.fixture
def jobs(services: Services) -> JobService:
    return services.jobs


def ended(jobs: JobService, **params: object) -> Job:
    job_id = next(_numbers)
    submit(jobs, job_id, **params)
    wait_until_final(jobs, job_id)
    return jobs.get(job_id)


def answers(jobs: JobService, job: Job) -> int:
    return sum(entry.job_id == job.id for entry in jobs.outbox.pending())


def test_a_job_is_run_and_has_one_answer(jobs: JobService):
    job = ended(jobs)
    assert (job.state, job.attempts) == (JobState.DONE, 1)
    assert answers(jobs, job) == 1


def test_what_is_wrong_with_a_job_is_its_answer_and_the_worker_goes_on(jobs: JobService):
    photo, bug, hang = (ended(jobs, fault=fault) for fault in ("photo", "bug", "hang"))
    codes = [job.failure.code for job in (photo, bug, hang) if job.failure]
    assert codes == [ErrorCode.BROKEN_IMAGE, ErrorCode.INTERNAL, ErrorCode.INTERNAL]
    assert bug.failure.details == {"reason": "ZeroDivisionError"}
    assert hang.failure.details == {"reason": "too-long"}
    assert ended(jobs).state is JobState.DONE
    assert [(job.attempts, answers(jobs, job)) for job in (photo, bug, hang)] == [(1, 1)] * 3


def test_eight_refused_uploads_leave_nothing_behind(services: Services, jobs: JobService):
    photos = [services.blobs.put(b"no photo %d" % number) for number in range(8)]
    for photo in photos:
        job_id = next(_numbers)
        jobs.receive(JobRequest(job_id, JobKind.CLASSIFY, Origin(7, 20, job_id, "en", 1, "token"), {"fault": "photo"}))
        jobs.submit(job_id, photo)
        wait_until_final(jobs, job_id)
    wait_until(lambda: not any(map(services.blobs.exists, photos)))


def test_a_fault_of_the_host_is_tried_again(jobs: JobService):
    job = ended(jobs, fault="storage")
    assert (job.state, job.attempts) == (JobState.DONE, 2)


def test_a_running_job_stops_when_it_is_cancelled(jobs: JobService):
    job = submit(jobs, next(_numbers), steps=400)
    wait_until(lambda: jobs.get(job.id).state is JobState.RUNNING)
    jobs.cancel(job.id, by_member=job.origin.member_id, is_moderator=False)
    wait_until_final(jobs, job.id, within=10)
    assert jobs.get(job.id).state is JobState.CANCELLED
    assert answers(jobs, job) == 1


async def test_the_bot_hears_how_a_job_gets_on(broker: Valkey, jobs: JobService):
    job_id, heard = next(_numbers), []

    async def listen() -> None:
        async for event in events(broker.url):
            if event.job_id == job_id:
                heard.append(event)
            if event == JobEvent(job_id, "finished"):
                return

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0.2)
    await asyncio.to_thread(submit, jobs, job_id, steps=2)
    await asyncio.wait_for(listening, 10)
    assert heard == [
        JobEvent(job_id, "started"),
        JobEvent(job_id, "progress", "pretending", 0.0),
        JobEvent(job_id, "progress", "pretending", 0.5),
        JobEvent(job_id, "finished"),
    ]
