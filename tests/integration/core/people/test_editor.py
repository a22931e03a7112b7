"""Renaming, merging and removing people, on both kinds of database."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.domain.classification import ClassifyResult, FaceAnswer
from core.domain.data.datasets import DatasetClass
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box, Candidate
from core.domain.people import FaceRef, NewFace, Person
from core.domain.storage_limits import StorageLimits
from core.services.datasets.service import DatasetService
from core.services.jobs.service import JobService
from core.services.people.editor import PeopleEditor
from core.services.people.service import PeopleService
from core.services.registry.service import RegistryService
from core.services.retention import RetentionService
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.people.changes import rename_person
from core.storage.tables import faces, labels
from tests.integration.core.builders import CHANNEL, GUILD, Clock, embedding, new_face, request
from tests.integration.core.registry.builders import Trained, draft

OTHER = GUILD + 1
PROVENANCE: dict[str, Any] = {"by": 41, "channel_id": CHANNEL, "message_id": 77, "source": "this-is"}


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(str(tmp_path / "blobs"))


@pytest.fixture
def editor(database: Database, blobs: Blobs, clock: Clock) -> PeopleEditor:
    return PeopleEditor(database, RetentionService(database, blobs, StorageLimits()), clock)


class Chat:
    """Photos that are posted, answered and named."""

    def __init__(self, jobs: JobService, people: PeopleService, blobs: Blobs) -> None:
        self.jobs, self.people, self.blobs = jobs, people, blobs

    def photo(
        self, job_id: int, *found: NewFace, guess: Person | None = None, guild: int = GUILD, data: bytes = b""
    ) -> str:
        """Answer a photo; its first face is taken for `guess`. Returns the photo's blob."""
        photo = self.blobs.put(data or f"photo {job_id}".encode())
        self.jobs.receive(request(job_id, guild))
        self.jobs.submit(job_id, photo)
        assert self.jobs.leases.claim(job_id, "worker")
        named = None if guess is None else Candidate(guess.id, guess.name, 0.9)
        answers = tuple(_answer(face, named if face.number == 1 else None) for face in found)
        picture = self.blobs.put(f"answer {job_id}".encode())
        result = ClassifyResult(100, 80, picture, "image/jpeg", answers, "net", 0.1)
        assert self.jobs.leases.finish(job_id, "worker", result.to_json(), found)
        return photo

    def name(self, job_id: int, number: int, name: str, guild: int = GUILD) -> Person:
        return self.people.name_face(FaceRef(job_id, number), guild, name, **PROVENANCE)

    def answer(self, job_id: int) -> ClassifyResult:
        return ClassifyResult.from_json(self.jobs.get(job_id).result or {})


def _answer(face: NewFace, named: Candidate | None) -> FaceAnswer:
    box = Box(10.0, 10.0, 20.0, 20.0)
    if named is None:
        return FaceAnswer(face.number, box, 0.9, None, None, ())
    return FaceAnswer(face.number, box, 0.9, named.person_id, named.name, (named,))


@pytest.fixture
def chat(jobs: JobService, people: PeopleService, blobs: Blobs) -> Chat:
    return Chat(jobs, people, blobs)


def refusal(call: Any, *arguments: Any, **named: Any) -> ErrorCode:
    with pytest.raises(OmokageError) as caught:
        call(*arguments, **named)
    return caught.value.code


def test_renaming_a_person_changes_the_gallerys_version(chat: Chat, editor: PeopleEditor) -> None:
    chat.photo(1, new_face())
    anna = chat.name(1, 1, "Ana")
    before = chat.people.gallery.version(GUILD)
    assert editor.rename(GUILD, " ana ", "Anna").name == "Anna"
    assert chat.people.gallery.enrolled(GUILD).names == ("Anna",)
    assert chat.people.gallery.version(GUILD) != before
    assert editor.rename(GUILD, "Anna", "ANNA").id == anna.id  # only the case


