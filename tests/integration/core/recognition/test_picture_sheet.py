"""Numbered sheets of a person's stored pictures: real tiles, on both kinds of database."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.domain.embedders import EMBEDDING_NAME
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import Job, JobCancelledError, JobKind, JobRequest, Origin
from core.domain.people import NewFace
from core.domain.picture_sheets import SheetRequest, SheetResult
from core.domain.storage_limits import StorageLimits
from core.services.jobs.service import JobService
from core.services.people.editor import PeopleEditor
from core.services.people.service import PeopleService
from core.services.people.splitting import PersonSplitter
from core.services.privacy.members import MemberData
from core.services.recognition.picture_sheet import SheetService
from core.services.retention import RetentionService
from core.storage.blobs import Blobs
from core.storage.database import Database
from tests.integration.core.builders import CHANNEL, GUILD, MEMBER, Clock
from tests.integration.core.recognition.test_explaining import BOX, COLOURS, LANDMARKS, Reader, photo, vector

OTHER = GUILD + 1
TILE, GAP = 208, 6


class Sheets:
    """A guild's people, and what draws them."""

    def __init__(self, database: Database, jobs: JobService, people: PeopleService, clock: Clock, folder: Path) -> None:
        self.jobs, self.people, self.blobs = jobs, people, Blobs(str(folder))
        retention = RetentionService(database, self.blobs, StorageLimits(), clock)
        self.asked = 0
        self.editor, self.members = (
            PeopleEditor(database, retention, clock),
            MemberData(database, self.blobs, retention),
        )
        self.service = SheetService(PersonSplitter(database, clock), people, self.blobs, Reader())

    def enrol(self, name: str, number: int, *, stored: bool = True) -> int:
        """Store a picture; return the person's id."""
        data = self.blobs.put(photo(COLOURS[number % len(COLOURS)]) + bytes([number]))
        face = NewFace(1, BOX, 0.9, LANDMARKS, vector(0, number), EMBEDDING_NAME)
        return self.people.enrol(GUILD, name, face, source="test", photo=data if stored else None).id

    def job(self, person_id: int, page: int = 0, guild: int = GUILD) -> Job:
        origin = Origin(guild, CHANNEL, MEMBER, "en", 1, "token")
        self.asked += 1
        request = JobRequest(self.asked, JobKind.SHEET, origin, SheetRequest(person_id, page).to_json())
        return self.jobs.receive(request)

    def draw(self, job: Job) -> SheetResult:
        result = self.service.answer(job, lambda *_: None, lambda: False)
        assert SheetResult.from_json(result.to_json()) == result
        return result

    def store(self, job: Job, result: SheetResult) -> None:
        """End the job with its result, as the worker does."""
        self.jobs.submit(job.id, None)
        assert self.jobs.leases.claim(job.id, "worker")
        assert self.jobs.leases.finish(job.id, "worker", result.to_json())

    def tile(self, result: SheetResult, index: int) -> np.ndarray:
        sheet = np.asarray(Image.open(io.BytesIO(self.blobs.get(result.picture)))).astype(int)
        x, y = GAP + index % 5 * (TILE + GAP), GAP + index // 5 * (TILE + GAP)
        return sheet[y : y + TILE, x : x + TILE]


@pytest.fixture
def sheets(database: Database, jobs: JobService, people: PeopleService, clock: Clock, tmp_path: Path) -> Sheets:
    return Sheets(database, jobs, people, clock, tmp_path)


def test_pages_hold_twenty_five_pictures_the_newest_first(sheets: Sheets) -> None:
    (person,) = {sheets.enrol("Anna", number) for number in range(28)}
    ids = [record.id for record in sheets.people.gallery.faces_of(GUILD, person)]
    first, second, beyond = (sheets.draw(sheets.job(person, page)) for page in (0, 1, 9))

    assert (first.face_ids, second.face_ids) == (tuple(ids[:25]), tuple(ids[25:]))
    assert (first.pictures, first.pages, first.first_number, second.first_number) == (28, 2, 1, 26)
    assert beyond == second
    # Number 27 leaves 1 as its remainder by 5, so that its picture is green.
    middle = sheets.tile(second, 1)[100:, 60:].mean((0, 1))
    assert middle.argmax() == 1


def test_a_picture_whose_photo_is_gone_keeps_its_number(sheets: Sheets) -> None:
    sheets.enrol("Anna", 1)
    person = sheets.enrol("Anna", 2, stored=False)
    result = sheets.draw(sheets.job(person))
    assert len(result.face_ids) == 2
    assert np.ptp(sheets.tile(result, 0)[60:200, 60:200, 1]) < 4  # a plain tile
    assert np.ptp(sheets.tile(result, 1)[60:200, 60:200, 1]) > 90  # the stripes of a photo


def test_faces_of_who_objected_are_blurred(sheets: Sheets) -> None:
    person = sheets.enrol("Anna", 1)
    plain = sheets.draw(sheets.job(person))
    sheets.editor.record_objection(GUILD, "Anna")
    blurred = sheets.draw(sheets.job(person))
    assert (plain.blurred, blurred.blurred) == (False, True)
    middles = [np.ptp(sheets.tile(result, 0)[80:130, 80:130, 1]) for result in (plain, blurred)]
    assert middles[1] < middles[0] / 2


def test_nobody_elses_people_are_drawn(sheets: Sheets) -> None:
    person = sheets.enrol("Anna", 1)
    for job, code in (
        (sheets.job(person, guild=OTHER), ErrorCode.UNKNOWN_PERSON),
        (sheets.job(person + 1), ErrorCode.UNKNOWN_PERSON),
    ):
        with pytest.raises(OmokageError) as caught:
            sheets.draw(job)
        assert caught.value.code is code
    with pytest.raises(JobCancelledError):
        sheets.service.answer(sheets.job(person), lambda *_: None, lambda: True)


def test_a_sheet_follows_the_person_and_goes_with_the_photos_in_it(sheets: Sheets) -> None:
    person = sheets.enrol("Anna", 1)
    ben = sheets.enrol("Ben", 2)
    job = sheets.job(person)
    result = sheets.draw(job)
    sheets.store(job, result)

    sheets.editor.merge(GUILD, "Anna", "Ben", by=1)
    moved = sheets.jobs.get(job.id).result
    assert moved is not None
    assert SheetResult.from_json(moved) == SheetResult(ben, 0, 1, result.face_ids, result.picture, blurred=False)

    sheets.editor.remove(GUILD, "Ben")
    assert sheets.jobs.get(job.id).result is None
    assert not sheets.blobs.size(result.picture)


def test_a_sheet_goes_with_a_member_who_sent_a_photo_in_it(sheets: Sheets) -> None:
    # Given a face in a photo that a member sent, which somebody else's sheet shows
    data = sheets.blobs.put(photo(COLOURS[0]))
    origin = Origin(GUILD, CHANNEL, MEMBER + 1, "en", 1, "token")
    sent = sheets.jobs.receive(JobRequest(900, JobKind.CLASSIFY, origin, {}))
    sheets.jobs.submit(sent.id, data)
    face = NewFace(1, BOX, 0.9, LANDMARKS, vector(0, 1), EMBEDDING_NAME)
    person = sheets.people.enrol(GUILD, "Anna", face, source="test", photo=data).id
    job = sheets.job(person)
    result = sheets.draw(job)
    sheets.store(job, result)
    # When that member is forgotten
    sheets.members.forget(GUILD, MEMBER + 1)
    # Then the picture is gone with the photo
    assert sheets.jobs.get(job.id).result is None
    assert not sheets.blobs.size(data)
    assert not sheets.blobs.size(result.picture)
