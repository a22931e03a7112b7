from __future__ import annotations

from datetime import timedelta

import pytest

from core.domain.errors import ErrorCode
from core.domain.jobs import JOB_LIMITS, Failure, JobState, LeaseStatus
from core.services.jobs.service import JobService
from core.services.people.service import PeopleService
from tests.integration.core.builders import MEMBER, Broker, Clock, classify_result, new_face, running_job, submitted_job


def test_a_job_is_claimed_once(jobs: JobService, clock: Clock) -> None:
    submitted_job(jobs, 1)
    job = jobs.leases.claim(1, "first")
    assert job is not None
    assert (job.state, job.attempts, job.started_at, job.lease_owner) == (JobState.RUNNING, 1, clock.now, "first")
    assert jobs.leases.claim(1, "second") is None
    assert jobs.leases.claim(1, "first") is None
    assert jobs.get(1) == job


def test_a_duplicate_message_after_the_end_is_a_no_op(jobs: JobService) -> None:
    running_job(jobs, 1)
    jobs.leases.finish(1, "worker", {}, [])
    before = jobs.get(1)
    assert jobs.leases.claim(1, "worker") is None
    assert jobs.get(1) == before


def test_a_job_that_waits_is_not_claimed_by_an_old_message(jobs: JobService, broker: Broker) -> None:
    broker.away = True
    submitted_job(jobs, 1)
    assert jobs.leases.claim(1, "worker") is None


def test_a_renewed_lease_is_not_taken_over(jobs: JobService, clock: Clock) -> None:
    running_job(jobs, 1)
    for _ in range(10):
        clock.advance(JOB_LIMITS.renew_s)
        assert jobs.leases.renew(1, "worker") is LeaseStatus.HELD
        assert jobs.recovery.recover().requeued == ()
        assert jobs.leases.claim(1, "other") is None


def test_a_late_worker_that_nobody_replaced_keeps_its_job(jobs: JobService, clock: Clock) -> None:
    running_job(jobs, 1)
    clock.advance(JOB_LIMITS.lease_s + 1)
    assert jobs.leases.renew(1, "worker") is LeaseStatus.HELD
    assert jobs.leases.finish(1, "worker", {}, [])


def test_a_dead_workers_job_is_sent_again(jobs: JobService, broker: Broker, clock: Clock) -> None:
    running_job(jobs, 1)
    broker.take()
    clock.advance(JOB_LIMITS.lease_s + 1)
    assert jobs.recovery.recover().requeued == (1,)
    assert broker.take() == [1]
    again = jobs.leases.claim(1, "other")
    assert again is not None
    assert again.attempts == 2


def test_a_redelivered_message_takes_the_job_of_a_dead_worker(jobs: JobService, clock: Clock) -> None:
    running_job(jobs, 1)
    clock.advance(JOB_LIMITS.lease_s + 1)
    job = jobs.leases.claim(1, "other")
    assert job is not None
    assert (job.attempts, job.lease_owner) == (2, "other")


def test_who_lost_his_lease_writes_nothing(jobs: JobService, people: PeopleService, clock: Clock) -> None:
    running_job(jobs, 1, owner="stale")
    clock.advance(JOB_LIMITS.lease_s + 1)
    jobs.leases.claim(1, "fresh")
    before = jobs.get(1)
    assert jobs.leases.renew(1, "stale") is LeaseStatus.LOST
    assert not jobs.leases.finish(1, "stale", classify_result(()).to_json(), [new_face()])
    assert not jobs.leases.fail(1, "stale", Failure(ErrorCode.INTERNAL, {}))
    assert not jobs.leases.stop(1, "stale")
    assert not jobs.leases.release(1, "stale")
    assert jobs.get(1) == before
    assert (jobs.outbox.pending(), people.faces_of(1)) == ([], [])


def test_the_third_dead_worker_is_the_last(jobs: JobService, clock: Clock) -> None:
    submitted_job(jobs, 1)
    for attempt in range(1, 4):
        job = jobs.leases.claim(1, f"worker-{attempt}")
        assert job is not None
        assert job.attempts == attempt
        clock.advance(JOB_LIMITS.lease_s + 1)
        recovery = jobs.recovery.recover()
        assert recovery.failed == ((1,) if attempt == 3 else ())
    job = jobs.get(1)
    assert job.state is JobState.FAILED
    assert job.failure is not None
    assert job.failure.code is ErrorCode.TOO_MANY_ATTEMPTS
    assert [entry.job_id for entry in jobs.outbox.pending()] == [1]
    assert jobs.recovery.recover().failed == ()


