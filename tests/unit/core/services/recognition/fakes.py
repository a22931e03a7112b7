"""A classify service with a fake reader and fake recognisers, whose faces a test sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.domain.embedders import EMBEDDING_NAME
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box, Candidate, DetectedFace
from core.domain.jobs import JobKind, JobRequest, Origin
from core.domain.people import EnrolledFaces, FaceRef, NewFace
from core.domain.storage_limits import StorageLimits
from core.services.guilds import GuildService
from core.services.jobs.service import JobService
from core.services.people.editor import PeopleEditor
from core.services.people.service import PeopleService
from core.services.recognition.face_ages import FaceAges
from core.services.recognition.guild_recogniser import Confirmed, GuildRecogniser, Naming
from core.services.recognition.head_cache import HeadCache
from core.services.recognition.service import ClassifyService
from core.services.registry.service import RegistryService
from core.services.retention import RetentionService
from core.storage.blobs import Blobs
from core.vision.recognition.photo_reader import PhotoReading
from tests.databases import new_database

GUILD = 700


def vector(value: float) -> NDArray[np.float32]:
    return np.full(256, value, np.float32)


class FakeReader:
    """Reads from every photo the faces that a test set with `show`."""

    def __init__(self) -> None:
        self.values: list[float] = []
        self.sizes: list[float] = []
        self.warm = False
        self.turned = 0

    def show(self, *faces: tuple[float, float]) -> None:
        """Embedding and size of each face."""
        self.values, self.sizes = [value for value, _ in faces], [size for _, size in faces]

    def read(self, data: bytes) -> PhotoReading:
        if data == b"text":
            raise OmokageError(ErrorCode.NOT_AN_IMAGE)
        points = ((1.0, 1.0), (2.0, 1.0), (1.5, 1.5), (1.0, 2.0), (2.0, 2.0))
        faces = tuple(DetectedFace(Box(100.0 * at, 5.0, size, size), 0.9, points) for at, size in enumerate(self.sizes))
        embeddings = (
            np.stack([vector(value) for value in self.values]) if self.values else np.zeros((0, 256), np.float32)
        )
        return PhotoReading(np.zeros((300, 400, 3), np.uint8), faces, embeddings, self.turned)

    def warm_up(self) -> None:
        self.warm = True

    def close(self) -> None:
        self.warm = False


class NearestRecogniser:
    """Names each face as the nearest person who is not excluded, if near enough."""

    name = "net-1+nearest/1"

    def __init__(self, rows: EnrolledFaces) -> None:
        self.rows, self.embedder = rows, rows.embedder
        self.values = [np.frombuffer(embedding, "<f4")[0] for embedding in rows.embeddings]

    def recognise(
        self, embeddings: NDArray[np.float32], cannot_link_ids: Sequence[frozenset[int]], confirmed: Confirmed
    ) -> list[Naming]:
        guesses = [
            self._guess(float(row[0]), excluded) for row, excluded in zip(embeddings, cannot_link_ids, strict=True)
        ]
        return [
            (candidates, person or named, None, False)
            for (candidates, named), person in zip(guesses, confirmed, strict=True)
        ]

    def _guess(self, value: float, excluded: frozenset[int]) -> tuple[tuple[Candidate, ...], Candidate | None]:
        names = dict(zip(self.rows.person_ids, self.rows.names, strict=True))
        probabilities = {
            owner: max(0.0, 1 - abs(value - float(enrolled)))
            for owner, enrolled in zip(self.rows.owners, self.values, strict=True)
            if owner not in excluded
        }
        ranked = sorted(probabilities.items(), key=lambda pair: -pair[1])
        candidates = tuple(Candidate(person_id, names[person_id], probability) for person_id, probability in ranked)
        return candidates, next((candidate for candidate in candidates if candidate.probability > 0.5), None)


def fail_to_load(*_: object) -> Any:
    pytest.fail("there is no version to load")


@dataclass
class Parts:
    service: ClassifyService
    reader: FakeReader
    people: PeopleService
    blobs: Blobs
    loads: list[EnrolledFaces]
    guilds: GuildService
    editor: PeopleEditor
    combine: Any = fail_to_load

    def enrol(self, name: str, value: float, guild: int = GUILD, photo: str | None = None) -> int:
        face = NewFace(1, Box(0, 5, 50, 50), 0.9, (), vector(value).tobytes(), EMBEDDING_NAME)
        return self.people.enrol(guild, name, face, source="cli:x.jpg", photo=photo).id

    def names(self, data: bytes = b"photo", guild: int = GUILD) -> list[str | None]:
        return [face.name for face in self.service.classify_photo(data, guild).result.faces]


@contextmanager
def opened(folder: Path, make_ages: Callable[[GuildService, PeopleService], FaceAges] | None = None) -> Iterator[Parts]:
    """A service with a database and a store of its own; `make_ages`: what estimates ages, if any."""
    database = new_database(folder / "omokage.db")
    people, blobs, reader, loads = (
        PeopleService(database),
        Blobs(str(folder / "blobs")),
        FakeReader(),
        list[EnrolledFaces](),
    )

    def make(rows: EnrolledFaces) -> NearestRecogniser:
        loads.append(rows)
        return NearestRecogniser(rows)

    guilds = GuildService(database)
    editor = PeopleEditor(database, RetentionService(database, blobs, StorageLimits()))
    ages = None if make_ages is None else make_ages(guilds, people)
    registry = RegistryService(database, blobs)  # without a version

    def combine(*parts: Any) -> Any:
        return made.combine(*parts)

    heads = HeadCache[Any](registry, fail_to_load)
    recogniser = GuildRecogniser[Any, NearestRecogniser](registry, people, heads, combine)
    service = ClassifyService(reader, make, people.gallery, blobs, recogniser=recogniser, ages=ages)
    made = Parts(service, reader, people, blobs, loads, guilds, editor)
    try:
        yield made
    finally:
        database.close()


class ConstantRecogniser:
    """Names every face by the head and the people's names, or by whom the face is not."""

    def __init__(self, head: str, live: NearestRecogniser, names: Mapping[int, str]) -> None:
        self.word = f"{head} knows {sorted(names.values())}"

    def recognise(
        self, reading: PhotoReading, cannot_link_ids: Sequence[frozenset[int]], confirmed: Confirmed
    ) -> list[Naming]:
        words = [f"not {min(row)}" if row else self.word for row in cannot_link_ids]
        guesses = [Candidate(1, word, 1.0) for word in words]
        return [((), person or guess, None, False) for guess, person in zip(guesses, confirmed, strict=True)]


