"""What is asked often must not read more the longer the product has been used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from core.domain.people import FaceRef
from core.domain.storage_limits import StorageLimits
from core.domain.training.runs import LiveStatus
from core.services.jobs.service import JobService
from core.services.people.service import PeopleService
from core.services.registry.service import RegistryService
from core.services.retention import RetentionService
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.retention_rows import (
    delete_expired_faces,
    delete_expired_jobs,
    forget_stored,
    stored_bytes,
    take_turn,
)
from tests.integration.core.builders import (
    GUILD,
    MEMBER,
    PHOTO,
    Clock,
    job_with_faces,
    new_face,
    request,
    running_job,
    submitted_job,
)
from tests.integration.core.registry.builders import Trained
from tests.integration.core.runs.builders import Bench
from tests.integration.core.runs.fake_trainer import request as train_request


@pytest.fixture
def asked(database: Database) -> Iterator[dict[str, Any]]:
    """The statements of the test, with parameters."""
    statements: dict[str, Any] = {}

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.split(maxsplit=1)[0] in {"SELECT", "UPDATE", "DELETE"}:
            statements[statement] = parameters

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_question_about_jobs_reads_the_whole_history(
    database: Database, jobs: JobService, people: PeopleService, clock: Clock, asked: dict[str, Any]
) -> None:
    job_with_faces(jobs, 1, new_face())
    people.name_face(FaceRef(1, 1), GUILD, "Anna", by=1, channel_id=2, message_id=3, source="this-is")
    jobs.receive(request(2, member=2))
    for job_id in (3, 4, 5, 6):
        submitted_job(jobs, job_id)
    running_job(jobs, 7, member=7)
    jobs.leases.renew(7, "worker")
    jobs.cancel(7, MEMBER, is_moderator=True)
    clock.advance(30)
    jobs.recovery.recover()
    for job_id in (1, 2, 3, 6):
        jobs.queue_position(job_id)
    jobs.backlog()
    jobs.newest(GUILD, None)
    jobs.newest(GUILD, MEMBER)
    jobs.received_before(clock.now)
    (entry, *_) = jobs.outbox.pending()
    jobs.outbox.mark_sent(entry.id, 1)
    people.faces_of(1)
    people.gallery.version(GUILD)

    assert len(asked) > 20
    with database.read() as connection:
        for statement, parameters in list(asked.items()):
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            assert not [step for step in plan if reads_all(step)], (statement, plan)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_photo_has_all_guilds_models_or_people_read(
    database: Database, people: PeopleService, clock: Clock, asked: dict[str, Any], tmp_path: Path
) -> None:
    registry = RegistryService(database, Blobs(str(tmp_path / "blobs")), clock)
    version = Trained(database, registry, clock).version()
    registry.promote(version.id, MEMBER)
    asked.clear()
    registry.serving_id(GUILD, version.kind)
    registry.get(version.id)
    people.names(GUILD)
    people.gallery.version(GUILD)
    people.gallery.confirmed_faces(GUILD, PHOTO)

    assert len(asked) == 5
    with database.read() as connection:
        for statement, parameters in list(asked.items()):
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            assert not [step for step in plan if step.startswith("SCAN") or "TEMP B-TREE" in step], (statement, plan)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_step_of_a_training_reads_other_runs_or_all_jobs(
    database: Database, tmp_path: Path, asked: dict[str, Any]
) -> None:
    bench = Bench(database, tmp_path)
    run = bench.runs.start(train_request(30))
    asked.clear()  # a start looks at all runs of its guild
    job = bench.worker().claim()
    assert job is not None
    bench.runs.segments.begin(job)
    bench.runs.segments.desired_state(job)
    bench.runs.segments.preemption_requested(job)
    bench.runs.segments.note_live(job, LiveStatus(1, {}, None, None))
    bench.runs.points(run.id)
    bench.runs.checkpoints(run.id)
    bench.runs.control.pause(run.id, by=1)
    bench.jobs.recovery.recover()

    assert len(asked) > 10
    with database.read() as connection:
        for statement, parameters in list(asked.items()):
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            assert not [step for step in plan if reads_all(step)], (statement, plan)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nothing_that_is_deleted_again_and_again_is_looked_for_in_all_rows(
    database: Database, jobs: JobService, clock: Clock, asked: dict[str, Any], tmp_path: Path
) -> None:
    job_with_faces(jobs, 1, new_face())
    jobs.outbox.mark_sent(jobs.outbox.pending()[0].id, 1)
    clock.advance(31 * 86400)
    retention = RetentionService(database, Blobs(str(tmp_path / "blobs")), StorageLimits(), clock)
    asked.clear()
    retention.drop_tokens()
    retention.forget_exports()
    with database.write() as connection:
        assert delete_expired_jobs(connection, clock.now, 200) == 1
        delete_expired_faces(connection, clock.now, 200)
        stored_bytes(connection, GUILD)
        forget_stored(connection, GUILD, [PHOTO])
        take_turn(connection, "sweep", timedelta(hours=1), clock.now)

    assert len(asked) > 10
    with database.read() as connection:
        for statement, parameters in list(asked.items()):
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            assert not [step for step in plan if reads_all(step)], (statement, plan)


def reads_all(step: str) -> bool:
    """A table from its beginning to its end, or all jobs of a queue or of a kind in whatever state."""
    scan = re.match(r"SCAN (jobs|active|other|outbox|faces|labels|runs|checkpoints|points|guild_blobs)\b", step)
    return scan is not None or "ix_jobs_queue_started_at (queue=?)" in step


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_check_itself_notices_a_scan(database: Database) -> None:
    with database.read() as connection:
        plan = connection.exec_driver_sql("EXPLAIN QUERY PLAN SELECT * FROM jobs WHERE photo = 'x'")
        assert any(reads_all(row[3]) for row in plan)
