"""The list of public people, from whose faces in the chat may be learnt."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from core.domain.errors import ErrorCode, OmokageError
from core.domain.people import Consent, FaceRef, Person
from core.domain.storage_limits import StorageLimits
from core.services.jobs.service import JobService
from core.services.people.editor import PeopleEditor
from core.services.people.service import PeopleService
from core.services.retention import RetentionService
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.labelling_collection import consent_to_learning, consents
from core.storage.tables import people as people_table
from tests.integration.core.builders import CHANNEL, GUILD, Clock, job_with_faces, new_face

OTHER = GUILD + 1


@pytest.fixture
def editor(database: Database, tmp_path: Path, clock: Clock) -> PeopleEditor:
    return PeopleEditor(database, RetentionService(database, Blobs(str(tmp_path)), StorageLimits()), clock)


@pytest.fixture
def haru(jobs: JobService, people: PeopleService) -> Person:
    return named(jobs, people, 1, GUILD)


def named(jobs: JobService, people: PeopleService, job_id: int, guild: int) -> Person:
    job_with_faces(jobs, job_id, new_face(value=float(job_id)), guild=guild)
    where = {"by": 41, "channel_id": CHANNEL, "message_id": 77, "source": "this-is"}
    return people.name_face(FaceRef(job_id, 1), guild, "Haru", **where)  # type: ignore[arg-type]


def consent(database: Database, person: Person) -> str | None:
    with database.read() as connection:
        return connection.execute(select(people_table.c.consent).where(people_table.c.id == person.id)).scalar()


def test_a_person_is_put_on_the_list_and_taken_off(editor: PeopleEditor, haru: Person, database: Database) -> None:
    for listed, expected in ((True, Consent.PUBLIC), (True, Consent.PUBLIC), (False, None), (False, None)):
        person = editor.record_public(GUILD, " ＨARU ", listed=listed)
        assert (person.id, consent(database, haru)) == (haru.id, expected)


def test_who_enrolled_themselves_stays_so_whatever_moderators_list(
    editor: PeopleEditor, haru: Person, database: Database
) -> None:
    with database.write() as connection:
        consent_to_learning(connection, haru.id, 41)
    assert consent(database, haru) == Consent.SELF
    for listed in (True, False):
        editor.record_public(GUILD, "Haru", listed=listed)
        assert consent(database, haru) == Consent.SELF


def test_only_who_created_a_person_can_agree_as_that_person(
    editor: PeopleEditor, haru: Person, database: Database
) -> None:
    with database.write() as connection:
        consent_to_learning(connection, haru.id, 42)
    assert consent(database, haru) is None
    editor.record_public(GUILD, "Haru", listed=True)
    with database.write() as connection:
        consent_to_learning(connection, haru.id, 41)
    assert consent(database, haru) == Consent.PUBLIC


def test_a_guilds_list_is_its_own(
    editor: PeopleEditor, haru: Person, jobs: JobService, people: PeopleService, database: Database
) -> None:
    elsewhere = named(jobs, people, 2, OTHER)
    editor.record_public(OTHER, "Haru", listed=True)
    assert (consent(database, haru), consent(database, elsewhere)) == (None, Consent.PUBLIC)
    with database.read() as connection:
        assert (consents(connection, GUILD), consents(connection, OTHER)) == ({}, {elsewhere.id: Consent.PUBLIC})


def test_a_name_that_nobody_has_is_refused(editor: PeopleEditor, haru: Person) -> None:
    for guild, name in ((GUILD, "Natsu"), (OTHER, "Haru")):
        with pytest.raises(OmokageError) as caught:
            editor.record_public(guild, name, listed=True)
        assert caught.value.code is ErrorCode.UNKNOWN_PERSON
