from __future__ import annotations

from dataclasses import replace

import pytest

from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import Failure, JobState
from core.services.jobs.service import JobService
from tests.integration.core.builders import (
    GUILD,
    MEMBER,
    PHOTO,
    Broker,
    Clock,
    classify_result,
    new_face,
    request,
    running_job,
    submitted_job,
)

NOT_AN_IMAGE = Failure(ErrorCode.NOT_AN_IMAGE, {"type": "text/plain"})


def test_a_received_job_is_what_was_asked_for(jobs: JobService, clock: Clock) -> None:
    asked = request(2**63 - 1)
    job = jobs.receive(asked)
    assert job == jobs.get(2**63 - 1)
    assert (job.kind, job.origin, job.params) == (asked.kind, asked.origin, asked.params)
    assert (job.state, job.attempts, job.created_at) == (JobState.RECEIVED, 0, clock.now)


def test_a_replayed_command_is_the_same_job(jobs: JobService, clock: Clock) -> None:
    submitted_job(jobs, 1)
    clock.advance(5)
    assert jobs.receive(request(1)) == jobs.get(1)
    assert len(jobs.newest(GUILD, None)) == 1


def test_submitting_sends_one_message_however_often_it_is_called(jobs: JobService, broker: Broker) -> None:
    job = submitted_job(jobs, 1)
    assert (job.state, job.photo) == (JobState.DISPATCHED, PHOTO)
    assert jobs.submit(1, "cd" * 32) == job
    assert broker.take() == [1]


def test_what_becomes_known_with_the_photos_is_kept_once(jobs: JobService) -> None:
    asked = request(1)
    jobs.receive(asked)

    job = jobs.submit(1, None, {"a": {"photo": PHOTO}})

    assert job.params == {**asked.params, "a": {"photo": PHOTO}}
    assert jobs.submit(1, None, {"a": {"photo": "other"}}).params == job.params


def test_a_message_says_the_queue_and_the_priority(jobs: JobService) -> None:
    job = submitted_job(jobs, 1)
    assert (job.queue, job.priority) == ("cpu", 0)


def test_a_finished_job_has_its_result_and_one_answer_to_post(jobs: JobService, clock: Clock) -> None:
    running_job(jobs, 1)
    clock.advance(0.5)
    assert jobs.leases.finish(1, "worker", classify_result().to_json(), [])
    job = jobs.get(1)
    assert (job.state, job.result, job.lease_until) == (JobState.DONE, classify_result().to_json(), None)
    assert job.finished_at == clock.now
    (entry,) = jobs.outbox.pending()
    assert (entry.job_id, entry.nonce, entry.created_at) == (1, "1-1", clock.now)


def test_a_rejected_job_fails_with_an_answer(jobs: JobService) -> None:
    jobs.receive(request(1))
    assert jobs.reject(1, NOT_AN_IMAGE)
    job = jobs.get(1)
    assert (job.state, job.failure) == (JobState.FAILED, NOT_AN_IMAGE)
    assert [entry.job_id for entry in jobs.outbox.pending()] == [1]


def test_a_rejected_job_is_not_submitted_and_a_submitted_one_not_rejected(jobs: JobService, broker: Broker) -> None:
    jobs.receive(request(1))
    jobs.reject(1, NOT_AN_IMAGE)
    assert jobs.submit(1, PHOTO).state is JobState.FAILED
    submitted_job(jobs, 2)
    assert not jobs.reject(2, NOT_AN_IMAGE)
    assert broker.take() == [2]


def test_a_failed_job_tells_why(jobs: JobService) -> None:
    running_job(jobs, 1)
    failure = Failure(ErrorCode.TOO_MANY_PIXELS, {"pixels": 30_000_000})
    assert jobs.leases.fail(1, "worker", failure)
    job = jobs.get(1)
    assert (job.state, job.failure, job.result) == (JobState.FAILED, failure, None)
    assert len(jobs.outbox.pending()) == 1


def test_an_unknown_job_is_said_to_be_unknown(jobs: JobService) -> None:
    for ask in (
        jobs.get,
        jobs.queue_position,
        lambda job_id: jobs.submit(job_id, PHOTO),
        lambda job_id: jobs.cancel(job_id, 1, True),
    ):
        with pytest.raises(OmokageError) as caught:
            ask(404)
        assert caught.value.code is ErrorCode.UNKNOWN_JOB


def test_another_guilds_job_is_unknown(jobs: JobService) -> None:
    submitted_job(jobs, 1)
    assert jobs.get(1, GUILD).id == 1
    with pytest.raises(OmokageError) as caught:
        jobs.get(1, GUILD + 1)
    assert caught.value.code is ErrorCode.UNKNOWN_JOB
    assert jobs.newest(GUILD + 1, None) == []


