from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import insert, update

from core.domain.embedders import EMBEDDING_NAME
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box, Candidate, DetectedFace
from core.domain.people import NewFace
from core.domain.registry.versions import Promotion, Version
from core.domain.storage_limits import StorageLimits
from core.domain.training.runs import RunKind
from core.services.people.editor import PeopleEditor
from core.services.people.service import PeopleService
from core.services.recognition.guild_recogniser import Confirmed, GuildRecogniser, Naming
from core.services.recognition.head_cache import HeadCache
from core.services.registry.service import RegistryService
from core.services.retention import RetentionService
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.training_tables import versions
from core.storage.version_rows import insert_promotion
from core.vision.recognition.photo_reader import PhotoReading
from tests.databases import new_database

GUILD, KIND = 700, RunKind.RECOGNISER
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
POINTS = ((1.0, 1.0), (2.0, 1.0), (1.5, 1.5), (1.0, 2.0), (2.0, 2.0))
PHOTO = PhotoReading(
    np.zeros((60, 60, 3), np.uint8),
    (DetectedFace(Box(0, 0, 50, 50), 0.9, POINTS),),
    np.zeros((1, 256), np.float32),
)
CANNOT_LINK_IDS = (frozenset({7}),)
CONFIRMED = (Candidate(8, "Haru", 1.0),)


def named(word: str) -> Sequence[Naming]:
    return [((), Candidate(1, word, 1.0), None, False)]


class FakeBaseline:
    name, embedder = "net-1+nearest/1", EMBEDDING_NAME

    def recognise(
        self, embeddings: NDArray[np.float32], cannot_link_ids: Sequence[frozenset[int]], confirmed: Confirmed
    ) -> Sequence[Naming]:
        assert (embeddings is PHOTO.embeddings, cannot_link_ids, confirmed) == (True, CANNOT_LINK_IDS, CONFIRMED)
        return named("baseline")


@dataclass
class FakeRecogniser:
    """Names every face by the weights, and by the names that it got."""

    head: str
    baseline: FakeBaseline
    names: Mapping[int, str]

    def recognise(
        self, reading: PhotoReading, cannot_link_ids: Sequence[frozenset[int]], confirmed: Confirmed
    ) -> Sequence[Naming]:
        assert (reading is PHOTO, cannot_link_ids, confirmed) == (True, CANNOT_LINK_IDS, CONFIRMED)
        if self.head == "nonsense":
            raise OmokageError(ErrorCode.BAD_WEIGHTS)
        return named(f"{self.head} {sorted(self.names.values())}")


@dataclass
class Parts:
    database: Database
    registry: RegistryService
    people: PeopleService
    blobs: Blobs
    folder: Path
    loads: list[int] = field(default_factory=list)
    refuses: ErrorCode | None = None

    def __post_init__(self) -> None:
        heads = HeadCache(self.registry, self.load)
        self.recogniser = GuildRecogniser(self.registry, self.people, heads, FakeRecogniser)

    def load(self, version: Version, weights: bytes) -> str:
        self.loads.append(version.number)
        if self.refuses is not None:
            raise OmokageError(self.refuses)
        return weights.decode()

    def promoted(self, weights: str, guild: int = GUILD) -> Version:
        number = len(self.registry.list(guild, KIND)) + 1
        card = {"dataset_title": "family v1", "dataset_hash": "", "config": {"head": "cnn", "preset": "modern"}}
        card |= {"classes": [], "metrics": {}, "parts": []}
        values = {"guild_id": guild, "kind": KIND, "number": number, "architecture": "cnn-modern", "size": 1}
        values |= {"weights": self.blobs.put(weights.encode()), "card": card, "created_by": 1, "created_at": NOW}
        with self.database.write() as connection:
            key = connection.execute(insert(versions).values(values).returning(versions.c.id)).scalar_one()
            insert_promotion(connection, Promotion(guild, KIND, key, True, "test", 1, NOW))
        return self.registry.get(key)

    def answer(self, guild: int = GUILD) -> tuple[str | None, str]:
        (naming,), model = self.recogniser.recognise(guild, PHOTO, FakeBaseline(), CANNOT_LINK_IDS, CONFIRMED)
        return naming[1].name if naming[1] else None, model


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    database = new_database(tmp_path / "omokage.db")
    blobs = Blobs(str(tmp_path / "blobs"))
    yield Parts(database, RegistryService(database, blobs), PeopleService(database), blobs, tmp_path / "blobs")
    database.close()


def test_without_a_version_the_baseline_answers(parts: Parts) -> None:
    assert parts.answer() == ("baseline", "net-1+nearest/1")
    assert parts.loads == []


def test_a_promoted_version_answers_and_is_named(parts: Parts) -> None:
    parts.promoted("one")
    assert parts.answer() == ("one []", "recogniser v1 (cnn modern)")


def test_any_head_can_answer_as_if_it_were_promoted(parts: Parts) -> None:
    first = parts.promoted("one")
    parts.promoted("two")
    version, head = parts.recogniser.heads.get(first.id)
    assert (version, head) == (first, "one")
    (naming,) = parts.recogniser.recognise_as(head, GUILD, PHOTO, FakeBaseline(), CANNOT_LINK_IDS, confirmed=CONFIRMED)
    assert naming[1] is not None
    assert naming[1].name == "one []"
    assert parts.answer()[0] == "two []"
    parts.recogniser.heads.get(first.id)
    assert parts.loads == [1, 2]


