"""Explains names in the fake worker: the result that the real service would give, with a grey picture."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from core.bootstrap import Services
from core.domain.classification import ClassifyResult
from core.domain.explanation import DecidingPicture, WhyRequest, WhyResult
from core.domain.jobs import Job, JobKind
from tests.integration.bot.fakes.worker import OWNER, FakeWorker, jpeg

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
PICTURES = (
    DecidingPicture(AT, 41, 7, 77, copies=2, is_shown=True),
    DecidingPicture(AT, 0, 0, None, copies=0, is_shown=False),
    DecidingPicture(AT, 42, 7, 78, copies=0, is_shown=True),
)


class FakeExplaining:
    """`requested`: the jobs in their order; `answer`: what is said of each, but for the name and the picture."""

    def __init__(self, services: Services, worker: FakeWorker) -> None:
        self.services = services
        self.requested: list[Job] = []
        self.answer = WhyResult(0, "", 0.93, 0.93, 0.41, PICTURES, 12, 4, "", "", (), blurred=False)
        worker.others[JobKind.WHY] = self._work

    def _work(self, job: Job) -> None:
        self.requested.append(job)
        request = WhyRequest.from_json(job.params)
        answered = self.services.jobs.get(request.job_id, job.origin.guild_id)
        face = ClassifyResult.from_json(answered.result or {}).faces[request.number - 1]
        about = {"person_id": face.person_id or 0, "name": face.name or ""}
        result = replace(self.answer, **about, picture=self.services.blobs.put(jpeg(43, 31)))
        self.services.jobs.leases.finish(job.id, OWNER, result.to_json())
