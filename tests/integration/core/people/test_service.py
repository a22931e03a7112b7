from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from core.domain.embedders import EMBEDDING_NAME
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Candidate
from core.domain.people import FaceRef, Person
from core.services.jobs.service import JobService
from core.services.people.service import PeopleService
from core.storage.database import Database
from core.storage.tables import labels
from core.storage.tables import people as people_table
from tests.integration.core.builders import (
    CHANNEL,
    GUILD,
    PHOTO,
    Clock,
    classify_result,
    embedding,
    job_with_faces,
    new_face,
    running_job,
)

OTHER = GUILD + 1
PROVENANCE: dict[str, Any] = {"by": 41, "channel_id": CHANNEL, "message_id": 77, "source": "this-is"}


def named(people: PeopleService, job_id: int, number: int, name: str, guild: int = GUILD) -> Person:
    return people.name_face(FaceRef(job_id, number), guild, name, **PROVENANCE)


def test_naming_a_face_enrols_it_under_a_new_person(jobs: JobService, people: PeopleService, clock: Clock) -> None:
    job_with_faces(jobs, 1, new_face(1, value=1.0), new_face(2, value=2.0, x=60))
    anna = named(people, 1, 2, "  Anna  Ｂ ")
    assert (anna.name, anna.guild_id, anna.created_by, anna.created_at, anna.pictures) == (
        "Anna B",
        GUILD,
        41,
        clock.now,
        1,
    )
    rows = people.gallery.enrolled(GUILD)
    assert (rows.person_ids, rows.names, rows.owners) == ((anna.id,), ("Anna B",), (anna.id,))
    assert rows.embeddings == (embedding(2.0),)
    first, second = people.faces_of(1)
    assert (first.person_id, first.name) == (None, None)
    assert (second.person_id, second.name, second.rejected) == (anna.id, "Anna B", frozenset())


def test_the_same_name_in_another_spelling_is_the_same_person(jobs: JobService, people: PeopleService) -> None:
    job_with_faces(jobs, 1, new_face(1, value=1.0), new_face(2, value=2.0, x=60))
    anna = named(people, 1, 1, "Straße")
    assert named(people, 1, 2, "STRASSE").id == named(people, 1, 2, " strasse ").id == anna.id
    assert [(person.name, person.pictures) for person in people.list(GUILD)] == [("Straße", 2)]


def test_a_person_whose_key_an_older_version_stored_is_still_the_same_person(
    jobs: JobService, people: PeopleService, database: Database
) -> None:
    job_with_faces(jobs, 1, new_face(1, value=1.0), new_face(2, value=2.0, x=60))
    anna = named(people, 1, 1, "Anna")
    with database.write() as connection:
        connection.execute(update(people_table).values(name="An\u200dna ❤\ufe0f", key="an\u200dna ❤\ufe0f"))
    assert named(people, 1, 2, "Anna ❤").id == named(people, 1, 2, "ANNA ❤\ufe0f").id == anna.id


@pytest.mark.parametrize("word", ["unknown", "不明"])
def test_nobody_can_be_named_what_unknown_faces_are_called(jobs: JobService, people: PeopleService, word: str) -> None:
    job_with_faces(jobs, 1, new_face())
    ways = (
        lambda: named(people, 1, 1, word),
        lambda: people.enrol(GUILD, word, new_face(), source="cli:a.jpg"),
    )
    for way in ways:
        with pytest.raises(OmokageError) as caught:
            way()
        assert caught.value.details == {"reason": "reserved"}
    assert people.list(GUILD) == []


def test_a_face_shows_at_most_one_person(jobs: JobService, people: PeopleService) -> None:
    job_with_faces(jobs, 1, new_face())
    anna, ben = named(people, 1, 1, "Anna"), named(people, 1, 1, "Ben")
    assert people.faces_of(1)[0].person_id == ben.id
    assert people.gallery.enrolled(GUILD).person_ids == (ben.id,)
    assert {person.name: person.pictures for person in people.list(GUILD)} == {"Anna": 0, "Ben": 1}
    assert anna.id != ben.id