def test_a_name_that_somebody_has_is_refused_and_nobody_is_renamed(chat: Chat, editor: PeopleEditor) -> None:
    chat.photo(1, new_face(1), new_face(2, value=2.0, x=60))
    chat.name(1, 1, "Anna"), chat.name(1, 2, "Ben")
    assert refusal(editor.rename, GUILD, "Ben", "anna") is ErrorCode.NAME_TAKEN
    assert [person.name for person in chat.people.list(GUILD)] == ["Anna", "Ben"]
    assert refusal(editor.rename, GUILD, "Chloë", "Zoë") is ErrorCode.UNKNOWN_PERSON
    assert refusal(editor.rename, OTHER, "Ben", "Bert") is ErrorCode.UNKNOWN_PERSON
    assert refusal(editor.rename, GUILD, "Ben", "@everyone") is ErrorCode.BAD_NAME


def test_merging_moves_faces_and_keeps_provenance(chat: Chat, editor: PeopleEditor, database: Database) -> None:
    chat.photo(1, new_face(1), new_face(2, value=2.0, x=60))
    chat.name(1, 1, "Anna")
    ann = chat.name(1, 2, "Ann")
    before = chat.people.gallery.version(GUILD)
    merged = editor.merge(GUILD, "Ann", "Anna", by=43, despite_conflicts=True)
    assert (merged.person.name, merged.person.pictures, merged.merged_name, merged.faces) == ("Anna", 2, "Ann", 1)
    rows = chat.people.gallery.enrolled(GUILD)
    assert (rows.names, rows.owners) == (("Anna",), (merged.person.id,) * 2)
    assert [face.labelled_by for face in chat.people.faces_of(1)] == [41, 41]
    assert chat.people.gallery.version(GUILD) != before
    with database.read() as connection:
        said = connection.execute(select(labels.c.person_id, labels.c.source, labels.c.message_id)).all()
    assert {tuple(row) for row in said} == {(merged.person.id, "this-is", 77)}
    assert ann.id not in chat.people.names(GUILD)


def test_a_rejection_of_either_person_holds_for_the_merged_person(chat: Chat, editor: PeopleEditor) -> None:
    chat.photo(1, new_face(1), new_face(2, value=2.0, x=60), new_face(3, value=3.0, x=90))
    anna, ann = chat.name(1, 1, "Anna"), chat.name(1, 2, "Ann")
    chat.people.reject(FaceRef(1, 3), GUILD, ann.id, **PROVENANCE)
    editor.merge(GUILD, "Ann", "Anna", by=43, despite_conflicts=True)
    (link,) = chat.people.gallery.cannot_links(GUILD)
    assert (link.person_id, link.embedding) == (anna.id, embedding(3.0))


def test_a_face_with_contradicting_labels_shows_the_merged_person(chat: Chat, editor: PeopleEditor) -> None:
    chat.photo(1, new_face(1), new_face(2, value=2.0, x=60))
    anna, ann = chat.name(1, 1, "Anna"), chat.name(1, 2, "Ann")
    chat.people.reject(FaceRef(1, 1), GUILD, ann.id, **PROVENANCE)
    chat.people.reject(FaceRef(1, 2), GUILD, anna.id, **PROVENANCE)
    editor.merge(GUILD, "Ann", "Anna", by=43, despite_conflicts=True)
    assert chat.people.gallery.cannot_links(GUILD) == []
    assert [(face.person_id, face.rejected) for face in chat.people.faces_of(1)] == [(anna.id, frozenset())] * 2


def test_two_who_are_in_one_photo_are_not_merged(chat: Chat, editor: PeopleEditor, database: Database) -> None:
    chat.photo(1, new_face(1), new_face(2, value=2.0, x=60))
    chat.name(1, 1, "Anna"), chat.name(1, 2, "Ann")
    before = [face.person_id for face in chat.people.faces_of(1)]

    for call in (editor.check_merge, partial(editor.merge, by=43)):
        with pytest.raises(OmokageError) as refused:
            call(GUILD, "Ann", "Anna")
        assert refused.value.code is ErrorCode.PEOPLE_CONFLICT
        assert refused.value.details == {"name": "Ann", "into": "Anna", "photos": 1, "labels": 0}
    assert [face.person_id for face in chat.people.faces_of(1)] == before
    assert [person.name for person in chat.people.list(GUILD)] == ["Ann", "Anna"]


