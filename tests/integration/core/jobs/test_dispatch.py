from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import update

from core.domain.errors import ErrorCode, OmokageError
from core.domain.fairness import OPERATOR_GUILD, FairShare
from core.domain.jobs import JOB_LIMITS, JobState
from core.services.jobs.service import JobService
from core.storage.database import Database
from core.storage.jobs.job_rows import insert_job
from core.storage.tables import jobs as table
from tests.integration.core.builders import GUILD, PHOTO, Broker, Clock, request, running_job, submitted_job


def states(jobs: JobService, *job_ids: int) -> list[JobState]:
    return [jobs.get(job_id).state for job_id in job_ids]


def test_a_member_has_two_jobs_under_way(jobs: JobService, broker: Broker) -> None:
    for job_id in (1, 2, 3, 4):
        submitted_job(jobs, job_id)
    assert broker.take() == [1, 2]
    assert states(jobs, 3, 4) == [JobState.WAITING] * 2
    jobs.leases.claim(1, "worker")
    assert jobs.dispatcher.dispatch() == []
    jobs.leases.finish(1, "worker", {}, [])
    assert broker.take() == [3]


def test_a_guild_has_six_jobs_under_way_and_others_are_not_held_up(jobs: JobService, broker: Broker) -> None:
    for job_id in range(1, 11):
        submitted_job(jobs, job_id, member=job_id)
    submitted_job(jobs, 11, guild=GUILD + 1)
    assert broker.take() == [1, 2, 3, 4, 5, 6, 11]


def test_the_cli_is_not_held_back(jobs: JobService, broker: Broker) -> None:
    for job_id in range(1, 31):
        submitted_job(jobs, job_id, guild=OPERATOR_GUILD, member=0)
    assert len(broker.take()) == 30


def test_who_came_first_is_first_whatever_his_guild(jobs: JobService, broker: Broker, clock: Clock) -> None:
    broker.away = True
    for job_id in range(1, 21):
        submitted_job(jobs, job_id, guild=GUILD + job_id % 3, member=job_id)
        clock.advance(1)
    broker.away = False
    jobs.dispatcher.dispatch()
    taken = broker.take()
    assert taken == list(range(1, 19))
    assert set(Counter(job_id % 3 for job_id in taken).values()) == {6}


def test_the_share_counts_every_way_a_job_can_end(jobs: JobService, broker: Broker, clock: Clock) -> None:
    for job_id in range(1, 8):
        submitted_job(jobs, job_id)
    assert broker.take() == [1, 2]
    jobs.cancel(1, 0, is_moderator=True)
    assert broker.take() == [3]
    jobs.leases.claim(2, "worker")
    jobs.cancel(2, 0, is_moderator=True)
    assert broker.take() == []
    jobs.leases.stop(2, "worker")
    assert broker.take() == [4]
    jobs.leases.claim(3, "worker")
    jobs.leases.release(3, "worker")
    assert broker.take() == [3]  # it is older than 5
    for _ in range(3):
        assert jobs.leases.claim(3, "worker") is not None
        clock.advance(JOB_LIMITS.lease_s + 1)
        jobs.recovery.recover()
    assert jobs.get(3).state is JobState.FAILED
    assert broker.take()[-1] == 5


def test_thousands_wait_and_the_free_guilds_job_goes_out(database: Database, broker: Broker, clock: Clock) -> None:
    share = FairShare(per_member=1, per_guild=1, waiting_per_member=10_000, waiting_per_guild=10_000)
    jobs = JobService(database, broker, clock, share)
    with database.write() as connection:
        for job_id in range(1, 1502):
            insert_job(connection, request(job_id, guild=GUILD if job_id <= 1500 else GUILD + 1), clock())
        connection.execute(update(table).values(state=JobState.WAITING, photo=PHOTO))
    assert jobs.dispatcher.dispatch() == [1, 1501]


def test_a_member_may_have_ten_jobs_waiting(jobs: JobService) -> None:
    for job_id in range(1, 13):  # two go out
        submitted_job(jobs, job_id)
    with pytest.raises(OmokageError) as caught:
        jobs.receive(request(13))
    assert (caught.value.code, caught.value.details) == (ErrorCode.QUEUE_FULL, {"waiting": 10})
    assert jobs.receive(request(12)).id == 12  # a replay is not refused
    jobs.receive(request(14, member=99))