def test_confirmed_faces_are_found_by_the_bytes_of_a_photo_with_the_member_who_labelled_last(
    jobs: JobService, people: PeopleService
) -> None:
    job_with_faces(jobs, 1, new_face(1, value=1.0), new_face(2, value=2.0, x=60), new_face(3, value=3.0, x=90))
    named(people, 1, 1, "Haru")
    haru = named(people, 1, 2, "Haru")
    people.confirm(FaceRef(1, 2), GUILD, haru.id, by=42, channel_id=21, message_id=78, source="right")
    confirmed = people.gallery.confirmed_faces(GUILD, PHOTO)
    assert [(one.name, one.box.x, one.confirmed_by) for one in confirmed] == [("Haru", 10, 41), ("Haru", 60, 42)]
    assert people.gallery.confirmed_faces(GUILD, "cd" * 32) == people.gallery.confirmed_faces(OTHER, PHOTO) == []


def test_the_provenance_of_every_label_is_kept(
    jobs: JobService, people: PeopleService, database: Database, clock: Clock
) -> None:
    job_with_faces(jobs, 1, new_face())
    anna = named(people, 1, 1, "Anna")
    clock.advance(60)
    said = {"by": 42, "channel_id": 21, "message_id": 78}
    people.reject(FaceRef(1, 1), GUILD, anna.id, **said, source="not-this-person")
    people.confirm(FaceRef(1, 1), GUILD, anna.id, **said, source="right")
    with database.read() as connection:
        history = connection.execute(select(labels).order_by(labels.c.id)).all()
    assert [(row.verdict, row.said_by, row.channel_id, row.message_id, row.source) for row in history] == [
        ("is", 41, CHANNEL, 77, "this-is"),
        ("is-not", 42, 21, 78, "not-this-person"),
        ("is", 42, 21, 78, "right"),
    ]
    assert (history[1].created_at - history[0].created_at).total_seconds() == 60
    assert {row.guild_id for row in history} == {GUILD}


def test_a_stored_face_has_the_member_who_named_it_last(jobs: JobService, people: PeopleService) -> None:
    job_with_faces(jobs, 1, new_face(1), new_face(2, value=2.0, x=60))
    anna = named(people, 1, 1, "Anna")
    people.confirm(FaceRef(1, 1), GUILD, anna.id, **{**PROVENANCE, "by": 42})
    assert [face.labelled_by for face in people.faces_of(1)] == [42, None]
    people.reject(FaceRef(1, 1), GUILD, anna.id, **PROVENANCE)
    assert people.faces_of(1)[0].labelled_by is None


def test_a_rejected_face_is_a_lasting_cannot_link(jobs: JobService, people: PeopleService) -> None:
    job_with_faces(jobs, 1, new_face(value=3.0))
    anna = named(people, 1, 1, "Anna")
    people.reject(FaceRef(1, 1), GUILD, anna.id, **PROVENANCE)
    (face,) = people.faces_of(1)
    assert (face.person_id, face.rejected) == (None, frozenset({anna.id}))
    (link,) = people.gallery.cannot_links(GUILD)
    assert (link.person_id, link.photo, link.embedding) == (anna.id, jobs.get(1).photo, embedding(3.0))
    named(people, 1, 1, "Ben")
    assert [link.person_id for link in people.gallery.cannot_links(GUILD)] == [anna.id]


def test_a_cannot_link_ends_with_a_label_of_the_person(jobs: JobService, people: PeopleService) -> None:
    job_with_faces(jobs, 1, new_face())
    anna = named(people, 1, 1, "Anna")
    people.reject(FaceRef(1, 1), GUILD, anna.id, **PROVENANCE)
    assert people.confirm(FaceRef(1, 1), GUILD, anna.id, **PROVENANCE).pictures == 1
    assert people.gallery.cannot_links(GUILD) == []


