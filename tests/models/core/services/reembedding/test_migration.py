"""A database of before both networks served, opened by the present code: the issue's migration test."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from PIL import Image
from sqlalchemy import create_engine, text

from core.bootstrap import Services, build
from core.domain.classification import ClassifyOutcome
from core.domain.embedders import DLIB, EMBEDDING_NAME
from core.domain.faces import DetectedFace
from core.domain.jobs import Job
from core.services.recognition.factory import load_guild_recogniser, make_classifier
from core.services.recognition.service import ClassifyService
from core.services.reembedding.reembedder import Reembedder
from core.settings import Settings
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.schema import _upgrade
from core.vision.decoding.decode import SafeDecoder
from core.vision.detection.detect import load_detector
from core.vision.embedding.align import align
from core.vision.embedding.embed import load_dlib_embedder, load_embedder
from core.vision.recognition.calibrated_distances import RecogniserConfig
from core.vision.recognition.mean_embedding import Gallery, MeanEmbeddingRecogniser
from core.vision.recognition.photo_reader import PhotoReader
from portraits import default_people
from portraits.portraits import portrait

GUILD, NAMES = 700, ("Anna", "Ben", "Cara", "Dora")
PICTURES = 3  # of each


def png(person: int, seed: int) -> bytes:
    out = io.BytesIO()
    Image.fromarray(portrait(default_people()[person], seed, 256).image).save(out, "PNG")
    return out.getvalue()


@dataclass
class OlderFaces:
    """What the code of before stored of each face: its photo, where it lies, and dlib's embedding."""

    photos: list[bytes]
    faces: list[DetectedFace]
    embeddings: np.ndarray


@pytest.fixture(scope="module")
def reader() -> Iterator[PhotoReader]:
    reader = PhotoReader(SafeDecoder(), load_detector(), load_embedder())
    yield reader
    reader.close()


@pytest.fixture(scope="module")
def older() -> OlderFaces:
    """Each person's pictures, as commit 36abb5d aligned and embedded them: by dlib's network alone."""
    detector, embedder = load_detector(), load_dlib_embedder()
    photos = [png(person, 100 * person + number) for person in range(len(NAMES)) for number in range(PICTURES)]
    images = [np.asarray(Image.open(io.BytesIO(photo)).convert("RGB")) for photo in photos]
    found = [detector.detect(image)[0] for image in images]
    chips = np.stack([align(image, face.landmarks) for image, face in zip(images, found, strict=True)])
    return OlderFaces(photos, found, embedder.embed(chips))


def write_older_database(settings: Settings, older: OlderFaces, missing: frozenset[int]) -> None:
    """Write the tables and rows of before, without today's services, and the photos but for the `missing` ones."""
    database = Database(settings.database_url)
    with database.write() as connection:
        _upgrade(connection, "0003")
    database.close()
    engine, blobs, at = create_engine(settings.database_url), Blobs(settings.blobs), "2026-11-01 12:00:00.000000"
    with engine.begin() as connection:
        for number, name in enumerate(NAMES, 1):
            connection.execute(
                text(
                    "INSERT INTO people (id, guild_id, name, key, created_by, created_at)"
                    " VALUES (:i, :g, :n, :k, 0, :a)"
                ),
                {"i": number, "g": GUILD, "n": name, "k": name.casefold(), "a": at},
            )
        for row, (photo, face) in enumerate(zip(older.photos, older.faces, strict=True)):
            person, box = row // PICTURES + 1, face.box
            name = blobs.put(photo)
            if row in missing:
                blobs.remove(name, datetime.now(UTC) + timedelta(days=1))
            connection.execute(
                text(
                    "INSERT INTO faces (id, guild_id, number, photo, x, y, w, h, score, landmarks, embedding, embedder,"
                    " created_at, person_id) VALUES (:i, :g, 1, :photo, :x, :y, :w, :h, :s, :l, :e, :m, :a, :p)"
                ).bindparams(sa.bindparam("e", type_=sa.LargeBinary)),
                {
                    "i": row + 1, "g": GUILD, "photo": name, "x": box.x, "y": box.y, "w": box.w, "h": box.h,
                    "s": face.score, "l": json.dumps(face.landmarks), "e": older.embeddings[row].tobytes(),
                    "m": "dlib-resnet29-v1.align-1", "a": at, "p": person,
                },
            )  # fmt: skip
            connection.execute(
                text(
                    "INSERT INTO labels (guild_id, face_id, person_id, verdict, said_by, channel_id, source,"
                    " created_at) VALUES (:g, :f, :p, 'is', 0, 0, 'cli:x.png', :a)"
                ),
                {"g": GUILD, "f": row + 1, "p": person, "a": at},
            )
    engine.dispose()


