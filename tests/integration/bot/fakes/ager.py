"""Ages faces in the fake worker: grey pictures, in the results that the real service gives."""

from __future__ import annotations

import io

from PIL import Image

from core.bootstrap import Services
from core.domain.ageing import AgedFace, AgeOutput, AgeRefusal, AgeRequest, AgeResult
from core.domain.errors import OmokageError
from core.domain.jobs import Failure, Job, JobKind
from tests.integration.bot.fakes.worker import OWNER, FakeWorker, jpeg


class FakeAgeing:
    """`requested`: the jobs in their order; `faces`: in each photo; `refusals`: of faces, by their index."""

    def __init__(self, services: Services, worker: FakeWorker) -> None:
        self.services = services
        self.requested: list[Job] = []
        self.faces = 1
        self.refusals: dict[int, AgeRefusal] = {}
        self.starter = False
        self.error: OmokageError | None = None
        worker.others[JobKind.AGE] = self._work

    def _work(self, job: Job) -> None:
        self.requested.append(job)
        leases = self.services.jobs.leases
        if self.error is not None:
            leases.fail(job.id, OWNER, Failure(self.error.code, self.error.details))
        else:
            leases.finish(job.id, OWNER, self.answer(job).to_json())

    def answer(self, job: Job) -> AgeResult:
        """As the real service answers."""
        request = AgeRequest.from_json(job.params)
        self.services.blobs.get(request.photo)  # it is stored
        indices = request.faces or range(self.faces)
        if request.output is not AgeOutput.PHOTO and len(indices) > 1:
            return self._result(request, [AgedFace(index, None) for index in indices], choice=self._numbered())
        faces = [self._face(request, index) for index in indices]
        if all(face.refusal is not None for face in faces):
            return self._result(request, faces)
        if request.output is AgeOutput.FILM:
            return self._result(request, faces, film=self._picture("WEBP"), film_name="film.webp")
        name = "aged.png" if request.output is AgeOutput.PHOTO else "strip.png"
        choice = self._numbered() if self.faces > 1 and request.output is AgeOutput.PHOTO else None
        return self._result(request, faces, picture=self._picture("PNG"), picture_name=name, choice=choice)

    def _face(self, request: AgeRequest, index: int) -> AgedFace:
        refusal = self.refusals.get(index)
        if refusal is not None:
            return AgedFace(index, 9 if refusal is AgeRefusal.CHILD else None, refusal=refusal)
        age = None if request.output is not AgeOutput.PHOTO else request.to or 34 + (request.years or 0)
        return AgedFace(index, 34, age, 0.834)

    def _picture(self, form: str) -> str:
        out = io.BytesIO()
        Image.new("RGB", (64, 48), (len(self.requested), 120, 90)).save(out, form)
        return self.services.blobs.put(out.getvalue())

    def _numbered(self) -> str:
        return self.services.blobs.put(jpeg(320, 200))

    def _result(self, request: AgeRequest, faces: list[AgedFace], **more: str | None) -> AgeResult:
        name = request.model or ("starter reage" if self.starter else "reage v2")
        version_id = None if self.starter else 7
        return AgeResult(name, name, tuple(faces), 7.7, version_id=version_id, starter=self.starter, **more)