def test_rejecting_a_person_leaves_the_person_whom_the_face_shows(jobs: JobService, people: PeopleService) -> None:
    job_with_faces(jobs, 1, new_face(1), new_face(2, value=2.0, x=60))
    anna, ben = named(people, 1, 1, "Anna"), named(people, 1, 2, "Ben")
    people.reject(FaceRef(1, 1), GUILD, ben.id, **PROVENANCE)
    assert people.faces_of(1)[0].person_id == anna.id


def test_the_same_photo_posted_again_is_labelled_with_it(jobs: JobService, people: PeopleService) -> None:
    job_with_faces(jobs, 1, new_face(1), new_face(2, value=2.0, x=60))
    job_with_faces(jobs, 2, new_face(1, value=2.0, x=60), new_face(2))  # the same photo, the faces in another order
    anna = named(people, 1, 1, "Anna")
    assert [face.person_id for face in people.faces_of(2)] == [None, anna.id]
    assert people.list(GUILD)[0].pictures == 1
    assert len(people.gallery.enrolled(GUILD).embeddings) == 1
    ben = named(people, 2, 2, "Ben")  # a correction on the second answer holds for the first
    assert [face.person_id for face in people.faces_of(1)] == [ben.id, None]
    assert people.gallery.enrolled(GUILD).person_ids == (ben.id,)


def test_a_guilds_data_never_leaves_it(jobs: JobService, people: PeopleService) -> None:
    job_with_faces(jobs, 1, new_face(), guild=GUILD)
    job_with_faces(jobs, 2, new_face(), guild=OTHER)  # the same photo
    anna = named(people, 1, 1, "Anna")
    people.reject(FaceRef(1, 1), GUILD, anna.id, **PROVENANCE)
    people.confirm(FaceRef(1, 1), GUILD, anna.id, **PROVENANCE)
    assert (people.list(OTHER), people.names(OTHER), people.gallery.cannot_links(OTHER)) == ([], {}, [])
    assert (people.gallery.enrolled(OTHER).person_ids, people.gallery.version(OTHER)) == ((), 0)
    assert people.candidates(FaceRef(2, 1), OTHER) == []
    assert people.faces_of(2)[0].person_id is None
    assert people.faces_of(1, OTHER) == []
    assert named(people, 2, 1, "Anna", guild=OTHER).id != anna.id


@pytest.mark.parametrize(
    "ask",
    [
        lambda people, face, guild: people.name_face(face, guild, "Anna", **PROVENANCE),
        lambda people, face, guild: people.confirm(face, guild, 1, **PROVENANCE),
        lambda people, face, guild: people.reject(face, guild, 1, **PROVENANCE),
        lambda people, face, guild: people.candidates(face, guild),
    ],
    ids=["name", "confirm", "reject", "candidates"],
)
def test_a_face_that_is_not_the_guilds_is_gone(
    jobs: JobService, people: PeopleService, ask: Callable[[PeopleService, FaceRef, int], object]
) -> None:
    job_with_faces(jobs, 1, new_face())
    named(people, 1, 1, "Anna")
    for face, guild in ((FaceRef(1, 1), OTHER), (FaceRef(1, 2), GUILD), (FaceRef(9, 1), GUILD)):
        with pytest.raises(OmokageError) as caught:
            ask(people, face, guild)
        assert caught.value.code is ErrorCode.FACE_GONE
    assert [person.guild_id for person in people.list(GUILD) + people.list(OTHER)] == [GUILD]


def test_another_guilds_person_is_unknown(jobs: JobService, people: PeopleService) -> None:
    job_with_faces(jobs, 1, new_face())
    job_with_faces(jobs, 2, new_face(), guild=OTHER)
    anna = named(people, 1, 1, "Anna")
    for label in (people.confirm, people.reject):
        with pytest.raises(OmokageError) as caught:
            label(FaceRef(2, 1), OTHER, anna.id, **PROVENANCE)
        assert caught.value.code is ErrorCode.UNKNOWN_PERSON
    assert people.gallery.cannot_links(OTHER) == []


