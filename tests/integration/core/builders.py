"""Builders of jobs, faces and results, and a clock and a broker under the control of the test."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta

from core.domain.classification import ClassifyResult, FaceAnswer
from core.domain.embedders import EMBEDDING_NAME
from core.domain.faces import Box, Candidate
from core.domain.jobs import Job, JobKind, JobRequest, Origin, QueueName
from core.domain.people import NewFace
from core.services.jobs.service import JobService

PHOTO = "ab" * 32
GUILD, MEMBER, CHANNEL = 700, 30, 20


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Broker:
    """Keeps messages in memory; `away` refuses them, `deaf` takes them but breaks before it confirms."""

    def __init__(self) -> None:
        self.messages: list[int] = []
        self.away = self.deaf = False

    def __call__(self, job_id: int, queue: QueueName, priority: int) -> None:
        if self.away:
            raise ConnectionError("no broker")
        self.messages.append(job_id)
        if self.deaf:
            raise TimeoutError("the broker did not answer")

    def take(self) -> list[int]:
        """The messages since the last time."""
        taken, self.messages = self.messages, []
        return taken


def request(job_id: int, guild: int = GUILD, member: int = MEMBER) -> JobRequest:
    origin = Origin(guild, CHANNEL, member, "ja", 1, "token")
    return JobRequest(job_id, JobKind.CLASSIFY, origin, {"filename": "photo.jpg", "size": 3})


def submitted_job(jobs: JobService, job_id: int, guild: int = GUILD, member: int = MEMBER) -> Job:
    jobs.receive(request(job_id, guild, member))
    return jobs.submit(job_id, PHOTO)


def running_job(jobs: JobService, job_id: int, owner: str = "worker", guild: int = GUILD, member: int = MEMBER) -> Job:
    submitted_job(jobs, job_id, guild, member)
    job = jobs.leases.claim(job_id, owner)
    assert job is not None
    return job


def embedding(value: float) -> bytes:
    return struct.pack("<256f", value, *[0.0] * 255)


def new_face(number: int = 1, value: float = 1.0, x: float = 10.0) -> NewFace:
    landmarks = ((12.0, 12.0), (18.0, 12.0), (15.0, 15.0), (13.0, 18.0), (17.0, 18.0))
    return NewFace(number, Box(x, 10.0, 20.0, 20.0), 0.9, landmarks, embedding(value), EMBEDDING_NAME)


def classify_result(*tops: tuple[Candidate, ...]) -> ClassifyResult:
    faces = tuple(
        FaceAnswer(number, Box(10.0, 10.0, 20.0, 20.0), 0.9, None, None, top) for number, top in enumerate(tops, 1)
    )
    return ClassifyResult(100, 80, "cd" * 32, "image/jpeg", faces, "net-1+knn/1", 0.2)


def job_with_faces(jobs: JobService, job_id: int, *faces: NewFace, guild: int = GUILD) -> Job:
    """Return a finished job that found these faces."""
    running_job(jobs, job_id, guild=guild)
    assert jobs.leases.finish(job_id, "worker", classify_result(*[() for _ in faces]).to_json(), faces)
    return jobs.get(job_id)