def test_two_of_whom_somebody_said_that_they_differ_are_not_merged(chat: Chat, editor: PeopleEditor) -> None:
    chat.photo(1, new_face()), chat.photo(2, new_face(value=2.0))
    anna, _ = chat.name(1, 1, "Anna"), chat.name(2, 1, "Ann")
    chat.people.reject(FaceRef(2, 1), GUILD, anna.id, **PROVENANCE)

    with pytest.raises(OmokageError) as refused:
        editor.merge(GUILD, "Anna", "Ann", by=43)
    assert (refused.value.code, refused.value.details["labels"]) == (ErrorCode.PEOPLE_CONFLICT, 1)

    chat.people.confirm(FaceRef(2, 1), GUILD, anna.id, **PROVENANCE)  # somebody has changed their mind
    chat.name(2, 1, "Ann")
    assert editor.merge(GUILD, "Anna", "Ann", by=43).person.pictures == 2


def test_answers_data_sets_and_models_name_the_merged_person(
    chat: Chat, editor: PeopleEditor, database: Database, blobs: Blobs, clock: Clock
) -> None:
    chat.photo(1, new_face())
    anna = chat.name(1, 1, "Anna")
    datasets, registry = DatasetService(database, blobs, clock), RegistryService(database, blobs, clock)
    (ann,) = datasets.people(GUILD, ["Ann"], by=41)  # imported, without a face
    chat.photo(2, new_face(value=2.0), guess=ann)
    classes = (DatasetClass("Anna", anna.id, 5), DatasetClass("Ann", ann.id, 7))
    family = datasets.add(GUILD, "family", classes, (), hash="ab" * 32, without_face=0, by=41)
    trained = Trained(database, registry, clock)
    version = registry.register(trained.run(family), family, _draft(anna.id, ann.id))
    editor.merge(GUILD, "Ann", "Anna", by=43)
    (face,) = chat.answer(2).faces
    assert (face.person_id, face.name, face.top) == (anna.id, "Anna", (Candidate(anna.id, "Anna", 0.9),))
    assert [(one.name, one.person_id) for one in datasets.find(GUILD, "family").classes] == [
        ("Anna", anna.id),
        ("Ann", anna.id),
    ]
    assert registry.get(version.id).classes == (("Anna", anna.id), ("Ann", anna.id))


def _draft(anna: int, ann: int) -> Any:
    return replace(draft({}), classes=(("Anna", anna), ("Ann", ann)))


def test_nobody_is_merged_with_themselves_or_across_guilds(chat: Chat, editor: PeopleEditor) -> None:
    chat.photo(1, new_face())
    chat.name(1, 1, "Anna")
    chat.photo(2, new_face(), guild=OTHER)
    chat.name(2, 1, "Ben", guild=OTHER)
    assert refusal(editor.merge, GUILD, "Anna", "ANNA", by=1) is ErrorCode.BAD_OPTION
    assert refusal(editor.merge, GUILD, "Anna", "Ben", by=1) is ErrorCode.UNKNOWN_PERSON


