"""Learns from members in the fake worker: grey pictures, and faces that are likely whom a test says."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import select

from core.bootstrap import Services
from core.domain.jobs import Job, JobKind
from core.domain.labelling.cards import Proposal
from core.domain.labelling.consensus import SOMEBODY_ELSE
from core.domain.people import NewFace
from core.domain.teaching import LeftOut, TeachRequest, TeachResult
from core.storage.labelling_rows import save_picture
from core.storage.tables import faces, jobs
from tests.integration.bot.fakes.worker import OWNER, FakeWorker, embedding, face, jpeg


class FakeTeaching:
    """`likely`: the recogniser's probabilities of each face that is collected, by its id."""

    def __init__(self, services: Services, worker: FakeWorker) -> None:
        self.services = services
        self.likely: Callable[[int], Mapping[int, float]] = lambda _face_id: {SOMEBODY_ELSE: 1.0}
        self.left_out: Mapping[LeftOut, int] = {}
        self.drawn: list[int] = []
        worker.others[JobKind.TEACH] = self._teach
        worker.others[JobKind.COLLECT] = self._collect
        worker.others[JobKind.CARD] = self._draw

    def result(self, request: TeachRequest) -> tuple[TeachResult, list[NewFace]]:
        """As the real service answers for photos of one face each."""
        numbers = range(1, len(request.photos) + 1)
        crops = [self.services.blobs.put(jpeg(40 + number, 40)) for number in numbers]
        found = [
            NewFace(number, face(number).box, 0.9, (), embedding(100 + number), "test", photo=crop)
            for number, crop in zip(numbers, crops, strict=True)
        ]
        return TeachResult(len(crops), tuple(crops), tuple(numbers), self.left_out), found

    def _teach(self, job: Job) -> None:
        request = TeachRequest.from_json(job.params)
        for photo in request.photos:
            self.services.blobs.get(photo)  # it is stored
        result, found = self.result(request)
        self.services.jobs.leases.finish(job.id, OWNER, result.to_json(), found)

    def _collect(self, job: Job) -> None:
        guild_id = job.origin.guild_id
        contributed = select(faces.c.id, jobs.c.params, jobs.c.member_id).join(jobs, jobs.c.id == faces.c.job_id)
        contributed = contributed.where(faces.c.guild_id == guild_id, jobs.c.kind == JobKind.TEACH)
        with self.services.database.read() as connection:
            rows = connection.execute(contributed.where(faces.c.person_id.is_(None))).all()
        requests = {row.id: (row.member_id, TeachRequest.from_json(row.params)) for row in rows}
        proposals = {
            face_id: Proposal(member_id, request.name, request.is_self)
            for face_id, (member_id, request) in requests.items()
            if request.name is not None
        }
        self.services.labelling.add_faces(guild_id, {row.id: self.likely(row.id) for row in rows}, proposals)
        self.services.jobs.leases.finish(job.id, OWNER, {})

    def _draw(self, job: Job) -> None:
        card_id = int(str(job.params["card_id"]))
        self.drawn.append(card_id)
        picture = self.services.blobs.put(jpeg(60, 60 + card_id % 50))
        with self.services.database.write() as connection:
            save_picture(connection, card_id, picture)
        self.services.jobs.leases.finish(job.id, OWNER, {})
