from __future__ import annotations

import pytest
from sqlalchemy import insert, update

from core.domain.people import FaceRef
from core.services.jobs.service import JobService
from core.services.people.service import PeopleService
from core.services.registry.service import RegistryService
from core.storage.blob_references import BlobReference, BlobUse, blob_references, still_referenced
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.tables import jobs as job_rows
from core.storage.training_tables import checkpoints, datasets, runs, versions
from tests.integration.core.builders import GUILD, PHOTO, Clock, job_with_faces, new_face
from tests.integration.core.registry.builders import Trained


def name_of(digit: str) -> str:
    return digit * 64


@pytest.fixture
def trained(database: Database, clock: Clock) -> Trained:
    return Trained(database, RegistryService(database, Blobs("memory://references"), clock), clock)


def test_each_table_says_what_it_needs_and_for_whom(
    database: Database, jobs: JobService, people: PeopleService, clock: Clock, trained: Trained
) -> None:
    job_with_faces(jobs, 1, new_face())
    people.name_face(FaceRef(1, 1), GUILD, "Anna", by=1, channel_id=2, message_id=3, source="this-is")
    version = trained.version()
    with database.write() as connection:
        again = {"params": {"add": [{"photo": name_of("1")}]}, "result": {"picture": name_of("2"), "seeds": [1, 2]}}
        connection.execute(update(job_rows).values(again))
        connection.execute(update(datasets).values(manifest={"shards": [[name_of("3"), 10, 1000]]}))
        connection.execute(update(runs).values(live={"picture": name_of("4"), "samples": None}))
        checkpoint = {"run_id": version.run_id, "step": 1, "blob": name_of("5"), "size": 1, "created_at": clock.now}
        connection.execute(insert(checkpoints).values({**checkpoint, "values": {}}))
        connection.execute(update(versions).values(card={"sheets": {"a": name_of("6")}}))

    with database.read() as connection:
        references = set(blob_references(connection))

    assert references == {
        BlobReference(PHOTO, GUILD, BlobUse.PHOTO),
        BlobReference(name_of("1"), GUILD, BlobUse.PHOTO),
        BlobReference(name_of("2"), GUILD, BlobUse.ANSWER),
        BlobReference(name_of("3"), GUILD, BlobUse.DATASET),
        BlobReference(name_of("4"), GUILD, BlobUse.TRAINING),
        BlobReference(name_of("5"), GUILD, BlobUse.TRAINING),
        BlobReference(name_of("6"), GUILD, BlobUse.MODEL),
        BlobReference(version.weights, GUILD, BlobUse.MODEL),
    }
    with database.read() as connection:
        asked = {reference.sha256 for reference in references} | {name_of("9")}
        assert still_referenced(connection, asked) == asked - {name_of("9")}
        assert still_referenced(connection, []) == set()


def test_the_photo_of_a_face_without_a_name_is_kept_by_its_job_alone(
    database: Database, jobs: JobService, people: PeopleService
) -> None:
    job_with_faces(jobs, 1, new_face())
    with database.write() as connection:
        connection.execute(update(job_rows).values(photo=None, result=None))
    with database.read() as connection:
        assert still_referenced(connection, [PHOTO]) == set()

    people.name_face(FaceRef(1, 1), GUILD, "Anna", by=1, channel_id=2, message_id=3, source="this-is")
    with database.read() as connection:
        assert still_referenced(connection, [PHOTO]) == {PHOTO}


def test_many_names_are_looked_up_in_batches(database: Database, jobs: JobService) -> None:
    job_with_faces(jobs, 1, new_face())
    names = [f"{number:064x}" for number in range(1001)]
    with database.read() as connection:
        assert still_referenced(connection, [*names, PHOTO]) == {PHOTO}
