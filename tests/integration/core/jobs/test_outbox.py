from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import exc, insert

from core.services.jobs.service import JobService
from core.storage.database import Database
from core.storage.tables import outbox
from tests.integration.core.builders import Clock, running_job


def ended(jobs: JobService, *job_ids: int) -> None:
    for job_id in job_ids:
        running_job(jobs, job_id, member=job_id)
        jobs.leases.finish(job_id, "worker", {}, [])


def test_answers_are_posted_in_the_order_in_which_jobs_ended(jobs: JobService) -> None:
    ended(jobs, 3, 1, 2)
    assert [entry.job_id for entry in jobs.outbox.pending()] == [3, 1, 2]
    assert [entry.job_id for entry in jobs.outbox.pending(limit=2)] == [3, 1]


def test_a_sent_answer_is_not_pending_and_its_message_is_remembered(jobs: JobService) -> None:
    ended(jobs, 1)
    (entry,) = jobs.outbox.pending()
    jobs.outbox.mark_sent(entry.id, 55)
    assert jobs.outbox.pending() == []
    assert jobs.get(1).answer_message_id == 55
    jobs.outbox.mark_sent(entry.id, 66)
    assert jobs.get(1).answer_message_id == 55


def test_a_failed_post_is_tried_again_when_told(jobs: JobService, clock: Clock) -> None:
    ended(jobs, 1)
    (entry,) = jobs.outbox.pending()
    assert jobs.outbox.note_failure(entry.id, clock.now + timedelta(seconds=30))
    assert jobs.outbox.pending() == []
    clock.advance(30)
    (again,) = jobs.outbox.pending()
    assert (again.id, again.nonce, again.attempts) == (entry.id, entry.nonce, 1)


def test_posting_is_given_up_after_a_day(jobs: JobService, clock: Clock) -> None:
    ended(jobs, 1)
    (entry,) = jobs.outbox.pending()
    clock.advance(24 * 3600 - 60)
    assert jobs.outbox.note_failure(entry.id, clock.now + timedelta(seconds=60))
    clock.advance(60)
    assert not jobs.outbox.note_failure(entry.id, clock.now + timedelta(seconds=60))
    clock.advance(3600)
    assert jobs.outbox.pending() == []


def test_a_failure_noted_after_the_answer_was_sent_does_not_send_it_again(jobs: JobService, clock: Clock) -> None:
    ended(jobs, 1)
    (entry,) = jobs.outbox.pending()
    jobs.outbox.mark_sent(entry.id, 55)
    assert not jobs.outbox.note_failure(entry.id, clock.now)
    assert jobs.outbox.pending() == []


def test_the_database_refuses_a_second_answer(jobs: JobService, database: Database, clock: Clock) -> None:
    ended(jobs, 1)
    second = insert(outbox).values(job_id=1, sequence=1, created_at=clock.now, due_at=clock.now)
    with pytest.raises(exc.IntegrityError), database.write() as connection:
        connection.execute(second)