def test_removing_deletes_the_face_its_labels_photos_and_answers(
    chat: Chat, editor: PeopleEditor, database: Database, blobs: Blobs
) -> None:
    photo = chat.photo(1, new_face())
    anna = chat.name(1, 1, "Anna")
    guessed = chat.photo(2, new_face(value=1.1), guess=anna)  # nobody confirmed it
    before = chat.people.gallery.version(GUILD)
    pictures = [chat.answer(job_id).picture for job_id in (1, 2)]
    removed = editor.remove(GUILD, "anna")
    assert (removed.name, removed.faces, removed.photos) == ("Anna", 2, 2)
    assert not any(map(blobs.exists, (photo, guessed, *pictures)))
    assert refusal(blobs.get, chat.answer(1).picture) is ErrorCode.PHOTO_GONE  # what /show says
    assert (chat.people.list(GUILD), chat.people.faces_of(1), chat.people.faces_of(2)) == ([], [], [])
    (face,) = chat.answer(2).faces
    assert (face.person_id, face.name, face.top) == (None, None, ())
    assert (chat.jobs.get(1).photo, chat.people.gallery.version(GUILD)) == (None, 0)
    assert before != 0
    with database.read() as connection:
        assert connection.execute(select(faces)).all() == connection.execute(select(labels)).all() == []


def test_a_photo_with_somebody_else_who_has_a_name_stays(chat: Chat, editor: PeopleEditor, blobs: Blobs) -> None:
    photo = chat.photo(1, new_face(1), new_face(2, value=2.0, x=60))
    chat.name(1, 1, "Anna"), chat.name(1, 2, "Ben")
    picture = chat.answer(1).picture
    removed = editor.remove(GUILD, "Anna")
    assert (removed.faces, removed.photos) == (1, 0)
    assert (blobs.exists(photo), blobs.exists(picture)) == (True, False)  # the name is in the picture
    assert [(face.ref.number, face.name) for face in chat.people.faces_of(1)] == [(2, "Ben")]


def test_removing_a_person_leaves_other_guilds_alone(chat: Chat, editor: PeopleEditor, blobs: Blobs) -> None:
    photo = chat.photo(1, new_face(), data=b"the same")
    chat.photo(2, new_face(), data=b"the same", guild=OTHER)
    chat.name(1, 1, "Anna")
    assert editor.remove(GUILD, "Anna").photos == 0
    assert blobs.exists(photo)
    assert chat.jobs.get(2).photo == photo
    assert len(chat.people.faces_of(2)) == 1
    assert blobs.exists(chat.answer(2).picture)


def test_a_face_that_was_renamed_since_is_not_the_removed_persons(chat: Chat, editor: PeopleEditor) -> None:
    chat.photo(1, new_face())
    anna = chat.name(1, 1, "Anna")
    chat.photo(2, new_face(value=2.0), guess=anna)
    chat.name(2, 1, "Ben")
    assert editor.remove(GUILD, "Anna").faces == 1
    assert [face.name for face in chat.people.faces_of(2)] == ["Ben"]


def test_cannot_links_of_the_removed_person_end(chat: Chat, editor: PeopleEditor) -> None:
    chat.photo(1, new_face(1), new_face(2, value=2.0, x=60))
    anna = chat.name(1, 1, "Anna")
    chat.name(1, 2, "Ben")
    chat.people.reject(FaceRef(1, 2), GUILD, anna.id, **PROVENANCE)
    editor.remove(GUILD, "Anna")
    assert chat.people.gallery.cannot_links(GUILD) == []
    assert [face.name for face in chat.people.faces_of(1)] == ["Ben"]


def test_a_person_named_again_after_a_removal_gives_another_version_of_the_gallery(
    chat: Chat, editor: PeopleEditor, clock: Clock
) -> None:
    # SQLite gives the last row's id away again: the same ids must not be taken for the same rows.
    chat.photo(1, new_face())
    chat.name(1, 1, "Anna")
    before = chat.people.gallery.version(GUILD)
    editor.remove(GUILD, "Anna")
    clock.advance(1)
    chat.photo(2, new_face(value=2.0))
    chat.name(2, 1, "Anna")
    assert chat.people.gallery.version(GUILD) != before


