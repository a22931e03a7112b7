"""Two people of one who was taken for both, on both kinds of database."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.domain.data.datasets import DatasetClass
from core.domain.errors import ErrorCode, OmokageError
from core.domain.people import FaceRef, Person
from core.domain.storage_limits import StorageLimits
from core.services.datasets.service import DatasetService
from core.services.jobs.service import JobService
from core.services.people.aliases import AliasEditor
from core.services.people.editor import PeopleEditor
from core.services.people.service import PeopleService
from core.services.people.splitting import PersonSplitter
from core.services.registry.service import RegistryService
from core.services.retention import RetentionService
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.tables import faces, labels
from tests.integration.core.builders import CHANNEL, GUILD, Clock, embedding, job_with_faces, new_face
from tests.integration.core.registry.builders import Trained, draft

OTHER = GUILD + 1
PROVENANCE: dict[str, Any] = {"by": 41, "channel_id": CHANNEL, "message_id": 77, "source": "this-is"}


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(str(tmp_path / "blobs"))


@pytest.fixture
def editor(database: Database, blobs: Blobs, clock: Clock) -> PeopleEditor:
    return PeopleEditor(database, RetentionService(database, blobs, StorageLimits()), clock)


@pytest.fixture
def splitter(database: Database, clock: Clock) -> PersonSplitter:
    return PersonSplitter(database, clock)


@pytest.fixture
def twins(jobs: JobService, people: PeopleService) -> Person:
    """Anna, of whom three faces are stored, each from an answer of its own."""
    for job_id in (1, 2, 3):
        job_with_faces(jobs, job_id, new_face(value=float(job_id), x=40.0 * job_id))
        anna = people.name_face(FaceRef(job_id, 1), GUILD, "Anna", **PROVENANCE)
    return anna


def refusal(call: Any, *arguments: Any, **named: Any) -> OmokageError:
    with pytest.raises(OmokageError) as caught:
        call(*arguments, **named)
    return caught.value


def ids(splitter: PersonSplitter, name: str = "Anna") -> list[int]:
    return [record.id for record in splitter.pictures(GUILD, name)[1]]


def test_chosen_pictures_are_somebody_elses_and_who_named_them_stays_known(
    twins: Person, people: PeopleService, editor: PeopleEditor, splitter: PersonSplitter
) -> None:
    newest, middle, oldest = ids(splitter)
    before = people.gallery.version(GUILD)

    done = splitter.split(GUILD, "anna", "Hanna", [newest, oldest], by=43)

    assert (done.person.name, done.person.pictures, done.other.name, done.other.pictures) == ("Anna", 1, "Hanna", 2)
    assert (done.faces, done.versions) == (2, ())
    assert (ids(splitter), ids(splitter, "Hanna")) == ([middle], [newest, oldest])
    assert people.gallery.version(GUILD) != before
    events = editor.history(GUILD, "Hanna")[1]
    assert [(event.label.value, event.provenance.by, event.provenance.source) for event in events] == [
        ("is", 43, "split"),
        ("is", 41, "this-is"),
    ]
    assert {event.provenance.message_id for event in events if event.provenance.by == 41} == {77}
    assert [face.labelled_by for face in people.faces_of(3)] == [43]


def test_the_two_are_not_merged_by_mistake(twins: Person, editor: PeopleEditor, splitter: PersonSplitter) -> None:
    splitter.split(GUILD, "Anna", "Hanna", ids(splitter)[:1], by=43)
    for pair in (("Anna", "Hanna"), ("Hanna", "Anna")):
        error = refusal(editor.merge, GUILD, *pair, by=43)
        assert (error.code, error.details["labels"]) == (ErrorCode.PEOPLE_CONFLICT, 1)


def test_the_recogniser_is_told_that_the_faces_do_not_show_the_first_person(
    twins: Person, people: PeopleService, splitter: PersonSplitter
) -> None:
    splitter.split(GUILD, "Anna", "Hanna", ids(splitter)[:1], by=43)
    (link,) = people.gallery.cannot_links(GUILD)
    assert (link.person_id, link.embedding) == (twins.id, embedding(3.0))


def test_copies_of_a_picture_go_with_it(
    twins: Person, jobs: JobService, people: PeopleService, splitter: PersonSplitter, database: Database
) -> None:
    job_with_faces(jobs, 4, new_face(value=3.1, x=120.0))  # the same box of the same photo, posted again
    people.confirm(FaceRef(4, 1), GUILD, twins.id, **PROVENANCE)
    people.enrol(GUILD, "Anna", new_face(value=3.0, x=400.0), source="test")  # the same embedding
    chosen = ids(splitter)[-3:-2]
    done = splitter.split(GUILD, "Anna", "Hanna", chosen, by=43)
    with database.read() as connection:
        left = set(connection.execute(select(faces.c.embedding).where(faces.c.person_id == twins.id)).scalars())
    assert done.faces == 3
    assert left == {embedding(1.0), embedding(2.0)}


def test_the_pictures_can_be_those_of_somebody_who_is_known(
    twins: Person, people: PeopleService, splitter: PersonSplitter, database: Database, clock: Clock
) -> None:
    ben = people.enrol(GUILD, "Ben", new_face(value=9.0, x=500.0), source="test")
    AliasEditor(database, clock).add(GUILD, "Ben", "Benny", by=41)
    people.reject(FaceRef(2, 1), GUILD, ben.id, **PROVENANCE)
    people.confirm(FaceRef(2, 1), GUILD, twins.id, **PROVENANCE)
    done = splitter.split(GUILD, "Anna", "benny", [ids(splitter)[1]], by=43)
    assert (done.other.id, done.other.pictures) == (ben.id, 2)
    assert [face.rejected for face in people.faces_of(2)] == [{twins.id}]


def test_an_objection_holds_for_both(twins: Person, editor: PeopleEditor, splitter: PersonSplitter) -> None:
    since = editor.record_objection(GUILD, "Anna").objected_at
    done = splitter.split(GUILD, "Anna", "Hanna", ids(splitter)[:1], by=43)
    assert done.other.objected_at == done.person.objected_at == since


def test_models_that_name_both_are_listed_and_stay_as_they_are(  # noqa: PLR0917 - fixtures
    twins: Person, splitter: PersonSplitter, database: Database, blobs: Blobs, clock: Clock, people: PeopleService
) -> None:
    datasets, registry = DatasetService(database, blobs, clock), RegistryService(database, blobs, clock)
    classes = (DatasetClass("Anna", twins.id, 5), DatasetClass("Ben", datasets.people(GUILD, ["Ben"], 41)[0].id, 7))
    family = datasets.add(GUILD, "family", classes, (), hash="ab" * 32, without_face=0, by=41)
    named = replace(draft({}), classes=tuple((entry.name, entry.person_id) for entry in classes))
    version = registry.register(Trained(database, registry, clock).run(family), family, named)
    done = splitter.split(GUILD, "Anna", "Hanna", ids(splitter)[:1], by=43)
    assert done.versions == (version.title,)
    assert registry.get(version.id).classes == version.classes


def test_what_is_no_split_is_refused_and_nothing_changes(
    twins: Person, people: PeopleService, splitter: PersonSplitter, database: Database
) -> None:
    everything = ids(splitter)
    strangers = people.enrol(GUILD, "Ben", new_face(value=9.0, x=500.0), source="test")
    with database.read() as connection:
        before = connection.execute(select(labels)).all()
        theirs = connection.execute(select(faces.c.id).where(faces.c.person_id == strangers.id)).scalar_one()
    for chosen, to, code, reason in (
        ([], "Hanna", ErrorCode.BAD_OPTION, "split-none"),
        (everything, "Hanna", ErrorCode.BAD_OPTION, "split-all"),
        (everything[:1], "ANNA", ErrorCode.BAD_OPTION, "split-oneself"),
        ([everything[0], theirs], "Hanna", ErrorCode.FACE_GONE, None),
        (everything[:1], "unknown", ErrorCode.BAD_NAME, "reserved"),
    ):
        error = refusal(splitter.split, GUILD, "Anna", to, chosen, by=43)
        assert (error.code, error.details.get("reason")) == (code, reason)
    assert refusal(splitter.split, OTHER, "Anna", "Hanna", everything[:1], by=43).code is ErrorCode.UNKNOWN_PERSON
    with database.read() as connection:
        assert connection.execute(select(labels)).all() == before
    assert [person.name for person in people.list(GUILD)] == ["Anna", "Ben"]


def test_faces_of_another_guild_cannot_be_chosen(
    twins: Person, people: PeopleService, splitter: PersonSplitter, database: Database
) -> None:
    theirs = people.enrol(OTHER, "Anna", new_face(value=5.0), source="test")
    with database.read() as connection:
        face_id = connection.execute(select(faces.c.id).where(faces.c.person_id == theirs.id)).scalar_one()
    assert refusal(splitter.split, GUILD, "Anna", "Hanna", [face_id], by=43).code is ErrorCode.FACE_GONE
    assert len(splitter.pictures(OTHER, "Anna")[1]) == 1