def test_jobs_are_listed_newest_first_and_by_member(jobs: JobService, clock: Clock) -> None:
    for number in range(1, 6):
        jobs.receive(request(number, member=number % 2))
        clock.advance(1)
    assert [job.id for job in jobs.newest(GUILD, None, limit=3)] == [5, 4, 3]
    assert [job.id for job in jobs.newest(GUILD, 1)] == [5, 3, 1]


def test_a_restarted_bot_finds_the_photos_that_are_still_to_be_fetched(jobs: JobService, clock: Clock) -> None:
    jobs.receive(request(1))
    submitted_job(jobs, 2)
    clock.advance(60)
    jobs.receive(request(3))
    assert [job.id for job in jobs.received_before(clock.now)] == [1]


def test_the_message_that_shows_a_job_is_remembered(jobs: JobService) -> None:
    jobs.receive(request(1))
    jobs.outbox.set_answer_message(1, 99)
    assert jobs.get(1).answer_message_id == 99


@pytest.mark.parametrize("state", [JobState.RECEIVED, JobState.WAITING, JobState.DISPATCHED])
def test_a_job_that_nobody_began_is_cancelled_at_once(jobs: JobService, broker: Broker, state: JobState) -> None:
    broker.away = state is JobState.WAITING
    jobs.receive(request(1))
    if state is not JobState.RECEIVED:
        jobs.submit(1, PHOTO)
    assert jobs.get(1).state is state
    assert jobs.cancel(1, MEMBER, is_moderator=False).state is JobState.CANCELLED
    assert jobs.leases.claim(1, "worker") is None
    assert [entry.job_id for entry in jobs.outbox.pending()] == [1]


def test_a_running_job_is_asked_to_stop_and_keeps_nothing_of_its_result(jobs: JobService) -> None:
    running_job(jobs, 1)
    assert jobs.cancel(1, MEMBER, is_moderator=False).state is JobState.RUNNING
    assert jobs.outbox.pending() == []
    assert jobs.leases.finish(1, "worker", classify_result(()).to_json(), [new_face()])
    job = jobs.get(1)
    assert (job.state, job.result) == (JobState.CANCELLED, None)
    assert len(jobs.outbox.pending()) == 1


def test_a_job_for_which_to_stop_is_to_answer_keeps_what_there_is(jobs: JobService) -> None:
    running_job(jobs, 1)
    jobs.cancel(1, MEMBER, is_moderator=False)
    assert jobs.leases.finish(1, "worker", {"steps": 7}, keep=True)
    job = jobs.get(1)
    assert (job.state, job.result) == (JobState.DONE, {"steps": 7})
    assert len(jobs.outbox.pending()) == 1
    assert not jobs.leases.finish(1, "another", {"steps": 9}, keep=True)


def test_a_worker_that_noticed_the_wish_stops(jobs: JobService) -> None:
    running_job(jobs, 1)
    jobs.cancel(1, MEMBER, is_moderator=False)
    assert jobs.leases.renew(1, "worker") == "cancel-requested"
    assert jobs.leases.stop(1, "worker")
    assert not jobs.leases.stop(1, "worker")
    assert jobs.get(1).state is JobState.CANCELLED
    assert len(jobs.outbox.pending()) == 1


def test_only_the_owner_and_moderators_may_cancel(jobs: JobService) -> None:
    submitted_job(jobs, 1)
    with pytest.raises(OmokageError) as caught:
        jobs.cancel(1, MEMBER + 1, is_moderator=False)
    assert caught.value.code is ErrorCode.NOT_ALLOWED
    assert jobs.cancel(1, MEMBER + 1, is_moderator=True).state is JobState.CANCELLED


def test_a_finished_job_cannot_be_cancelled(jobs: JobService) -> None:
    running_job(jobs, 1)
    jobs.leases.finish(1, "worker", {}, [])
    before = jobs.get(1)
    with pytest.raises(OmokageError) as caught:
        jobs.cancel(1, MEMBER, is_moderator=False)
    assert caught.value.code is ErrorCode.ALREADY_FINISHED
    assert jobs.get(1) == before


def test_the_backlog_counts_by_queue(jobs: JobService, clock: Clock) -> None:
    jobs.receive(request(1, member=1))
    oldest = submitted_job(jobs, 2, member=2)
    clock.advance(3)
    submitted_job(jobs, 3, member=3)
    running_job(jobs, 4, member=4)
    backlog = jobs.backlog()
    cpu = backlog[oldest.queue]
    assert (cpu.waiting, cpu.dispatched, cpu.running) == (1, 2, 1)
    assert cpu.oldest_dispatched_at == oldest.dispatched_at
    gpu = next(one for queue, one in backlog.items() if queue != oldest.queue)
    assert gpu == replace(cpu, queue=gpu.queue, waiting=0, dispatched=0, running=0, oldest_dispatched_at=None)
