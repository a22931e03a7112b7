"""A person is forgotten: nothing is left, and the head is as if the person had never been there."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

import pytest
from sqlalchemy import insert

from benchmarks.helpers.community import (
    MODERATOR,
    Community,
    embedding_of,
    photo_of,
)
from benchmarks.helpers.traces import files_with, rows_with
from core.bootstrap import Services
from core.domain.clock import now_utc
from core.domain.errors import ErrorCode, OmokageError
from core.domain.ids import synthetic_id
from core.domain.jobs import JobState
from core.domain.training.runs import RunKind, RunRequest, RunState
from core.storage.tables import people
from tests.models.core.services.privacy.builders import (
    FORGOTTEN,
    FRIENDS,
    GUILD,
    OTHER,
    PICTURES,
    finish,
    furnish,
    traces,
)


def test_the_head_is_to_the_byte_as_if_the_person_had_never_been_there(services: Services) -> None:
    # Given two guilds with the same people, in one of which there is one more
    here, elsewhere = Community(services, GUILD), Community(services, OTHER)
    before, without = furnish(here, everybody=True), furnish(elsewhere, everybody=False)
    assert before.weights != without.weights
    # When that person is forgotten
    forgotten = services.forgetter.forget(GUILD, FORGOTTEN.lower(), by=MODERATOR)
    assert here.serving() is None
    finish(services)
    # Then the same head answers, of the same data set to the bit, and the receipt says so
    after = here.serving()
    assert after is not None
    assert services.registry.weights(after) == services.registry.weights(without)
    assert after.dataset_hash == without.dataset_hash
    assert [name for name, _ in after.classes] == FRIENDS
    receipt = services.forgetter.find_receipt(GUILD, forgotten.receipt.id)
    assert receipt is not None
    assert receipt.is_finished
    assert [(pair.before, pair.after) for pair in receipt.heads] == [(before.weights, without.weights)]
    assert [(pair.before, pair.after) for pair in receipt.datasets] == [(before.dataset_hash, without.dataset_hash)]
    made, same = (services.datasets.find(guild, "labels") for guild in (GUILD, OTHER))
    assert [shard.pictures for shard in made.shards] == [shard.pictures for shard in same.shards]
    # And the labels of now make no other data set
    assert here.snapshot() == made


def test_nothing_of_the_person_is_left(services: Services, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    here = Community(services, GUILD)
    furnish(here, everybody=True)
    here.post((FORGOTTEN, 0), named=False)  # an answer names the face
    here.imported("album", [FORGOTTEN, *FRIENDS], 3)
    here.imported("faces", [FORGOTTEN, *FRIENDS], 3, named=False)
    services.dataset_storage.open(services.datasets.find(GUILD, "album"))
    found = rows_with(services, *traces())
    assert {line.partition(":")[0] for line in found} >= {
        "people.name", "faces.embedding", "faces.photo", "jobs.result", "jobs.params", "datasets.manifest",
        "versions.card", "guild_blobs.sha256",
    }  # fmt: skip
    assert files_with(tmp_path / "data" / "blobs", *traces())
    caplog.clear()

    services.forgetter.forget(GUILD, FORGOTTEN, by=MODERATOR)
    left = rows_with(services, *traces())
    assert {line.partition(":")[0] for line in left} == {"receipts.pending"}  # until a worker has done it
    finish(services)

    assert rows_with(services, *traces()) == []
    assert files_with(tmp_path / "data", *traces()) == []  # the database's own files among them
    assert FORGOTTEN not in caplog.text


def test_no_id_of_the_person_is_left(services: Services) -> None:
    here = Community(services, GUILD)
    person_id = 987_654  # that no other number has in it
    with services.database.write() as connection:
        values = {"id": person_id, "guild_id": GUILD, "name": FORGOTTEN, "key": FORGOTTEN.casefold()}
        connection.execute(insert(people).values({**values, "created_by": 1, "created_at": now_utc()}))
    furnish(here, everybody=True)
    here.post((FORGOTTEN, 0), named=False)
    assert rows_with(services, str(person_id))

    services.forgetter.forget(GUILD, FORGOTTEN, by=MODERATOR)
    assert rows_with(services, str(person_id)) == []


def test_who_was_in_a_photo_with_the_person_stays_known_without_it(services: Services) -> None:
    here = Community(services, GUILD)
    furnish(here, everybody=True)
    before = services.people.gallery.enrolled(GUILD)

    services.forgetter.forget(GUILD, FORGOTTEN, by=MODERATOR)

    rows = services.people.gallery.enrolled(GUILD)
    assert embedding_of("Anna", 100) in rows.embeddings
    assert len(rows.embeddings) == len(before.embeddings) - PICTURES - 1
    assert not services.blobs.exists(hashlib.sha256(photo_of(("Anna", 100), (FORGOTTEN, 100))).hexdigest())
    assert services.blobs.exists(hashlib.sha256(photo_of(("Anna", 1))).hexdigest())


def test_other_guilds_keep_the_same_person_and_the_same_photos(services: Services) -> None:
    here, elsewhere = Community(services, GUILD), Community(services, OTHER)
    furnish(here, everybody=True)
    theirs = furnish(elsewhere, everybody=True)
    services.forgetter.forget(GUILD, FORGOTTEN, by=MODERATOR)
    finish(services)

    assert elsewhere.serving() == theirs
    assert FORGOTTEN in [person.name for person in services.people.list(OTHER)]
    assert services.blobs.exists(hashlib.sha256(photo_of((FORGOTTEN, 1))).hexdigest())
    assert services.datasets.missing_shards(services.datasets.find(OTHER, "labels")) == ()


def test_versions_that_are_withdrawn_do_not_come_back(services: Services) -> None:
    here = Community(services, GUILD)
    old = furnish(here, everybody=True)
    services.forgetter.forget(GUILD, FORGOTTEN, by=MODERATOR)
    finish(services)
    after = here.serving()
    assert after is not None

    withdrawn = services.registry.get(old.id)
    assert withdrawn.is_withdrawn
    assert (withdrawn.classes, withdrawn.size) == ((), 0)
    with pytest.raises(OmokageError) as refused:
        services.registry.promote(old.id, MODERATOR, force_reason="I want it back")
    assert refused.value.details["reason"] == "withdrawn"
    services.registry.rollback(GUILD, RunKind.RECOGNISER, MODERATOR)
    assert here.serving() is None
    with pytest.raises(OmokageError):
        services.registry.rollback(GUILD, RunKind.RECOGNISER, MODERATOR)


def test_where_too_few_people_are_left_nothing_is_trained(services: Services) -> None:
    here = Community(services, GUILD)
    for number in range(PICTURES):
        here.post((FORGOTTEN, number))
        here.post(("Anna", number))
    head = here.trained(here.snapshot())
    forgotten = services.forgetter.forget(GUILD, FORGOTTEN, by=MODERATOR)
    finish(services)

    receipt = services.forgetter.find_receipt(GUILD, forgotten.receipt.id)
    assert receipt is not None
    assert receipt.is_finished
    assert [(pair.before, pair.after) for pair in receipt.heads] == [(head.weights, None)]
    assert here.serving() is None


def test_a_training_under_way_is_ended_and_its_checkpoints_go(services: Services) -> None:
    here = Community(services, GUILD)
    for number in range(PICTURES):
        for name in (*FRIENDS, FORGOTTEN):
            here.post((name, number))
    dataset = here.snapshot()
    request = RunRequest(synthetic_id(), RunKind.RECOGNISER, "slim", dataset.id, 10, here.origin, {})
    run = services.runs.start(request, "a worker")
    job = services.jobs.get(run.job_id or 0)

    services.forgetter.forget(GUILD, FORGOTTEN, by=MODERATOR)

    assert services.runs.get(run.id).state is RunState.STOPPED
    assert services.jobs.get(job.id).state is JobState.CANCELLED
    with pytest.raises(OmokageError) as refused:
        services.datasets.get(dataset.id)
    assert refused.value.code is ErrorCode.DATASET_REMOVED


def test_somebody_unknown_or_of_another_guild_changes_nothing(services: Services) -> None:
    Community(services, OTHER).post((FORGOTTEN, 1))
    for name in (FORGOTTEN, "", "Nobody"):
        with pytest.raises(OmokageError) as refused:
            services.forgetter.forget(GUILD, name, by=MODERATOR)
        assert refused.value.code is ErrorCode.UNKNOWN_PERSON
    assert services.forgetter.receipts(GUILD) == []
    assert [person.name for person in services.people.list(OTHER)] == [FORGOTTEN]


def test_a_receipt_is_of_its_guild_alone(services: Services) -> None:
    Community(services, GUILD).post((FORGOTTEN, 1))
    receipt = services.forgetter.forget(GUILD, FORGOTTEN, by=MODERATOR).receipt
    assert receipt.is_finished  # nothing was trained
    assert services.forgetter.find_receipt(GUILD, receipt.id) == receipt
    assert services.forgetter.find_receipt(OTHER, receipt.id) is None
    assert (receipt.asked_by, receipt.counts["faces"], receipt.counts["photos"]) == (MODERATOR, 1, 1)
