"""What a failed write lets anybody read in a log: no token, no address, no embedding."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import JSON, Column, LargeBinary, String, Table, insert, text
from sqlalchemy.exc import StatementError

from core.domain.jobs import JobKind, JobRequest, Origin
from core.domain.people import FaceRef
from core.services.jobs.service import JobService
from core.services.people.service import PeopleService
from core.storage.database import Database
from core.storage.training_tables import metadata
from tests.integration.core.builders import GUILD, Clock, job_with_faces, new_face, request, running_job

SECRET = "aW50ZXJhY3Rpb246c2VjcmV0"
URL = f"https://cdn.discordapp.com/attachments/1/2/photo.jpg?ex=1&hm={SECRET}"


def log_of(write: Callable[[], object]) -> str:
    """The traceback, with everything that led to it."""
    with pytest.raises(StatementError) as caught:
        write()
    return "".join(traceback.format_exception(caught.value))


def value_for(column: Column[Any], clock: Clock) -> object:
    if isinstance(column.type, JSON):
        return {"url": URL}
    if isinstance(column.type, LargeBinary):
        return SECRET.encode()
    if isinstance(column.type, String):
        return SECRET[: column.type.length]
    return clock.now if column.type.python_type.__name__ == "datetime" else 1


def required_columns(table: Table) -> list[Column[Any]]:
    return [column for column in reversed(table.c) if not column.nullable and not column.primary_key]


# A table of keys alone holds nothing that could be quoted.
@pytest.mark.parametrize("table", [*filter(required_columns, metadata.sorted_tables)], ids=lambda table: table.name)
def test_a_row_that_is_refused_is_not_quoted(database: Database, clock: Clock, table: Table) -> None:
    required = required_columns(table)[0]
    values = {column.key: value_for(column, clock) for column in table.c} | {required.key: None}

    def write() -> None:
        with database.write() as connection:
            connection.execute(insert(table).values(values))

    log = log_of(write)
    assert required.name in log  # what is wrong is said
    for secret in (SECRET, "cdn.discordapp.com", "Failing row"):
        assert secret not in log


def forbid(database: Database, table: str) -> None:
    """Let every INSERT into a table fail, as a broken disk would."""
    with database.write() as connection:
        connection.execute(text(f"CREATE TRIGGER no BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'no'); END"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_command_that_cannot_be_written_shows_neither_token_nor_address(database: Database, jobs: JobService) -> None:
    forbid(database, "jobs")
    asked = JobRequest(1, JobKind.CLASSIFY, Origin(GUILD, 2, 3, "en", 4, SECRET), {"photo_url": URL})
    log = log_of(lambda: jobs.receive(asked))
    assert "INSERT INTO jobs" in log
    assert SECRET not in log


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_result_that_cannot_be_written_shows_no_embedding(database: Database, jobs: JobService) -> None:
    running_job(jobs, 1)
    forbid(database, "faces")
    face = new_face()
    log = log_of(lambda: jobs.leases.finish(1, "worker", {}, [face]))
    assert "INSERT INTO faces" in log
    for shown in (repr(face.embedding[:8])[2:-1], face.embedding.hex()[:16]):
        assert shown not in log


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_name_that_cannot_be_written_is_not_shown(
    database: Database, jobs: JobService, people: PeopleService
) -> None:
    job_with_faces(jobs, 1, new_face())
    forbid(database, "labels")

    shown = "Anna" + "bel"  # not as one word in a line of this file, which the traceback quotes

    def name() -> None:
        people.name_face(FaceRef(1, 1), GUILD, shown, by=1, channel_id=2, message_id=3, source=URL)

    log = log_of(name)
    assert "INSERT INTO labels" in log
    assert shown not in log
    assert SECRET not in log


def test_the_address_of_a_stored_photo_is_forgotten(jobs: JobService) -> None:
    asked = request(1)
    photos = {"a": {"photo_url": URL, "size": 3}}
    jobs.receive(JobRequest(1, asked.kind, asked.origin, {"photo_url": URL, "size": 3, "photos": photos}))
    assert jobs.get(1).params["photo_url"] == URL  # until it is fetched
    assert jobs.submit(1, "ab" * 32).params == {"size": 3, "photos": {"a": {"size": 3}}}
