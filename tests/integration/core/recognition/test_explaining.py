"""Why a face was named as somebody: real figures and real tiles, on both kinds of database."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import update

from core.domain.classification import ClassifyResult, FaceAnswer
from core.domain.embedders import EMBEDDING_NAME
from core.domain.errors import ErrorCode, OmokageError
from core.domain.explanation import WhyRequest, WhyResult
from core.domain.faces import Box, Candidate, DetectedFace
from core.domain.jobs import JobKind, JobRequest, Origin
from core.domain.people import FaceRef, NewFace
from core.domain.storage_limits import StorageLimits
from core.services.jobs.service import JobService
from core.services.people.editor import PeopleEditor
from core.services.people.service import PeopleService
from core.services.recognition.explaining import WhyService
from core.services.recognition.gallery_cache import GalleryCache
from core.services.retention import RetentionService
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.tables import faces
from core.vision.recognition.mean_embedding import MeanEmbeddingRecogniser, make_recogniser
from tests.integration.core.builders import CHANNEL, GUILD, MEMBER, Clock, request

OTHER = GUILD + 1
SIDE, TILE, GAP = 100, 192, 4
BOX = Box(20.0, 20.0, 60.0, 60.0)
LANDMARKS = ((38.0, 40.0), (62.0, 40.0), (50.0, 52.0), (40.0, 64.0), (60.0, 64.0))
COLOURS = [(200, 40, 40), (40, 200, 40), (40, 40, 200), (200, 200, 40), (40, 200, 200)]


def vector(person: int, number: int) -> bytes:
    """An embedding of a person; their pictures scatter as real ones do."""
    centre = np.zeros(256)
    centre[person] = math.sqrt(0.75 / 2)
    noise = np.random.default_rng(100 * person + number).normal(size=256)
    return (centre + 0.35 * noise / np.linalg.norm(noise)).astype("<f4").tobytes()


def photo(colour: tuple[int, int, int]) -> bytes:
    """A picture with stripes, which a blurred face has not."""
    pixels = np.zeros((SIDE, SIDE, 3), np.uint8)
    pixels[:, ::2] = colour
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


class Reader:
    """Decodes without a process of its own; nothing lies on its side."""

    def upright_photo(self, data: bytes, faces: Sequence[DetectedFace]) -> tuple[Any, Sequence[DetectedFace]]:
        return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")), faces


@dataclass
class Guild:
    """A guild's chat, and what explains its answers."""

    jobs: JobService
    people: PeopleService
    editor: PeopleEditor
    blobs: Blobs
    service: WhyService

    def name(self, name: str, person: int, number: int, *, stored: bool = True, guild: int = GUILD) -> str:
        """Enrol a picture of a person; return its photo."""
        data = self.blobs.put(photo(COLOURS[number % len(COLOURS)]) + bytes([person, number]))
        face = NewFace(1, BOX, 0.9, LANDMARKS, vector(person, number), EMBEDDING_NAME)
        self.people.enrol(guild, name, face, source="test", by=41, photo=data if stored else None)
        return data

    def ask(self, job_id: int, name: str, embedding: bytes, *, model: str = "", guild: int = GUILD) -> None:
        """Answer a photo whose only face is taken for somebody."""
        person = next((one for one in self.people.list(guild) if one.name == name), None)
        named = None if person is None else Candidate(person.id, person.name, 0.9)
        answer = FaceAnswer(1, BOX, 0.9, named and named.person_id, named and named.name, (named,) if named else ())
        result = ClassifyResult(SIDE, SIDE, "ab" * 32, "image/png", (answer,), model or "x+mean-embedding-1", 0.1)
        self.jobs.receive(request(job_id, guild))
        self.jobs.submit(job_id, self.blobs.put(photo((60 + 40 * job_id, 120, 120))))
        assert self.jobs.leases.claim(job_id, "worker")
        face = NewFace(1, BOX, 0.9, LANDMARKS, embedding, EMBEDDING_NAME)
        assert self.jobs.leases.finish(job_id, "worker", result.to_json(), (face,))

    def why(self, job_id: int, *, asked_again: bool = False) -> WhyResult:
        origin = Origin(GUILD, CHANNEL, MEMBER, "en", 1, "token")
        id_ = (2000 if asked_again else 1000) + job_id
        job = self.jobs.receive(JobRequest(id_, JobKind.WHY, origin, WhyRequest(job_id, 1).to_json()))
        return self.service.answer(job, lambda *_: None, lambda: False)

    def tiles(self, result: WhyResult) -> list[np.ndarray]:
        sheet = np.asarray(Image.open(io.BytesIO(self.blobs.get(result.picture))))
        lefts = [GAP + index * (TILE + GAP) for index in range(1 + len(result.pictures))]
        return [sheet[GAP : GAP + TILE, left : left + TILE] for left in lefts]


