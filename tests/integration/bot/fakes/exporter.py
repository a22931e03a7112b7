"""Writes exports in the fake worker: the result that the real service would give, with a few bytes for the file."""

from __future__ import annotations

from core.bootstrap import Services
from core.domain.jobs import Job, JobKind
from core.domain.moving import ChatExportResult
from tests.integration.bot.fakes.worker import OWNER, FakeWorker

CONTENT = b"PK\x05\x06" + bytes(18)  # an empty zip


class FakeExporting:
    """`requested`: the jobs in their order; `fits`: whether a message can hold the file."""

    def __init__(self, services: Services, worker: FakeWorker) -> None:
        self.services = services
        self.requested: list[Job] = []
        self.fits = True
        worker.others[JobKind.EXPORT] = self._work

    def result(self, job: Job) -> ChatExportResult:
        """What the real service would say of the guild's people."""
        people = self.services.people.list(job.origin.guild_id)
        counts = len(people), sum(person.pictures for person in people), 0
        return ChatExportResult(*counts, self.fits, self.services.blobs.put(CONTENT) if self.fits else "")

    def _work(self, job: Job) -> None:
        self.requested.append(job)
        self.services.jobs.leases.finish(job.id, OWNER, self.result(job).to_json())
