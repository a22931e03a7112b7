from __future__ import annotations

import pytest

from core.services.jobs.service import JobService
from tests.integration.core.builders import Broker, Clock, request, running_job, submitted_job


def finished(jobs: JobService, clock: Clock, job_id: int, seconds: float) -> None:
    running_job(jobs, job_id, guild=1, member=job_id)
    clock.advance(seconds)
    jobs.leases.finish(job_id, "worker", {}, [])


def test_nothing_measured_is_no_estimate(jobs: JobService) -> None:
    submitted_job(jobs, 1)
    assert (jobs.queue_position(1).ahead, jobs.queue_position(1).estimate_s) == (0, None)


def test_the_estimate_is_the_median_of_what_such_jobs_took(jobs: JobService, clock: Clock) -> None:
    for job_id, seconds in enumerate((1, 2, 60), start=1):
        finished(jobs, clock, job_id, seconds)
    submitted_job(jobs, 10)
    assert jobs.queue_position(10).estimate_s == pytest.approx(2.0)


def test_only_the_last_fifty_count(jobs: JobService, clock: Clock) -> None:
    for job_id in range(1, 61):
        finished(jobs, clock, job_id, 100.0 if job_id <= 40 else 1.0 + job_id / 1000)
    submitted_job(jobs, 100)
    # 20 short ones and 30 of the long: the long ones are still the middle.
    assert jobs.queue_position(100).estimate_s == pytest.approx(100.0)
    for job_id in range(61, 75):
        finished(jobs, clock, job_id, 1.0)
    assert jobs.queue_position(100).estimate_s == pytest.approx(1.05, abs=0.05)


def test_failures_are_not_measured(jobs: JobService, clock: Clock) -> None:
    finished(jobs, clock, 1, 2)
    running_job(jobs, 2, member=2)
    clock.advance(50)
    jobs.cancel(2, 0, is_moderator=True)
    jobs.leases.stop(2, "worker")
    submitted_job(jobs, 3)
    assert jobs.queue_position(3).estimate_s == pytest.approx(2.0)


def test_everything_that_runs_or_comes_before_is_ahead(jobs: JobService, broker: Broker, clock: Clock) -> None:
    finished(jobs, clock, 1, 4)
    running_job(jobs, 2, member=2)
    running_job(jobs, 3, member=3)
    for job_id in (4, 5):
        clock.advance(0.001)
        submitted_job(jobs, job_id, member=4)
    clock.advance(0.001)
    jobs.receive(request(6, member=6))
    clock.advance(0.001)
    broker.away = True
    submitted_job(jobs, 7, member=7)
    assert [jobs.queue_position(job_id).ahead for job_id in (2, 4, 5, 6, 7)] == [0, 2, 3, 4, 5]
    # Two slots are busy; each of their jobs is half done on average: 4 + (2 * 2 + 3 * 4) / 2.
    assert jobs.queue_position(7).estimate_s == pytest.approx(12.0)


def test_another_guilds_jobs_are_ahead_too(jobs: JobService, clock: Clock) -> None:
    submitted_job(jobs, 1, guild=1)
    clock.advance(1)
    submitted_job(jobs, 2, guild=2)
    assert jobs.queue_position(2).ahead == 1


def test_a_finished_job_has_nothing_ahead(jobs: JobService, clock: Clock) -> None:
    finished(jobs, clock, 1, 3)
    submitted_job(jobs, 2)
    assert (jobs.queue_position(1).ahead, jobs.queue_position(1).estimate_s) == (0, 0.0)
