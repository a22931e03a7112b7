"""What is kept of contributed photos, with a reader that finds the faces that a test sets."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.domain.embedders import EMBEDDING_NAME
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box, DetectedFace
from core.domain.jobs import Job, JobCancelledError, JobKind, JobRequest, Origin
from core.domain.teaching import LeftOut, TeachRequest
from core.services.jobs.service import JobService
from core.services.people.service import PeopleService
from core.services.teaching.service import TeachOutcome, TeachService
from core.storage.blobs import Blobs
from core.vision.recognition.photo_reader import PhotoReading
from tests.integration.core.builders import CHANNEL, GUILD, MEMBER
from tests.unit.core.services.teaching.test_faces import face_at
from tests.unit.core.vision.test_crop import noise

OTHER = GUILD + 1
SIDE = 400


class Reader:
    """Finds so many sharp faces in a photo as its bytes say: b"2 any text"."""

    def read(self, data: bytes) -> PhotoReading:
        count, _, text = data.decode().partition(" ")
        if not count.isdecimal():
            raise OmokageError(ErrorCode.NOT_AN_IMAGE)
        image = np.asarray(noise(len(text), side=SIDE))
        found = tuple(face_at((100.0 + 200 * (at % 2), 100.0 + 200 * (at // 2)), 110) for at in range(int(count)))
        if text.startswith("small"):
            found = tuple(DetectedFace(Box(10, 10, 20, 20), face.score, face.landmarks) for face in found)
        embeddings = np.arange(len(found), dtype=np.float32)[:, None] + np.zeros((1, 256), np.float32)
        return PhotoReading(image, found, embeddings)


class Contributions:
    """Jobs of contributed photos."""

    def __init__(self, jobs: JobService, people: PeopleService, blobs: Blobs) -> None:
        self.jobs, self.blobs = jobs, blobs
        self.service = TeachService(Reader(), people.gallery, blobs)
        self._count = 0
        self.told: list[tuple[str, float]] = []

    def job(self, *photos: str, guild: int = GUILD) -> Job:
        """A job of photos, by text; of "gone" the blob is missing."""
        self._count += 1
        stored = tuple("ff" * 32 if text == "gone" else self.blobs.put(text.encode()) for text in photos)
        origin = Origin(guild, CHANNEL, MEMBER, "ja", 1, "token")
        return self.jobs.receive(JobRequest(self._count, JobKind.TEACH, origin, TeachRequest(stored).to_json()))

    def answer(self, *photos: str, guild: int = GUILD) -> TeachOutcome:
        job = self.job(*photos, guild=guild)
        return self.service.answer(job, lambda stage, fraction: self.told.append((stage, fraction)), lambda: False)

    def answer_and_store(self, *photos: str, guild: int = GUILD) -> TeachOutcome:
        outcome = self.answer(*photos, guild=guild)
        self.jobs.submit(self._count)
        assert self.jobs.leases.claim(self._count, "worker")
        assert self.jobs.leases.finish(self._count, "worker", outcome.result.to_json(), outcome.faces)
        return outcome


@pytest.fixture
def contributions(jobs: JobService, people: PeopleService, tmp_path: Path) -> Contributions:
    return Contributions(jobs, people, Blobs(str(tmp_path / "blobs")))


def left_out(outcome: TeachOutcome) -> Mapping[LeftOut, int]:
    return outcome.result.left_out


def test_each_face_of_the_photos_is_kept_as_an_upright_crop(contributions: Contributions) -> None:
    outcome = contributions.answer("1 a", "2 bb", "1 ccc")
    result = outcome.result
    assert (result.photos, len(result.crops), dict(result.left_out)) == (3, 4, {})
    assert result.alone == (1, 4)  # those of the first and of the last photo
    assert [face.number for face in outcome.faces] == [1, 2, 3, 4]
    assert tuple(face.photo for face in outcome.faces) == result.crops
    assert {face.embedder for face in outcome.faces} == {EMBEDDING_NAME}
    for face in outcome.faces:
        assert face.photo is not None
        crop = Image.open(io.BytesIO(contributions.blobs.get(face.photo)))
        assert crop.width == crop.height
        assert all(0 <= x < crop.width and 0 <= y < crop.height for x, y in face.landmarks)
        assert face.landmarks[0][1] == pytest.approx(face.landmarks[1][1], abs=2)
    embeddings = [np.frombuffer(face.embedding, "<f4")[0] for face in outcome.faces]
    assert embeddings == [0, 0, 1, 0]
    assert contributions.told == [("finding-faces", pytest.approx(at / 3)) for at in range(3)]


def test_what_is_not_kept_is_counted_by_reason(contributions: Contributions) -> None:
    outcome = contributions.answer("1 a", "text", "0 nobody", "2 small", "gone")
    assert dict(left_out(outcome)) == {LeftOut.UNREADABLE: 2, LeftOut.NO_FACE: 1, LeftOut.SMALL: 2}
    assert (len(outcome.faces), outcome.result.alone) == (1, (1,))


def test_the_same_photo_twice_is_kept_once(contributions: Contributions) -> None:
    outcome = contributions.answer_and_store("1 a", "1 a", "2 bb")
    assert dict(left_out(outcome)) == {LeftOut.REPEATED: 1}
    assert len(outcome.faces) == 3

    again = contributions.answer("1 a", "1 ccc")
    assert dict(left_out(again)) == {LeftOut.REPEATED: 1}
    assert (len(again.faces), again.faces[0].number, again.result.alone) == (1, 1, (1,))
    assert len(set(again.result.crops) & set(outcome.result.crops)) == 0


def test_another_guilds_photos_are_not_repeated(contributions: Contributions) -> None:
    contributions.answer_and_store("1 a")
    elsewhere = contributions.answer("1 a", guild=OTHER)
    assert dict(left_out(elsewhere)) == {}
    assert len(elsewhere.faces) == 1


@pytest.mark.parametrize("photos", [("gone",), ("gone", "gone", "gone")])
def test_a_job_whose_photos_are_all_gone_fails(contributions: Contributions, photos: tuple[str, ...]) -> None:
    with pytest.raises(OmokageError) as caught:
        contributions.answer(*photos)
    assert caught.value.code is ErrorCode.PHOTO_GONE


def test_a_single_unreadable_photo_is_an_answer(contributions: Contributions) -> None:
    outcome = contributions.answer("text")
    assert (dict(left_out(outcome)), outcome.faces) == ({LeftOut.UNREADABLE: 1}, ())


@pytest.mark.parametrize("photos_before", [0, 1, 2])
def test_a_job_is_cancelled_between_two_photos(contributions: Contributions, photos_before: int) -> None:
    job = contributions.job("1 a", "1 bb", "1 ccc")
    stages: list[float] = []
    with pytest.raises(JobCancelledError):
        contributions.service.answer(
            job, lambda _, fraction: stages.append(fraction), lambda: len(stages) == photos_before
        )
    assert len(stages) == photos_before