def test_a_redelivered_message_gives_no_fourth_attempt(jobs: JobService, clock: Clock) -> None:
    running_job(jobs, 1)
    for owner in ("second", "third"):
        clock.advance(JOB_LIMITS.lease_s + 1)
        assert jobs.leases.claim(1, owner) is not None
    clock.advance(JOB_LIMITS.lease_s + 1)
    assert jobs.leases.claim(1, "fourth") is None
    assert jobs.recovery.recover().failed == (1,)


def test_a_released_job_runs_again_and_the_attempt_does_not_count(jobs: JobService, broker: Broker) -> None:
    submitted_job(jobs, 1)
    for _ in range(5):
        assert broker.take() == [1]
        job = jobs.leases.claim(1, "worker")
        assert job is not None
        assert job.attempts == 1
        assert jobs.leases.release(1, "worker")


@pytest.mark.parametrize("how", ["release", "recover"])
def test_a_job_that_is_given_back_after_a_wish_to_cancel_is_cancelled(jobs: JobService, clock: Clock, how: str) -> None:
    running_job(jobs, 1)
    jobs.cancel(1, MEMBER, is_moderator=False)
    if how == "release":
        assert jobs.leases.release(1, "worker")
    else:
        clock.advance(JOB_LIMITS.lease_s + 1)
        assert jobs.recovery.recover().cancelled == (1,)
    assert jobs.get(1).state is JobState.CANCELLED
    assert len(jobs.outbox.pending()) == 1


def test_the_faces_come_with_the_result_or_not_at_all(jobs: JobService, people: PeopleService) -> None:
    running_job(jobs, 1)
    twice = [new_face(1), new_face(1)]  # the same number: the database refuses
    with pytest.raises(Exception, match=r"(?i)unique"):
        jobs.leases.finish(1, "worker", {}, twice)
    assert jobs.get(1).state is JobState.RUNNING
    assert (jobs.outbox.pending(), people.faces_of(1)) == ([], [])
    assert jobs.leases.finish(1, "worker", {}, [new_face(1), new_face(2)])
    assert [face.ref.number for face in people.faces_of(1)] == [1, 2]


SET_BACK_S = 3 * 3600.0  # a clock that ran in another time zone, and is put right


def test_a_dead_workers_job_is_not_held_for_hours_by_a_clock_that_was_set_back(jobs: JobService, clock: Clock) -> None:
    # Given a worker that died just before the clock was set back by three hours
    running_job(jobs, 1)
    clock.advance(-SET_BACK_S)
    # When two leases have passed on the new clock
    assert jobs.recovery.recover().requeued == ()
    clock.advance(JOB_LIMITS.lease_s + 1)
    # Then somebody else has the job
    assert jobs.recovery.recover().requeued == (1,)


def test_a_living_worker_keeps_its_job_when_the_clock_is_set_back(jobs: JobService, clock: Clock) -> None:
    running_job(jobs, 1, "first")
    clock.advance(-SET_BACK_S)
    assert jobs.recovery.recover().requeued == ()
    clock.advance(JOB_LIMITS.renew_s)
    assert jobs.leases.renew(1, "first") is LeaseStatus.HELD
    clock.advance(JOB_LIMITS.lease_s - 1)
    assert jobs.recovery.recover().requeued == ()


def test_a_lost_message_is_sent_again_and_an_answer_posted_though_the_clock_was_set_back(
    jobs: JobService, clock: Clock, broker: Broker
) -> None:
    # Given a message that the broker lost, and an answer that is to be posted again in some minutes
    submitted_job(jobs, 1)
    running_job(jobs, 2)
    jobs.leases.finish(2, "worker", {"faces": 0})
    [entry] = jobs.outbox.pending()
    jobs.outbox.note_failure(entry.id, clock.now + timedelta(seconds=JOB_LIMITS.max_resend_s))
    broker.take()
    # When the clock is set back, and the ordinary times have passed
    clock.advance(-SET_BACK_S)
    jobs.recovery.recover()
    clock.advance(JOB_LIMITS.redispatch_after_s)
    # Then the message is there again, and soon the answer is due
    assert jobs.recovery.recover().redispatched == (1,)
    clock.advance(JOB_LIMITS.max_resend_s)
    assert [late.id for late in jobs.outbox.pending()] == [entry.id]