def reject(parts: Parts, person_id: int, photo: bytes, value: float, size: float) -> None:
    """Label the only face of a photo as not this person."""
    parts.reader.show((value, size))
    outcome = parts.service.classify_photo(photo, GUILD)
    sha = parts.blobs.put(photo)
    face = replace(outcome.faces[0], number=1)
    store_as_job(parts.people, sha, face)
    parts.people.reject(FaceRef(1, 1), GUILD, person_id, by=1, channel_id=2, message_id=None, source="test")


def name(parts: Parts, photo: bytes, **names: str) -> dict[str, int]:
    """Post a photo, and have a moderator name its faces: `face_2="Haru"`; returns the people's ids."""
    outcome = parts.service.classify_photo(photo, GUILD)
    store_as_job(parts.people, parts.blobs.put(photo), *outcome.faces)
    ids = {}
    for number, person in ((int(key.removeprefix("face_")), person) for key, person in names.items()):
        face = FaceRef(1, number)
        named = parts.people.name_face(face, GUILD, person, by=33, channel_id=2, message_id=None, source="test")
        ids[person] = named.id
    return ids


def store_as_job(people: PeopleService, photo: str, *faces: NewFace) -> None:
    jobs = JobService(people._database, lambda *_: None)
    jobs.receive(JobRequest(1, JobKind.CLASSIFY, Origin(GUILD, 1, 2, "ja", 3, "token"), {}))
    jobs.submit(1, photo)
    assert jobs.leases.claim(1, "worker") is not None
    assert jobs.leases.finish(1, "worker", {}, faces)