@dataclass
class Product:
    """The present code on such a database."""

    services: Services
    classifier: ClassifyService
    reader: PhotoReader

    def classify(self, person: int, seed: int = 9_000) -> ClassifyOutcome:
        return self.classifier.classify_photo(png(person, seed), GUILD)

    def names(self, seed: int = 9_000) -> list[str | None]:
        return [self.classify(person, seed).result.faces[0].name for person in range(len(NAMES))]

    def probabilities(self) -> list[float]:
        return [self.classify(person).result.faces[0].top[0].probability for person in range(len(NAMES))]

    def slice(self, slice_s: float = 60.0) -> dict[str, Any] | None:
        """One turn of the guild's job, which a worker would have."""
        reembedder = Reembedder(
            self.services.reembedding, self.services.blobs, self.reader, self.services.runs.segments, slice_s
        )
        return reembedder.answer(self.job(), lambda: False)

    def job(self) -> Job:
        self.services.reembedding.request_all()
        with self.services.database.read() as connection:
            row = connection.execute(text("SELECT id FROM jobs WHERE kind = 'reembed' AND state <> 'done'")).one()
        job = self.services.jobs.leases.claim(row.id, "worker")
        assert job is not None
        return job


@pytest.fixture
def open_product(tmp_path: Path, older: OlderFaces, reader: PhotoReader) -> Iterator[Any]:
    opened: list[Services] = []

    def make(missing: Sequence[int] = ()) -> Product:
        settings = Settings.from_env({"OMOKAGE_DATA": str(tmp_path)})
        write_older_database(settings, older, frozenset(missing))
        services = build(settings, lambda *_: None)
        opened.append(services)
        recogniser = load_guild_recogniser(services.registry, services.people)
        return Product(services, make_classifier(services.people.gallery, services.blobs, reader, recogniser), reader)

    yield make
    for services in opened:
        services.close()


def older_probabilities(older: OlderFaces, reader: PhotoReader) -> list[float]:
    """What the method of before says of the pictures that `Product.probabilities` is asked about."""
    people = tuple(range(1, len(NAMES) + 1))
    owners = np.repeat(np.arange(len(NAMES)), PICTURES)
    recogniser = MeanEmbeddingRecogniser(Gallery(people, NAMES, older.embeddings, owners), RecogniserConfig())
    queries = np.concatenate([reader.read(png(person, 9_000)).embeddings_of(DLIB) for person in range(len(NAMES))])
    return [float(row[:-1].max()) for row in recogniser.probabilities(queries, np.zeros((len(queries), 4), bool))]


def test_before_and_half_way_the_older_answers_come_and_afterwards_the_same_names(
    open_product: Any, older: OlderFaces, reader: PhotoReader
) -> None:
    product = open_product()
    expected = older_probabilities(older, reader)
    assert product.probabilities() == pytest.approx(expected, abs=1e-6)
    assert product.services.people.gallery.embedder(GUILD) == DLIB
    assert product.classify(0).result.model == f"{DLIB}+mean-embedding-1"

    assert product.slice(slice_s=0.0) is None  # four photos, and the job goes back
    state = product.services.reembedding.state(GUILD)
    assert (state.waiting, state.embedder) == (len(older.photos) - 4, DLIB)
    assert product.probabilities() == pytest.approx(expected, abs=1e-6)

    answer = product.slice()  # another process goes on
    assert answer == {"embedder": EMBEDDING_NAME, "not_compared": 0}
    people = product.services.people.list(GUILD)
    assert [(person.name, person.pictures, person.not_compared) for person in people] == [
        (n, PICTURES, 0) for n in NAMES
    ]
    assert product.names() == list(NAMES)
    assert product.classify(0).result.model == f"{EMBEDDING_NAME}+mean-embedding-1"


def test_what_is_named_half_way_is_known_before_and_after(open_product: Any) -> None:
    product = open_product()
    product.slice(slice_s=0.0)
    outcome = product.classifier.classify_photo(png(5, 1), GUILD)
    assert (outcome.faces[0].embedder, len(outcome.faces[0].reembedded)) == (DLIB, 1024)
    product.services.people.enrol(GUILD, "Emi", outcome.faces[0], source="cli:e.png", photo=None)
    assert "Emi" in product.services.people.gallery.enrolled(GUILD, DLIB).names
    product.slice()
    assert "Emi" in product.services.people.gallery.enrolled(GUILD).names


def test_a_gone_photos_face_is_told_and_the_person_is_known_by_the_others(open_product: Any) -> None:
    product = open_product(missing=[0, 3, 4, 5])  # one picture of Anna's, all of Ben's
    assert product.slice() == {"embedder": EMBEDDING_NAME, "not_compared": 4}
    people = {person.name: person for person in product.services.people.list(GUILD)}
    assert (people["Anna"].pictures, people["Anna"].not_compared) == (PICTURES, 1)
    assert (people["Ben"].pictures, people["Ben"].not_compared) == (PICTURES, PICTURES)
    names = product.names()
    assert names[0] == "Anna"
    assert names[1] is None
    assert product.services.reembedding.request_all() == []  # nothing is tried for ever
