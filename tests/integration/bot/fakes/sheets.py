"""Draws sheets in the fake worker: the result that the real service would give, with a grey picture."""

from __future__ import annotations

from core.bootstrap import Services
from core.domain.jobs import Job, JobKind
from core.domain.picture_sheets import PICTURES_PER_SHEET, SheetRequest, SheetResult
from tests.integration.bot.fakes.worker import OWNER, FakeWorker, jpeg


class FakeSheets:
    """`requested`: the jobs in their order."""

    def __init__(self, services: Services, worker: FakeWorker) -> None:
        self.services = services
        self.requested: list[Job] = []
        worker.others[JobKind.SHEET] = self._work

    def result(self, job: Job) -> SheetResult:
        """What the real service would find, and a picture."""
        request = SheetRequest.from_json(job.params)
        person, records = self.services.splitter.pictures_of(job.origin.guild_id, request.person_id)
        first = request.page * PICTURES_PER_SHEET
        face_ids = tuple(record.id for record in records[first : first + PICTURES_PER_SHEET])
        picture = self.services.blobs.put(jpeg(53, 50 + request.page))
        blurred = person.objected_at is not None
        return SheetResult(person.id, request.page, len(records), face_ids, picture, blurred=blurred)

    def _work(self, job: Job) -> None:
        self.requested.append(job)
        self.services.jobs.leases.finish(job.id, OWNER, self.result(job).to_json())