def test_a_bad_name_is_refused_before_anything_is_written(jobs: JobService, people: PeopleService) -> None:
    job_with_faces(jobs, 1, new_face())
    with pytest.raises(OmokageError) as caught:
        named(people, 1, 1, "@everyone")
    assert caught.value.code is ErrorCode.BAD_NAME
    assert people.list(GUILD) == []


def test_candidates_are_the_answers_own_then_all_people_by_name_and_rejected_people_last(
    jobs: JobService, people: PeopleService
) -> None:
    ids = {
        name: people.enrol(GUILD, name, new_face(value=number), source="cli:a.jpg").id
        for number, name in enumerate(("Cleo", "Anna", "Ben", "Dan"))
    }
    running_job(jobs, 1)
    top = (
        Candidate(ids["Dan"], "Dan as he was called then", 0.6),
        Candidate(ids["Cleo"], "Cleo", 0.3),
        Candidate(999, "gone", 0.1),
    )
    jobs.leases.finish(1, "worker", classify_result(top).to_json(), [new_face()])
    assert [(candidate.name, candidate.probability) for candidate in people.candidates(FaceRef(1, 1), GUILD)] == [
        ("Dan", 0.6),
        ("Cleo", 0.3),
        ("Anna", 0.0),
        ("Ben", 0.0),
    ]
    people.reject(FaceRef(1, 1), GUILD, ids["Dan"], **PROVENANCE)
    assert [candidate.name for candidate in people.candidates(FaceRef(1, 1), GUILD, limit=3)] == ["Cleo", "Anna", "Ben"]


def test_the_cli_enrols_without_a_job(people: PeopleService, database: Database) -> None:
    anna = people.enrol(GUILD, "Anna", new_face(value=1.0), source="cli:anna 1.jpg", photo="ef" * 32)
    assert people.enrol(GUILD, "anna", new_face(value=2.0), source="cli:anna 2.jpg").pictures == 2
    assert people.gallery.enrolled(GUILD).owners == (anna.id, anna.id)
    with database.read() as connection:
        sources = list(connection.execute(select(labels.c.source, labels.c.said_by).order_by(labels.c.id)))
    assert sources == [("cli:anna 1.jpg", 0), ("cli:anna 2.jpg", 0)]


def test_enrolling_the_same_picture_twice_counts_once(people: PeopleService) -> None:
    for _ in range(2):
        anna = people.enrol(GUILD, "Anna", new_face(), source="cli:anna.jpg", photo="ef" * 32)
    assert anna.pictures == 1
    assert len(people.gallery.enrolled(GUILD).embeddings) == 1


def test_a_photo_that_is_enrolled_under_another_name_is_only_that_persons(people: PeopleService) -> None:
    people.enrol(GUILD, "Anna", new_face(), source="cli:group.jpg", photo="ef" * 32)
    ben = people.enrol(GUILD, "Ben", new_face(), source="cli:group.jpg", photo="ef" * 32)
    assert people.gallery.enrolled(GUILD).person_ids == (ben.id,)


def test_faces_of_another_network_are_left_out(people: PeopleService) -> None:
    people.enrol(GUILD, "Anna", new_face(), source="cli:anna.jpg")
    assert len(people.gallery.enrolled(GUILD, EMBEDDING_NAME).owners) == 1
    assert people.gallery.enrolled(GUILD, "net-2").person_ids == ()


def test_the_gallerys_version_changes_with_every_label(jobs: JobService, people: PeopleService) -> None:
    versions = [people.gallery.version(GUILD)]
    job_with_faces(jobs, 1, new_face())
    assert people.gallery.version(GUILD) == versions[0] == 0
    anna = named(people, 1, 1, "Anna")
    versions.append(people.gallery.version(GUILD))
    people.reject(FaceRef(1, 1), GUILD, anna.id, **PROVENANCE)
    versions.append(people.gallery.version(GUILD))
    people.enrol(OTHER, "Ben", new_face(), source="cli:ben.jpg")
    assert people.gallery.version(GUILD) == versions[-1]
    people.enrol(GUILD, "Ben", new_face(), source="cli:ben.jpg")
    versions.append(people.gallery.version(GUILD))
    assert len(set(versions)) == len(versions)
