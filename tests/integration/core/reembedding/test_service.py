"""Which faces wait for the present embedder, and when a guild's recogniser goes over to it; on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from core.domain.embedders import DLIB, EMBEDDING_NAME
from core.domain.jobs import JobKind, JobState
from core.domain.people import FaceRef, NewFace, ReembeddedFace, ReembeddingFailure
from core.services.jobs.service import JobService
from core.services.people.service import PeopleService
from core.services.reembedding.service import ReembeddingService
from core.storage.database import Database
from core.storage.people.changes import delete_faces
from core.storage.tables import faces, reembedded_faces
from core.storage.tables import jobs as jobs_table
from tests.integration.core.builders import CHANNEL, GUILD, Clock, job_with_faces, new_face

OTHER = GUILD + 1
NEW = bytes([7]) * 1024


def older(value: float = 1.0, photo_box: float = 10.0, embedder: str = DLIB) -> NewFace:
    face = new_face(value=value, x=photo_box)
    return NewFace(face.number, face.box, face.score, face.landmarks, face.embedding[:512], embedder)


@pytest.fixture
def service(database: Database, jobs: JobService, clock: Clock) -> ReembeddingService:
    return ReembeddingService(database, jobs.dispatcher, clock)


def enrol(people: PeopleService, name: str, face: NewFace, photo: str | None, guild: int = GUILD) -> None:
    people.enrol(guild, name, face, source="cli:x.jpg", photo=photo)


def results(service: ReembeddingService, guild: int = GUILD) -> list[ReembeddedFace]:
    return [ReembeddedFace(face.id, NEW) for photo in service.older_photos(guild, 99) for face in photo.faces]


def face_rows(database: Database) -> list[tuple[str, bytes]]:
    with database.read() as connection:
        rows = connection.execute(select(faces.c.embedder, faces.c.embedding).order_by(faces.c.id))
        return [(row.embedder, bytes(row.embedding)) for row in rows]


def test_a_guild_without_older_faces_is_on_the_present_embedder_and_has_nothing_to_do(
    people: PeopleService, service: ReembeddingService
) -> None:
    assert people.gallery.embedder(GUILD) == EMBEDDING_NAME
    enrol(people, "Anna", new_face(), "ab" * 32)
    assert people.gallery.embedder(GUILD) == EMBEDDING_NAME
    assert service.request_all() == []
    assert service.older_photos(GUILD, 9) == []
    assert service.states() == []


def test_a_guild_stays_on_the_older_embedder_until_the_last_labelled_face_has_its_result(
    database: Database, people: PeopleService, service: ReembeddingService
) -> None:
    for at, name in enumerate(("Anna", "Ben", "Cara")):
        enrol(people, name, older(float(at)), f"{at}a" * 32)
    before, version = face_rows(database), people.gallery.version(GUILD)
    all_results = results(service)
    service.store(GUILD, all_results[:2])
    assert face_rows(database) == before
    assert people.gallery.embedder(GUILD) == DLIB
    assert len(people.gallery.enrolled(GUILD, DLIB).owners) == 3
    assert [photo.photo for photo in service.older_photos(GUILD, 9)] == ["2a" * 32]
    service.store(GUILD, all_results[2:])
    assert face_rows(database) == [(EMBEDDING_NAME, NEW)] * 3
    assert people.gallery.embedder(GUILD) == EMBEDDING_NAME
    assert people.gallery.enrolled(GUILD).names == ("Anna", "Ben", "Cara")
    assert people.gallery.version(GUILD) == version  # the cache looks at the embedder besides
    assert service.states() == []


def test_guilds_go_over_independently(people: PeopleService, service: ReembeddingService) -> None:
    enrol(people, "Anna", older(), "ab" * 32)
    enrol(people, "Anna", older(), "ab" * 32, OTHER)
    service.store(OTHER, results(service, GUILD))  # another guild's results are not taken
    assert people.gallery.embedder(OTHER) == DLIB
    service.store(OTHER, results(service, OTHER))
    assert (people.gallery.embedder(GUILD), people.gallery.embedder(OTHER)) == (DLIB, EMBEDDING_NAME)


def test_a_face_whose_photo_is_gone_stays_and_is_counted_beside_its_persons_name(
    database: Database, people: PeopleService, service: ReembeddingService
) -> None:
    enrol(people, "Anna", older(1.0), "ab" * 32)
    enrol(people, "Anna", older(2.0), None)
    kept, lost = (photo.faces[0] for photo in service.older_photos(GUILD, 9))
    service.store(GUILD, [ReembeddedFace(lost.id, failure=ReembeddingFailure.PHOTO_GONE), ReembeddedFace(kept.id, NEW)])
    assert sorted(embedder for embedder, _ in face_rows(database)) == sorted([DLIB, EMBEDDING_NAME])
    (anna,) = people.list(GUILD)
    assert (anna.pictures, anna.not_compared) == (2, 1)
    assert people.gallery.embedder(GUILD) == EMBEDDING_NAME
    assert len(people.gallery.enrolled(GUILD).owners) == 1
    state = service.state(GUILD)
    assert (state.waiting, state.labelled, state.not_compared) == (0, 0, 1)
    assert service.request_all() == []


def test_where_no_face_could_be_embedded_the_present_embedder_answers_and_knows_nobody(
    people: PeopleService, service: ReembeddingService
) -> None:
    enrol(people, "Anna", older(), None)
    (photo,) = service.older_photos(GUILD, 9)
    assert photo.photo is None
    service.store(GUILD, [ReembeddedFace(photo.faces[0].id, failure=ReembeddingFailure.PHOTO_GONE)])
    assert people.gallery.embedder(GUILD) == EMBEDDING_NAME
    assert people.gallery.enrolled(GUILD).owners == ()
    assert people.list(GUILD)[0].not_compared == 1


def test_named_faces_come_first_then_rejected_ones_and_nobody_waits_for_the_rest(
    database: Database, jobs: JobService, people: PeopleService, service: ReembeddingService
) -> None:
    job_with_faces(jobs, 1, older(1.0, photo_box=300.0))  # without a label
    job_with_faces(jobs, 2, older(2.0))
    enrol(people, "Anna", older(3.0), "ff" * 32)
    anna = people.list(GUILD)[0].id
    people.reject(FaceRef(2, 1), GUILD, anna, by=1, channel_id=CHANNEL, message_id=None, source="not")
    photos = service.older_photos(GUILD, 9)
    ids = [face.id for photo in photos for face in photo.faces]
    with database.read() as connection:
        jobs_of = dict(connection.execute(select(faces.c.id, faces.c.job_id)).all())
    assert [jobs_of[id_] for id_ in ids] == [None, 2, 1]
    service.store(GUILD, [ReembeddedFace(id_, NEW) for id_ in ids[:2]])
    assert people.gallery.embedder(GUILD) == EMBEDDING_NAME
    (link,) = people.gallery.cannot_links(GUILD)
    assert (link.embedder, link.embedding) == (EMBEDDING_NAME, NEW)
    service.store(GUILD, [ReembeddedFace(ids[2], NEW)])  # in use at once
    assert {embedder for embedder, _ in face_rows(database)} == {EMBEDDING_NAME}


def test_a_face_of_a_half_migrated_guild_is_stored_for_both(
    database: Database, jobs: JobService, people: PeopleService, service: ReembeddingService
) -> None:
    enrol(people, "Anna", older(1.0), "ab" * 32)
    face = older(2.0, photo_box=300.0)
    both = NewFace(face.number, face.box, face.score, face.landmarks, face.embedding, DLIB, reembedded=NEW)
    job_with_faces(jobs, 1, both)
    people.name_face(FaceRef(1, 1), GUILD, "Ben", by=1, channel_id=CHANNEL, message_id=None, source="this-is")
    enrol(people, "Cara", both, "cd" * 32)
    assert people.gallery.enrolled(GUILD, DLIB).names == ("Anna", "Ben", "Cara")
    assert [photo.photo for photo in service.older_photos(GUILD, 9)] == ["ab" * 32]
    service.store(GUILD, results(service))
    assert people.gallery.enrolled(GUILD).names == ("Anna", "Ben", "Cara")
    assert {embedder for embedder, _ in face_rows(database)} == {EMBEDDING_NAME}


def test_an_unknown_embedders_face_is_embedded_anew_but_does_not_hold_the_present_one_up(
    people: PeopleService, service: ReembeddingService
) -> None:
    enrol(people, "Anna", older(embedder="yesterday's"), "ab" * 32)
    assert people.gallery.embedder(GUILD) == EMBEDDING_NAME
    service.store(GUILD, results(service))
    assert people.gallery.enrolled(GUILD).names == ("Anna",)


def test_results_that_come_twice_or_for_deleted_faces_do_no_harm(
    database: Database, people: PeopleService, service: ReembeddingService
) -> None:
    enrol(people, "Anna", older(1.0), "ab" * 32)
    enrol(people, "Ben", older(2.0), "cd" * 32)
    (anna, ben) = results(service)
    service.store(GUILD, [anna])
    service.store(GUILD, [anna, ReembeddedFace(10_000, NEW)])
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(reembedded_faces)).scalar_one() == 1
    service.store(GUILD, [ben])
    assert people.gallery.embedder(GUILD) == EMBEDDING_NAME


def test_a_deleted_person_takes_the_waiting_embeddings_along(
    database: Database, people: PeopleService, service: ReembeddingService
) -> None:
    enrol(people, "Anna", older(1.0), "ab" * 32)
    enrol(people, "Ben", older(2.0), "cd" * 32)
    anna = next(person for person in people.list(GUILD) if person.name == "Anna")
    service.store(GUILD, [result for result in results(service) if result.face_id == _face_of(database, anna.id)])
    with database.write() as connection:
        delete_faces(connection, GUILD, [_face_of(database, anna.id)], anna.id)
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(reembedded_faces)).scalar_one() == 0


def _face_of(database: Database, person_id: int) -> int:
    with database.read() as connection:
        return int(connection.execute(select(faces.c.id).where(faces.c.person_id == person_id)).scalar_one())


def test_each_guild_with_work_gets_one_job_of_the_background(
    database: Database, jobs: JobService, people: PeopleService, service: ReembeddingService
) -> None:
    enrol(people, "Anna", older(), "ab" * 32)
    enrol(people, "Anna", older(), "ab" * 32, OTHER)
    assert service.request_all() == [GUILD, OTHER]
    assert service.request_all() == [GUILD, OTHER]
    with database.read() as connection:
        by_guild = select(jobs_table.c.id, jobs_table.c.kind, jobs_table.c.guild_id).order_by(jobs_table.c.guild_id)
        rows = connection.execute(by_guild).all()
    assert [(row.kind, row.guild_id) for row in rows] == [(JobKind.REEMBED, GUILD), (JobKind.REEMBED, OTHER)]
    job = jobs.leases.claim(rows[0].id, "worker")
    assert job is not None
    assert service.continue_later(job)
    assert jobs.get(job.id).state in {JobState.WAITING, JobState.DISPATCHED}
    assert jobs.get(job.id).attempts == 0
