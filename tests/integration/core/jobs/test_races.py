"""The same thing asked for by many threads at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

from core.domain.errors import ErrorCode, OmokageError
from core.domain.fairness import FairShare
from core.domain.jobs import JobState
from core.domain.people import FaceRef
from core.services.jobs.service import JobService
from core.services.people.service import PeopleService
from core.storage.database import Database
from tests.integration.core.builders import (
    GUILD,
    MEMBER,
    Broker,
    Clock,
    job_with_faces,
    new_face,
    request,
    running_job,
    submitted_job,
)

T = TypeVar("T")
THREADS = 4


def at_once(ask: Callable[[int], T]) -> list[T | Exception]:
    """What each of the threads got, or what was raised."""
    start = threading.Barrier(THREADS)

    def one(number: int) -> T | Exception:
        start.wait()
        try:
            return ask(number)
        except OmokageError as error:
            return error

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(one, range(THREADS)))


@pytest.mark.parametrize("repetition", range(5))
def test_of_many_workers_one_gets_the_job(jobs: JobService, repetition: int) -> None:
    submitted_job(jobs, 1)
    claimed = at_once(lambda number: jobs.leases.claim(1, f"worker-{number}"))
    assert len([job for job in claimed if job is not None]) == 1
    assert jobs.get(1).attempts == 1


@pytest.mark.parametrize("repetition", range(5))
def test_of_many_recoveries_one_gives_the_job_back(
    jobs: JobService, broker: Broker, clock: Clock, repetition: int
) -> None:
    running_job(jobs, 1)
    broker.take()
    clock.advance(100)
    at_once(lambda _: jobs.recovery.recover())
    assert broker.take() == [1]


def test_the_same_command_twice_at_once_is_one_job(jobs: JobService) -> None:
    received = at_once(lambda _: jobs.receive(request(1)))
    assert received == [jobs.get(1)] * THREADS


def test_the_limits_of_the_queue_hold_when_all_ask_at_once(database: Database, broker: Broker) -> None:
    jobs = JobService(database, broker, share=FairShare(waiting_per_member=3))
    received = at_once(lambda number: jobs.receive(request(1 + number)))
    assert sum(isinstance(one, OmokageError) for one in received) == THREADS - 3


@pytest.mark.parametrize("repetition", range(5))
def test_many_dispatches_at_once_do_not_exceed_the_share(database: Database, broker: Broker, repetition: int) -> None:
    broker.away = True
    jobs = JobService(database, broker)
    for job_id in range(1, 9):
        submitted_job(jobs, job_id)
    broker.away = False
    at_once(lambda _: jobs.dispatcher.dispatch())
    assert broker.take() == [1, 2]


@pytest.mark.parametrize("repetition", range(5))
def test_a_job_that_is_cancelled_while_it_finishes_has_one_answer(jobs: JobService, repetition: int) -> None:
    running_job(jobs, 1)

    def end(number: int) -> object:
        return jobs.cancel(1, MEMBER, False) if number % 2 else jobs.leases.finish(1, "worker", {}, [])

    at_once(end)
    assert jobs.get(1).state in {JobState.DONE, JobState.CANCELLED}
    assert len(jobs.outbox.pending()) == 1


@pytest.mark.parametrize("repetition", range(5))
def test_a_job_that_is_cancelled_while_it_is_claimed_is_one_or_the_other(jobs: JobService, repetition: int) -> None:
    submitted_job(jobs, 1)

    def ask(number: int) -> object:
        return jobs.cancel(1, MEMBER, False) if number else jobs.leases.claim(1, "worker")

    claimed = at_once(ask)[0]
    job = jobs.get(1)
    if claimed is None:
        assert (job.state, len(jobs.outbox.pending())) == (JobState.CANCELLED, 1)
    else:
        assert (job.state, job.cancel_requested, jobs.outbox.pending()) == (JobState.RUNNING, True, [])


def test_two_who_give_the_same_new_name_at_once_make_one_person(jobs: JobService, people: PeopleService) -> None:
    job_with_faces(jobs, 1, *(new_face(number, value=number) for number in range(1, THREADS + 1)))
    said = at_once(
        lambda number: people.name_face(
            FaceRef(1, number + 1), GUILD, "Anna", by=1, channel_id=2, message_id=3, source="this-is"
        )
    )
    assert len({person.id for person in said if not isinstance(person, Exception)}) == 1
    (anna,) = people.list(GUILD)
    assert anna.pictures == THREADS


def test_nobody_waits_for_ever_when_a_transaction_breaks(jobs: JobService, database: Database) -> None:
    with pytest.raises(OmokageError) as caught, database.write():
        raise OmokageError(ErrorCode.INTERNAL)
    assert caught.value.code is ErrorCode.INTERNAL
    assert jobs.receive(request(1)).id == 1