def test_a_guild_may_have_a_hundred_jobs_waiting(jobs: JobService) -> None:
    for job_id in range(100):
        jobs.receive(request(job_id + 1, member=job_id))
    with pytest.raises(OmokageError) as caught:
        jobs.receive(request(500, member=500))
    assert (caught.value.code, caught.value.details) == (ErrorCode.QUEUE_FULL, {"waiting": 100})
    jobs.receive(request(501, guild=GUILD + 1))
    for job_id in range(1000, 1120):
        jobs.receive(request(job_id, guild=OPERATOR_GUILD))


def test_a_job_that_the_broker_refused_is_sent_when_it_is_back(jobs: JobService, broker: Broker) -> None:
    broker.away = True
    submitted_job(jobs, 1)
    submitted_job(jobs, 2)
    assert states(jobs, 1, 2) == [JobState.WAITING] * 2
    jobs.recovery.recover()
    broker.away = False
    jobs.recovery.recover()
    assert broker.take() == [1, 2]
    assert states(jobs, 1, 2) == [JobState.DISPATCHED] * 2


def test_a_broker_that_fails_halfway_keeps_what_it_took(database: Database, clock: Clock) -> None:
    taken: list[int] = []

    def enqueue(job_id: int, _queue: object, _priority: int) -> None:
        if len(taken) == 1:
            raise ConnectionError
        taken.append(job_id)

    away = JobService(database, _refuse, clock)
    for job_id in (1, 2, 3):
        submitted_job(away, job_id, member=job_id)
    jobs = JobService(database, enqueue, clock)
    assert jobs.dispatcher.dispatch() == taken == [1]
    assert states(jobs, 1, 2, 3) == [JobState.DISPATCHED, JobState.WAITING, JobState.WAITING]


def _refuse(*_message: object) -> None:
    raise ConnectionError


def test_a_message_lost_with_the_broker_is_sent_again(jobs: JobService, broker: Broker, clock: Clock) -> None:
    submitted_job(jobs, 1)
    broker.take()  # and the broker dies
    clock.advance(JOB_LIMITS.redispatch_after_s - 1)
    assert jobs.recovery.recover().redispatched == ()
    clock.advance(1)
    assert jobs.recovery.recover().redispatched == (1,)
    assert broker.take() == [1]
    assert jobs.recovery.recover().redispatched == ()


def test_while_no_worker_is_there_copies_of_a_message_grow_rare(jobs: JobService, broker: Broker, clock: Clock) -> None:
    submitted_job(jobs, 1)
    for _ in range(180):  # an hour
        clock.advance(20)
        jobs.recovery.recover()
    assert len(broker.take()) <= 12
    assert jobs.get(1).state is JobState.DISPATCHED


def test_messages_in_a_long_queue_that_moves_are_not_sent_again(jobs: JobService, broker: Broker, clock: Clock) -> None:
    for guild in range(5):
        for member in range(6):
            submitted_job(jobs, guild * 6 + member + 1, guild=guild + 1, member=member)
    for job_id in broker.take():
        clock.advance(5)
        assert jobs.leases.claim(job_id, "worker") is not None
        clock.advance(5)
        jobs.leases.finish(job_id, "worker", {}, [])
        assert jobs.recovery.recover().redispatched == ()


def test_a_message_that_later_ones_overtook_is_sent_again(jobs: JobService, broker: Broker, clock: Clock) -> None:
    submitted_job(jobs, 1, member=1)
    for job_id in range(2, 32):
        clock.advance(1)
        running_job(jobs, job_id, member=job_id)
        clock.advance(1)
        jobs.leases.finish(job_id, "worker", {}, [])
        broker.take()
        if jobs.recovery.recover().redispatched:
            break
    assert broker.take() == [1]
    assert job_id < 15


def test_a_running_job_of_any_length_keeps_the_queue_from_being_sent_again(jobs: JobService, clock: Clock) -> None:
    running_job(jobs, 1, member=1)
    submitted_job(jobs, 2, member=2)
    for _ in range(60):
        clock.advance(JOB_LIMITS.renew_s)
        jobs.leases.renew(1, "worker")
        assert jobs.recovery.recover().redispatched == ()
