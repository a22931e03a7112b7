"""A classify service whose reader finds, and whose recogniser knows, what a test says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box, Candidate, DetectedFace
from core.domain.jobs import JobKind, JobRequest, Origin
from core.domain.people import FaceRef, GalleryRows, NewFace
from core.services.jobs.service import JobService
from core.services.people.service import PeopleService
from core.services.recognition.model_cache import Confirmed, Naming, Serving
from core.services.recognition.service import ClassifyService
from core.services.registry.service import RegistryService
from core.storage.blobs import Blobs
from core.vision.recognition.photo_reader import PhotoReading
from tests.databases import new_database

GUILD = 700


def vector(value: float) -> NDArray[np.float32]:
    return np.full(128, value, np.float32)


class Reader:
    """Finds in every photo the faces that the test put there."""

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
            np.stack([vector(value) for value in self.values]) if self.values else np.zeros((0, 128), np.float32)
        )
        return PhotoReading(np.zeros((300, 400, 3), np.uint8), faces, embeddings, self.turned)

    def warm_up(self) -> None:
        self.warm = True

    def close(self) -> None:
        self.warm = False


class Nearest:
    """Names each face as the nearest person who is allowed, if he is near."""

    def __init__(self, rows: GalleryRows) -> None:
        self.rows = rows
        self.known = [np.frombuffer(one, "<f4")[0] for one in rows.embeddings]

    def recognise(
        self, embeddings: NDArray[np.float32], forbidden: Sequence[frozenset[int]], confirmed: Confirmed
    ) -> list[Naming]:
        guesses = [self._one(float(row[0]), not_these) for row, not_these in zip(embeddings, forbidden, strict=True)]
        return [
            (candidates, person or named, None) for (candidates, named), person in zip(guesses, confirmed, strict=True)
        ]

    def _one(self, value: float, not_these: frozenset[int]) -> tuple[tuple[Candidate, ...], Candidate | None]:
        names = dict(zip(self.rows.person_ids, self.rows.names, strict=True))
        chances = {
            owner: max(0.0, 1 - abs(value - float(known)))
            for owner, known in zip(self.rows.owners, self.known, strict=True)
            if owner not in not_these
        }
        ranked = sorted(chances.items(), key=lambda pair: -pair[1])
        candidates = tuple(Candidate(person_id, names[person_id], chance) for person_id, chance in ranked)
        return candidates, next((one for one in candidates if one.probability > 0.5), None)


def not_asked(*_: object) -> Any:
    pytest.fail("there is no version to load")


@dataclass
class Parts:
    service: ClassifyService
    reader: Reader
    people: PeopleService
    blobs: Blobs
    loads: list[GalleryRows]
    combine: Any = not_asked

    def enrol(self, name: str, value: float, guild: int = GUILD, photo: str | None = None) -> int:
        face = NewFace(1, Box(0, 5, 50, 50), 0.9, (), vector(value).tobytes(), "net-1")
        return self.people.enrol(guild, name, face, source="cli:x.jpg", photo=photo).id

    def names(self, data: bytes = b"photo", guild: int = GUILD) -> list[str | None]:
        return [face.name for face in self.service.classify_photo(data, guild).result.faces]


@contextmanager
def opened(folder: Path) -> Iterator[Parts]:
    """A service with a database and a store of its own."""
    database = new_database(folder / "omokage.db")
    people, blobs, reader, loads = (
        PeopleService(database),
        Blobs(str(folder / "blobs")),
        Reader(),
        list[GalleryRows](),
    )

    def make(rows: GalleryRows) -> Nearest:
        loads.append(rows)
        return Nearest(rows)

    registry = RegistryService(database, blobs)  # in which no version is

    def combine(*said: Any) -> Any:
        return made.combine(*said)

    serving = Serving[Any, Nearest](registry, people, not_asked, combine, live_name="net-1+nearest/1")
    service = ClassifyService(reader, make, people, blobs, serving=serving, embedder="net-1")
    made = Parts(service, reader, people, blobs, loads)
    try:
        yield made
    finally:
        database.close()


class Always:
    """Says who it is, and who not."""

    def __init__(self, head: str, live: Nearest, names: Mapping[int, str]) -> None:
        self.word = f"{head} knows {sorted(names.values())}"

    def recognise(
        self, reading: PhotoReading, forbidden: Sequence[frozenset[int]], confirmed: Confirmed
    ) -> list[Naming]:
        words = [f"not {min(row)}" if row else self.word for row in forbidden]
        guesses = [Candidate(1, word, 1.0) for word in words]
        return [((), person or guess, None) for guess, person in zip(guesses, confirmed, strict=True)]


def reject(parts: Parts, person_id: int, photo: bytes, value: float, size: float) -> None:
    """Have the face of a photo with one face said not to be this person."""
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
        place = FaceRef(1, number)
        named = parts.people.name_face(place, GUILD, person, by=33, channel_id=2, message_id=None, source="test")
        ids[person] = named.id
    return ids


def store_as_job(people: PeopleService, photo: str, *faces: NewFace) -> None:
    jobs = JobService(people._database, lambda *_: None)
    jobs.receive(JobRequest(1, JobKind.CLASSIFY, Origin(GUILD, 1, 2, "ja", 3, "token"), {}))
    jobs.submit(1, photo)
    assert jobs.leases.claim(1, "worker") is not None
    assert jobs.leases.finish(1, "worker", {}, faces)