@pytest.fixture
def guild(database: Database, jobs: JobService, people: PeopleService, clock: Clock, tmp_path: Path) -> Guild:
    blobs = Blobs(str(tmp_path / "blobs"))
    galleries: GalleryCache[MeanEmbeddingRecogniser] = GalleryCache(people.gallery, make_recogniser)
    editor = PeopleEditor(database, RetentionService(database, blobs, StorageLimits()), clock)
    return Guild(jobs, people, editor, blobs, WhyService(jobs, people, blobs, galleries, Reader()))


def refused(call: Any, *arguments: Any, **named: Any) -> ErrorCode:
    with pytest.raises(OmokageError) as caught:
        call(*arguments, **named)
    return caught.value.code


def probability(guild: Guild, embedding: bytes, name: str) -> float:
    recogniser = make_recogniser(guild.people.gallery.enrolled(GUILD))
    column = list(recogniser.people.values()).index(name)
    query = np.frombuffer(embedding, "<f4")[None]
    return float(recogniser.probabilities(query, np.zeros((1, len(recogniser.people)), bool))[0, column])


def test_the_figure_is_what_is_answered_once_the_pictures_are_gone(guild: Guild, database: Database) -> None:
    for number in range(5):
        guild.name("Anna", 0, number)
        guild.name("Ben", 1, number)
    asked = vector(0, 99)
    guild.ask(1, "Anna", asked)

    result = guild.why(1)

    assert (result.name, result.count, len(result.pictures), result.shown) == ("Anna", 5, 3, 0.9)
    assert (result.model, result.blurred) == ("", False)
    assert [(picture.by, picture.copies, picture.is_shown) for picture in result.pictures] == [(41, 0, True)] * 3
    assert WhyResult.from_json(result.to_json()) == result
    assert result.before == pytest.approx(probability(guild, asked, "Anna"), abs=1e-9)
    # When nobody says any more that those three pictures, which are told by their colours, show her
    shown = [tuple(int(value) for value in tile.reshape(-1, 3).max(0)) for tile in guild.tiles(result)[1:]]
    numbers = [min(range(5), key=lambda number: math.dist(COLOURS[number], colour)) for colour in shown]
    assert len(set(numbers)) == 3
    with database.write() as connection:
        forgotten = update(faces).where(faces.c.embedding.in_([vector(0, number) for number in numbers]))
        assert connection.execute(forgotten.values(person_id=None)).rowcount == 3
    # Then the recogniser answers what was said
    assert result.after == pytest.approx(probability(guild, asked, "Anna"), abs=1e-9)
    assert result.after < result.before


def test_a_picture_that_was_saved_again_counts_once(guild: Guild) -> None:
    for number in range(4):
        guild.name("Anna", 0, number)
    face = NewFace(1, BOX, 0.9, LANDMARKS, (np.frombuffer(vector(0, 0), "<f4") + 1e-3).tobytes(), EMBEDDING_NAME)
    guild.people.enrol(GUILD, "Anna", face, source="test", photo=None)
    guild.ask(1, "Anna", vector(0, 0))

    result = guild.why(1)

    assert result.count == 4
    assert (result.pictures[0].copies, result.pictures[0].is_shown) == (1, True)  # of the two, the one with a photo


def test_a_picture_whose_photo_is_gone_is_grey(guild: Guild) -> None:
    guild.name("Anna", 0, 0, stored=False)
    gone = guild.name("Anna", 0, 1)
    guild.blobs.delete(gone)
    guild.name("Anna", 0, 2)
    guild.ask(1, "Anna", vector(0, 99))

    result = guild.why(1)

    assert sorted(picture.is_shown for picture in result.pictures) == [False, False, True]
    assert (result.after, result.needed) == (0.0, 3)
    for picture, tile in zip(result.pictures, guild.tiles(result)[1:], strict=True):
        assert (np.ptp(tile.reshape(-1, 3)) == 0) is not picture.is_shown