def test_the_result_lists_data_sets_and_models_that_still_have_the_person(
    chat: Chat, editor: PeopleEditor, database: Database, blobs: Blobs, clock: Clock
) -> None:
    datasets, registry = DatasetService(database, blobs, clock), RegistryService(database, blobs, clock)
    (anna, ben) = datasets.people(GUILD, ["Anna", "Ben"], by=41)
    classes = (DatasetClass("Anna", anna.id, 5), DatasetClass("Ben", ben.id, 7))
    family = datasets.add(GUILD, "family", classes, (), hash="ab" * 32, without_face=0, by=41)
    version = registry.register(Trained(database, registry, clock).run(family), family, _draft(anna.id, ben.id))
    removed = editor.remove(GUILD, "Anna")
    assert (removed.datasets, removed.versions) == (("family v1",), (version.title,))


def test_a_face_that_was_rejected_as_the_removed_person_stays(chat: Chat, editor: PeopleEditor, blobs: Blobs) -> None:
    chat.photo(1, new_face())
    anna = chat.name(1, 1, "Anna")
    photo = chat.photo(2, new_face(value=2.0), guess=anna)
    chat.people.reject(FaceRef(2, 1), GUILD, anna.id, **PROVENANCE)
    picture = chat.answer(2).picture
    assert editor.remove(GUILD, "Anna").faces == 1
    assert (len(chat.people.faces_of(2)), blobs.exists(photo), blobs.exists(picture)) == (1, True, False)


def test_a_person_with_a_name_that_is_refused_today_can_be_renamed(
    chat: Chat, editor: PeopleEditor, database: Database
) -> None:
    # Given somebody who was called so before such names were refused
    chat.photo(1, new_face())
    person = chat.name(1, 1, "Anna")
    with database.write() as connection:
        rename_person(connection, person.id, "unknown")
    # Then nobody can be renamed to it, but it can be found and changed
    assert refusal(editor.rename, GUILD, "Unknown", "不明") is ErrorCode.BAD_NAME
    assert editor.rename(GUILD, " UNKNOWN ", "Anna").name == "Anna"


def test_an_objection_holds_until_it_is_withdrawn(people: PeopleService, editor: PeopleEditor, clock: Clock) -> None:
    anna = people.enrol(GUILD, "Anna", new_face(1), source="test")
    people.enrol(OTHER, "Anna", new_face(2), source="test")
    first = clock.now
    assert editor.record_objection(GUILD, "anna").objected_at == first
    clock.advance(60)
    assert editor.record_objection(GUILD, "Anna").objected_at == first
    assert people.objecting_ids(GUILD) == {anna.id}
    assert people.objecting_ids(OTHER) == frozenset()
    assert editor.withdraw_objection(GUILD, "Anna").objected_at is None
    assert people.objecting_ids(GUILD) == frozenset()
    with pytest.raises(OmokageError) as caught:
        editor.record_objection(GUILD, "Zoë")
    assert caught.value.code is ErrorCode.UNKNOWN_PERSON


def test_pictures_that_name_who_objects_are_deleted_and_others_stay(
    chat: Chat, editor: PeopleEditor, blobs: Blobs
) -> None:
    chat.photo(1, new_face())
    anna = chat.name(1, 1, "Anna")
    chat.photo(2, new_face(1, value=2.0), guess=anna)
    chat.photo(3, new_face(1, value=3.0))
    pictures = [chat.answer(number).picture for number in (1, 2, 3)]
    editor.record_objection(GUILD, "Anna")
    assert [blobs.exists(picture) for picture in pictures] == [False, False, True]
    assert [person.name for person in chat.people.list(GUILD)] == ["Anna"]


@pytest.mark.parametrize("objecting", ["Anna", "Ann"])
def test_of_two_who_are_merged_the_objection_of_either_stays(
    people: PeopleService, editor: PeopleEditor, objecting: str
) -> None:
    people.enrol(GUILD, "Ann", new_face(1), source="test")
    anna = people.enrol(GUILD, "Anna", new_face(2), source="test")
    editor.record_objection(GUILD, objecting)
    assert editor.merge(GUILD, "Ann", "Anna", by=1).person.objected_at is not None
    assert people.objecting_ids(GUILD) == {anna.id}