def test_a_new_promotion_is_noticed_at_the_next_photo(parts: Parts) -> None:
    parts.promoted("one")
    assert parts.answer()[1] == "recogniser v1 (cnn modern)"
    parts.promoted("two")
    assert parts.answer() == ("two []", "recogniser v2 (cnn modern)")
    parts.registry.rollback(GUILD, KIND, 1)
    assert parts.answer() == ("one []", "recogniser v1 (cnn modern)")
    parts.registry.rollback(GUILD, KIND, 1)
    assert parts.answer() == ("baseline", "net-1+nearest/1")


def test_a_version_is_loaded_once(parts: Parts) -> None:
    parts.promoted("one")
    for _ in range(3):
        parts.answer()
    assert parts.loads == [1]


def test_a_version_that_fell_out_of_the_cache_is_loaded_again(parts: Parts) -> None:
    for guild in range(GUILD, GUILD + 10):
        parts.promoted(f"of {guild}", guild)
        assert parts.answer(guild)[0] == f"of {guild} []"
    parts.answer(GUILD + 9)
    assert len(parts.loads) == 10
    assert parts.answer(GUILD)[0] == f"of {GUILD} []"
    assert len(parts.loads) == 11


def test_a_guilds_version_answers_there_alone(parts: Parts) -> None:
    parts.promoted("one")
    assert parts.answer(GUILD + 1) == ("baseline", "net-1+nearest/1")


def test_a_version_gets_the_present_names_of_people(parts: Parts) -> None:
    parts.promoted("one")
    parts.answer()
    face = NewFace(1, Box(0, 5, 50, 50), 0.9, (), np.zeros(256, "<f4").tobytes(), EMBEDDING_NAME)
    parts.people.enrol(GUILD, "Anna", face, source="cli:x.jpg")
    parts.people.enrol(GUILD + 1, "Ben", face, source="cli:x.jpg")
    assert parts.answer()[0] == "one ['Anna']"


@pytest.mark.parametrize("harm", ["truncated", "changed", "gone"])
def test_damaged_weights_leave_the_answer_to_the_baseline_which_says_so(
    parts: Parts, caplog: pytest.LogCaptureFixture, harm: str
) -> None:
    version = parts.promoted("one")
    file = parts.folder / version.weights[:2] / version.weights
    whole = file.read_bytes()
    if harm == "gone":
        file.unlink()
    else:
        file.write_bytes(whole[:1] if harm == "truncated" else b"two")
    with caplog.at_level(logging.ERROR, "core.services.recognition.guild_recogniser"):
        for _ in range(3):
            assert parts.answer() == ("baseline", "net-1+nearest/1 (recogniser v1 is damaged)")
    assert [
        record.getMessage() for record in caplog.records if record.name == "core.services.recognition.guild_recogniser"
    ] == [f"recogniser v1 of guild {GUILD} is damaged, net-1+nearest/1 answers"]
    file.write_bytes(whole)  # and the operator mends it
    assert parts.answer() == ("one []", "recogniser v1 (cnn modern)")


def test_weights_that_are_no_head_leave_the_answer_to_the_baseline(parts: Parts) -> None:
    parts.promoted("one")
    parts.refuses = ErrorCode.BAD_WEIGHTS
    assert parts.answer() == ("baseline", "net-1+nearest/1 (recogniser v1 is damaged)")


def test_weights_whose_answers_make_no_sense_leave_the_answer_to_the_baseline(parts: Parts) -> None:
    parts.promoted("nonsense")
    assert parts.answer() == ("baseline", "net-1+nearest/1 (recogniser v1 is damaged)")


def test_any_other_error_is_not_hidden(parts: Parts) -> None:
    parts.promoted("one")
    parts.refuses = ErrorCode.INTERNAL
    with pytest.raises(OmokageError) as caught:
        parts.answer()
    assert caught.value.code is ErrorCode.INTERNAL


def test_a_version_is_loaded_anew_when_two_of_its_people_were_merged(parts: Parts) -> None:
    anna, ann = _named(parts, "Anna", 1.0), _named(parts, "Ann", 2.0)
    version = parts.promoted("one")
    with parts.database.write() as connection:
        card = {"dataset_title": "family v1", "dataset_hash": "", "config": {}, "metrics": {}, "parts": []}
        card |= {"classes": [["Anna", anna], ["Ann", ann]]}
        connection.execute(update(versions).where(versions.c.id == version.id).values(card=card))
    parts.answer()
    parts.answer()
    assert parts.loads == [1]
    editor(parts).merge(GUILD, "Ann", "Anna", by=1)
    parts.answer()
    parts.answer()
    assert parts.loads == [1, 1]
    assert parts.recogniser.heads.get(version.id)[0].classes == (("Anna", anna), ("Ann", anna))


def test_a_version_is_not_loaded_anew_when_one_of_its_people_was_removed(parts: Parts) -> None:
    anna = _named(parts, "Anna", 1.0)
    version = parts.promoted("one")
    with parts.database.write() as connection:
        card = {"dataset_title": "family v1", "dataset_hash": "", "config": {}, "metrics": {}, "parts": []}
        connection.execute(update(versions).values(card=card | {"classes": [["Anna", anna]]}))
    parts.answer()
    editor(parts).remove(GUILD, "Anna")
    assert parts.answer()[0] == "one []"
    assert (parts.loads, parts.recogniser.heads.get(version.id)[0].classes) == ([1], (("Anna", anna),))


def _named(parts: Parts, name: str, value: float) -> int:
    face = NewFace(1, Box(0, 0, 20, 20), 0.9, POINTS, np.full(256, value, "<f4").tobytes(), EMBEDDING_NAME)
    return parts.people.enrol(GUILD, name, face, source="test").id


def editor(parts: Parts) -> PeopleEditor:
    return PeopleEditor(parts.database, RetentionService(parts.database, parts.blobs, StorageLimits()))