def test_faces_of_somebody_who_objected_are_blurred(guild: Guild) -> None:
    for number in range(3):
        guild.name("Anna", 0, number)
    guild.ask(1, "Anna", vector(0, 99))
    sharp = guild.tiles(guild.why(1))
    guild.editor.record_objection(GUILD, "Anna")

    result = guild.why(1, asked_again=True)

    assert result.blurred
    for before, after in zip(sharp, guild.tiles(result), strict=True):
        middle = slice(TILE // 2 - 10, TILE // 2 + 10)
        assert np.ptp(before[middle, middle].reshape(-1, 3).astype(int).sum(1)) > 60
        assert np.ptp(after[middle, middle].reshape(-1, 3).astype(int).sum(1)) < 60


def test_of_a_trained_version_it_is_said_whose_the_figures_are(guild: Guild) -> None:
    guild.name("Anna", 0, 0)
    guild.ask(1, "Anna", vector(0, 99), model="recogniser v3 (cnn modern)")
    assert guild.why(1).model == "recogniser v3 (cnn modern)"


def test_what_cannot_be_explained_is_refused(guild: Guild) -> None:
    guild.name("Anna", 0, 0)
    guild.ask(1, "Anna", vector(0, 99))
    guild.ask(2, "nobody", vector(1, 99))
    guild.ask(3, "Anna", vector(0, 98))
    anna = guild.people.list(GUILD)[0]
    provenance: dict[str, Any] = {"by": 41, "channel_id": CHANNEL, "message_id": 77, "source": "x"}
    assert refused(guild.why, 2) is ErrorCode.NOTHING_TO_EXPLAIN  # it was not named
    guild.people.confirm(FaceRef(1, 1), GUILD, anna.id, **provenance)
    assert refused(guild.why, 1) is ErrorCode.NOTHING_TO_EXPLAIN  # a member named it since
    guild.people.reject(FaceRef(3, 1), GUILD, anna.id, **provenance)
    assert refused(guild.why, 3) is ErrorCode.NOTHING_TO_EXPLAIN  # it is not her
    assert refused(guild.why, 99) is ErrorCode.UNKNOWN_JOB


def test_nothing_of_another_guild_is_explained_or_compared_with(guild: Guild) -> None:
    for number in range(3):
        guild.name("Anna", 0, number, guild=OTHER)
    guild.name("Anna", 0, 7)
    guild.ask(1, "Anna", vector(0, 99))
    guild.ask(2, "Anna", vector(0, 98), guild=OTHER)

    assert guild.why(1).count == 1
    assert refused(guild.why, 2) is ErrorCode.UNKNOWN_JOB
    guild.editor.remove(GUILD, "Anna")
    assert refused(guild.why, 1) in {ErrorCode.FACE_GONE, ErrorCode.NOTHING_TO_EXPLAIN}


def test_an_explanation_goes_with_whoever_is_in_its_picture(guild: Guild) -> None:
    for number in range(3):
        guild.name("Anna", 0, number)
    guild.ask(1, "Anna", vector(0, 99))
    guild.ask(2, "Anna", vector(0, 98))
    pictures = {}
    for job_id in (1, 2):
        result = guild.why(job_id)
        guild.jobs.submit(1000 + job_id, None)
        assert guild.jobs.leases.claim(1000 + job_id, "worker")
        assert guild.jobs.leases.finish(1000 + job_id, "worker", result.to_json(), ())
        pictures[job_id] = result.picture
    # When the face of the first one is somebody else's after all, who is removed
    guild.people.name_face(FaceRef(1, 1), GUILD, "Ben", by=41, channel_id=1, message_id=2, source="x")
    guild.editor.remove(GUILD, "Ben")

    assert guild.jobs.get(1001).result is None
    assert not guild.blobs.exists(pictures[1])
    assert guild.jobs.get(1002).result is not None
    guild.editor.remove(GUILD, "Anna")
    assert guild.jobs.get(1002).result is None
    assert not guild.blobs.exists(pictures[2])
