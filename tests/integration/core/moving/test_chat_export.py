"""Exports for the chat: what a message can hold, and how long the file is kept."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from core.domain.clock import now_utc
from core.domain.jobs import Job, JobCancelledError, JobKind, JobRequest, Origin
from core.domain.moving import ChatExportResult
from core.domain.storage_limits import TOKEN_LIFE, StorageLimits
from core.services.jobs.service import JobService
from core.services.moving import chat_export
from core.services.moving.chat_export import ChatExportService
from core.services.moving.photos import PhotoCutter
from core.services.moving.service import MovingService
from core.services.people.editor import PeopleEditor
from core.services.people.service import PeopleService
from core.services.retention import RetentionService
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.scratch import scratch_root
from tests.integration.core.builders import CHANNEL, GUILD, MEMBER, Clock, new_face

ELSEWHERE = GUILD + 1


@pytest.fixture(scope="module")
def cutter() -> Iterator[PhotoCutter]:
    photos = PhotoCutter()
    yield photos
    photos.close()


@dataclass(frozen=True)
class Here:
    """A guild with Anna, and what exports it."""

    jobs: JobService
    people: PeopleService
    moving: MovingService
    service: ChatExportService
    retention: RetentionService
    editor: PeopleEditor
    blobs: Blobs
    data: Path

    def job(self, number: int = 1, guild: int = GUILD) -> Job:
        origin = Origin(guild, CHANNEL, MEMBER, "en", 1, "token")
        return self.jobs.receive(JobRequest(number, JobKind.EXPORT, origin, {}))

    def answer(self, job: Job) -> ChatExportResult:
        result = self.service.answer(job, lambda *_: None, lambda: False)
        assert ChatExportResult.from_json(result.to_json()) == result
        return result

    def exported(self, number: int = 1) -> tuple[Job, str]:
        """Answer a job as a worker does; return it, and the file."""
        job = self.job(number)
        self.jobs.submit(job.id, None)
        assert self.jobs.leases.claim(job.id, "worker")
        result = self.answer(job)
        assert self.jobs.leases.finish(job.id, "worker", result.to_json())
        return job, result.file

    def file_of(self, job: Job) -> str:
        return str((self.jobs.get(job.id).result or {}).get("file"))


@pytest.fixture
def here(  # noqa: PLR0917 - fixtures
    database: Database, jobs: JobService, people: PeopleService, clock: Clock, cutter: PhotoCutter, tmp_path: Path
) -> Here:
    clock.now = now_utc() + timedelta(seconds=5)  # files have the system's time
    blobs = Blobs(str(tmp_path / "blobs"))
    moving = MovingService(database, blobs, clock)
    retention = RetentionService(database, blobs, StorageLimits(), clock, lambda: None)
    out = io.BytesIO()
    Image.new("RGB", (200, 150), "red").save(out, "PNG")
    people.enrol(GUILD, "Anna", new_face(value=1.0), source="cli:a.jpg", by=41, photo=blobs.put(out.getvalue()))
    people.enrol(ELSEWHERE, "Eve", new_face(value=2.0), source="cli:a.jpg", by=41)
    service = ChatExportService(moving, blobs, cutter, tmp_path)
    editor = PeopleEditor(database, retention, clock)
    return Here(jobs, people, moving, service, retention, editor, blobs, tmp_path)


def test_the_file_is_an_export_of_this_guild_that_names_no_members(
    here: Here, cutter: PhotoCutter, tmp_path: Path
) -> None:
    result = here.answer(here.job())
    path = tmp_path / "posted.zip"
    path.write_bytes(here.blobs.get(result.file))
    report = here.moving.import_from(path, GUILD + 2, cutter)

    assert (result.people, result.faces, result.photos, result.fits) == (1, 1, 1, True)
    assert (report.added, report.faces, report.photos) == (("Anna",), 1, 1)
    assert b",41," not in path.read_bytes()
    assert [path for path in scratch_root(here.data).iterdir() if path.is_dir()] == []


@pytest.mark.parametrize("limit", [10, 1000])  # the photos alone are too large, and with their crops and tables
def test_what_a_message_cannot_hold_is_stored_nowhere(here: Here, monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    monkeypatch.setattr(chat_export, "MAX_UPLOAD_BYTES", limit)
    before = {file.name for file in here.blobs.files()}
    result = here.answer(here.job())
    assert (result.fits, result.file) == (False, "")
    assert {file.name for file in here.blobs.files()} == before


def test_an_export_can_be_cancelled(here: Here) -> None:
    with pytest.raises(JobCancelledError):
        here.service.answer(here.job(), lambda *_: None, lambda: True)
    assert [path for path in scratch_root(here.data).iterdir() if path.is_dir()] == []


def test_the_file_is_deleted_once_it_is_posted(here: Here) -> None:
    job, file = here.exported()
    here.retention.forget_exports()
    assert here.file_of(job) == file  # it is still to be posted
    assert here.blobs.size(file)

    (entry,) = here.jobs.outbox.pending()
    here.jobs.outbox.mark_sent(entry.id, None)
    here.retention.forget_exports()
    assert here.file_of(job) == ""
    assert not here.blobs.size(file)


def test_the_file_is_deleted_when_nobody_can_be_sent_it_any_more(here: Here, clock: Clock) -> None:
    job, file = here.exported()
    clock.now += TOKEN_LIFE + timedelta(seconds=1)
    here.retention.forget_exports()
    assert here.file_of(job) == ""
    assert not here.blobs.size(file)


def test_the_file_goes_at_once_with_anybody_in_it(here: Here) -> None:
    job, file = here.exported()
    here.editor.remove(GUILD, "Anna")
    assert here.jobs.get(job.id).result is None
    assert not here.blobs.size(file)


def test_files_of_other_guilds_stay(here: Here) -> None:
    job, file = here.exported()
    here.editor.remove(ELSEWHERE, "Eve")
    assert here.file_of(job) == file
