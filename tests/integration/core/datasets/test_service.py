from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from core.domain.data.datasets import Dataset, DatasetClass, Findings, Shard
from core.domain.errors import ErrorCode, OmokageError
from core.domain.people import FaceRef
from core.services.datasets.service import DatasetService
from core.services.jobs.service import JobService
from core.services.people.service import PeopleService
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.dataset_faces import labelled_faces
from tests.integration.core.builders import CHANNEL, GUILD, PHOTO, Clock, job_with_faces, new_face

OTHER = GUILD + 1
DATA = b"a shard"
SHARDS = (Shard(hashlib.sha256(DATA).hexdigest(), 12, len(DATA)),)
CLASSES = (DatasetClass("Anna", 1, 5), DatasetClass("本田 翼", 2, 7))
SAID: dict[str, Any] = {"by": 41, "channel_id": CHANNEL, "message_id": 77, "source": "this-is"}


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(str(tmp_path / "blobs"))


@pytest.fixture
def datasets(database: Database, blobs: Blobs, clock: Clock) -> DatasetService:
    blobs.put(DATA)
    return DatasetService(database, blobs, clock)


def added(
    datasets: DatasetService, content: str = "ab", name: str = "family", guild: int = GUILD, **more: Any
) -> Dataset:
    return datasets.add(guild, name, CLASSES, SHARDS, hash=content * 32, without_face=2, by=41, **more)


def code_of(call: Any, *arguments: Any) -> ErrorCode:
    with pytest.raises(OmokageError) as caught:
        call(*arguments)
    return caught.value.code


def test_a_version_is_kept_as_it_was_added(datasets: DatasetService, clock: Clock) -> None:
    findings = Findings(identical=1, alike=2, shared=3, small=4, damaged=5)
    family = added(datasets, findings=findings)
    assert family == Dataset(family.id, GUILD, "family", 1, "ab" * 32, CLASSES, SHARDS, 12, 2, 41, clock.now, findings)
    assert datasets.get(family.id) == datasets.get(family.id, GUILD) == datasets.find(GUILD, "family") == family


def test_the_same_content_is_the_same_version_and_other_content_the_next(datasets: DatasetService) -> None:
    first = added(datasets, "ab")
    assert added(datasets, "ab") == first
    second = added(datasets, "cd")
    assert (second.title, datasets.find(GUILD, "family")) == ("family v2", second)
    assert datasets.find(GUILD, "family", 1) == first
    # What was there before the newest is new again: the newest version is what is meant by the name.
    assert added(datasets, "ab").version == 3


def test_a_version_whose_shards_are_lost_is_not_given_again(datasets: DatasetService, blobs: Blobs) -> None:
    first = added(datasets)
    blobs.delete(SHARDS[0].sha256)
    assert datasets.missing_shards(first) == SHARDS
    assert added(datasets).version == 2
    blobs.put(DATA)
    assert datasets.missing_shards(first) == ()
    assert added(datasets).version == 2


def test_names_count_their_own_versions_and_guilds_do_not_see_each_other(datasets: DatasetService) -> None:
    family, friends, theirs = added(datasets), added(datasets, name="friends"), added(datasets, guild=OTHER)
    assert [one.version for one in (family, friends, theirs)] == [1, 1, 1]
    assert datasets.list(GUILD) == [friends, family]
    assert datasets.list(OTHER) == [theirs]
    assert code_of(datasets.get, theirs.id, GUILD) is ErrorCode.UNKNOWN_DATASET
    assert code_of(datasets.find, OTHER, "friends") is ErrorCode.UNKNOWN_DATASET


def test_what_is_not_there_is_unknown(datasets: DatasetService) -> None:
    added(datasets)
    assert code_of(datasets.get, 99) is ErrorCode.UNKNOWN_DATASET
    assert code_of(datasets.find, GUILD, "family", 2) is ErrorCode.UNKNOWN_DATASET
    assert code_of(datasets.find, GUILD, "friends") is ErrorCode.UNKNOWN_DATASET
    assert datasets.list(OTHER) == []


def test_a_data_sets_name_is_as_strict_as_a_persons(datasets: DatasetService) -> None:
    assert added(datasets, name="  ｆamily ").name == "family"
    with pytest.raises(OmokageError) as caught:
        added(datasets, name="@everyone")
    assert caught.value.code is ErrorCode.BAD_NAME


def test_nobody_is_added_under_a_word_for_nobody(datasets: DatasetService, people: PeopleService) -> None:
    with pytest.raises(OmokageError) as caught:
        datasets.people(GUILD, ["Anna", "Unknown"], by=0)
    assert caught.value.details == {"reason": "reserved"}
    assert people.list(GUILD) == []


def test_two_that_add_at_once_get_two_versions_or_the_same(datasets: DatasetService) -> None:
    gate = threading.Barrier(8)

    def add(place: int) -> Dataset:
        gate.wait()
        return added(datasets, f"{place % 4}a")

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(add, range(8)))
    versions = {(one.version, one.hash) for one in made}
    assert len({version for version, _ in versions}) == len(versions) == len(datasets.list(GUILD))


def test_people_are_those_of_the_guild_or_new_ones(
    datasets: DatasetService, people: PeopleService, jobs: JobService
) -> None:
    job_with_faces(jobs, 1, new_face())
    anna = people.name_face(FaceRef(1, 1), GUILD, "Anna", **SAID)
    known = datasets.people(GUILD, ["ben", "ANNA", "Ben"], by=41)
    assert [(one.name, one.pictures) for one in known] == [("ben", 0), ("Anna", 1), ("ben", 0)]
    assert known[1].id == anna.id
    assert [one.name for one in people.list(GUILD)] == ["Anna", "ben"]
    assert people.list(OTHER) == []


def test_labelled_faces_come_by_person_and_each_once(
    database: Database, people: PeopleService, jobs: JobService
) -> None:
    job_with_faces(jobs, 1, new_face(1, value=1.0), new_face(2, value=2.0, x=60), new_face(3, value=3.0, x=110))
    job_with_faces(jobs, 2, new_face(1, value=4.0), guild=OTHER)
    job_with_faces(
        jobs, 3, new_face(1, value=1.0), new_face(2, value=5.0, x=200)
    )  # the first photo again, with one more
    for job, number, name in ((1, 1, "Ben"), (1, 2, "Anna"), (3, 2, "Ben")):
        people.name_face(FaceRef(job, number), GUILD, name, **SAID)
    people.name_face(FaceRef(2, 1), OTHER, "Anna", **SAID)
    with database.read() as connection:
        faces = labelled_faces(connection, GUILD)
    assert [(face.name, face.source) for face in faces] == [
        ("Anna", "job 1, face 2"),
        ("Ben", "job 1, face 1"),
        ("Ben", "job 3, face 2"),
    ]
    assert faces[0].photo == PHOTO
    assert faces[0].identity == f"{PHOTO}#60,10,20,20"
    assert faces[0].face.landmarks[2] == (15.0, 15.0)


def test_a_rejected_face_is_no_label(database: Database, people: PeopleService, jobs: JobService) -> None:
    job_with_faces(jobs, 1, new_face())
    anna = people.name_face(FaceRef(1, 1), GUILD, "Anna", **SAID)
    people.reject(FaceRef(1, 1), GUILD, anna.id, **SAID)
    with database.read() as connection:
        assert labelled_faces(connection, GUILD) == []
