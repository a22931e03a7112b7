from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import Failure
from core.domain.people import FaceRef
from core.domain.storage_limits import GRACE, StorageLimits
from core.domain.workers import WorkerReport
from core.services.jobs.service import JobService
from core.services.people.service import PeopleService
from core.services.retention import Pruned, RetentionService
from core.services.workers.service import WorkerService
from core.storage.blob_references import BlobUse
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.tables import faces, guild_blobs, installation, labels, outbox
from core.storage.tables import jobs as job_rows
from core.storage.worker_tables import workers as worker_rows
from tests.integration.core.builders import GUILD, Broker, Clock, classify_result, new_face, request
from tests.integration.core.workers.builders import a_profile

KEEP = timedelta(days=30)


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(str(tmp_path / "blobs"))


class Store:
    """Jobs and blobs whose files are as old as the test's clock says."""

    def __init__(self, database: Database, blobs: Blobs, clock: Clock, limits: StorageLimits) -> None:
        self.database, self.blobs, self.clock = database, blobs, clock
        self.jobs = JobService(database, Broker(), clock, storage=limits, blob_size=blobs.size)
        self.retention = RetentionService(database, blobs, limits, clock, pause=lambda: None)
        self.retention.prune()  # as in the first minute, when nothing is stored yet

    def put(self, data: bytes) -> str:
        """As if it were stored now."""
        name = self.blobs.put(data)
        self.set_time(name)
        return name

    def set_time(self, name: str) -> None:
        files: Any = self.blobs._files
        path = f"{self.blobs._root}/{name[:2]}/{name}"
        if self.blobs._renames:
            os.utime(path, (self.clock.now.timestamp(),) * 2)
        else:
            files.store[path].modified = files.store[path].created = self.clock.now

    def submit(self, job_id: int, data: bytes, guild: int = GUILD) -> str:
        self.jobs.receive(request(job_id, guild, member=job_id))
        photo = self.put(data)
        self.jobs.submit(job_id, photo)
        self.clock.advance(1)
        assert self.jobs.leases.claim(job_id, "worker") is not None
        return photo

    def answer(self, job_id: int, data: bytes, *, faces: int = 1, guild: int = GUILD) -> tuple[str, str]:
        """A job that found faces, and its answer in the chat; names of the photo and of the picture."""
        photo, picture = self.submit(job_id, data, guild), self.put(b"annotated " + data)
        numbers = range(1, faces + 1)
        answer = {**classify_result(*[() for _ in numbers]).to_json(), "picture": picture}
        assert self.jobs.leases.finish(job_id, "worker", answer, [new_face(n, job_id + n, x=30.0 * n) for n in numbers])
        self.jobs.outbox.mark_sent(self.jobs.outbox.pending()[0].id, 55)
        return photo, picture

    def fail(self, job_id: int, code: ErrorCode) -> None:
        assert self.jobs.leases.fail(job_id, "worker", Failure(code, {}))
        self.retention.discard_photos(self.jobs.get(job_id))

    def rows(self) -> Mapping[str, int]:
        with self.database.read() as connection:
            tables = (job_rows, outbox, faces, labels)
            return {t.name: connection.execute(select(func.count()).select_from(t)).scalar_one() for t in tables}


@pytest.fixture
def store(database: Database, blobs: Blobs, clock: Clock) -> Store:
    return Store(database, blobs, clock, StorageLimits())


def test_what_is_older_than_the_limit_goes_with_its_files(store: Store, clock: Clock) -> None:
    old = store.answer(1, b"old")
    clock.advance(29 * 86400)
    new = store.answer(2, b"new")
    clock.advance(2 * 86400)

    assert store.retention.prune() == Pruned(jobs=1, faces=1, orphans=2, bytes=len(b"old" + b"annotated old"))

    assert [store.blobs.exists(name) for name in (*old, *new)] == [False, False, True, True]
    assert store.rows() == {"jobs": 1, "outbox": 1, "faces": 1, "labels": 0}
    with pytest.raises(OmokageError) as caught:
        store.jobs.get(1)
    assert caught.value.code is ErrorCode.UNKNOWN_JOB
    assert store.retention.prune() == Pruned()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_object_store_is_swept_like_a_folder(database: Database, clock: Clock, tmp_path: Path) -> None:
    store = Store(database, Blobs(f"memory://{tmp_path.name}"), clock, StorageLimits())
    names = [*store.answer(1, b"photo"), store.put(b"orphan")]
    refused = store.submit(2, b"no photo")
    store.fail(2, ErrorCode.NOT_AN_IMAGE)
    assert not store.blobs.exists(refused)
    clock.advance(KEEP.total_seconds())
    assert store.retention.prune().orphans == 3
    assert not any(map(store.blobs.exists, names))


def test_a_dry_run_says_what_goes_and_deletes_nothing(store: Store, clock: Clock) -> None:
    names = store.answer(1, b"old", faces=2)
    clock.advance(KEEP.total_seconds() + 1)

    plan = store.retention.plan()

    assert plan == Pruned(jobs=1, faces=2, orphans=2, bytes=16)
    assert all(map(store.blobs.exists, names))
    assert store.rows()["jobs"] == 1
    assert store.retention.prune() == plan


def test_what_a_face_with_a_name_was_learned_from_stays(store: Store, people: PeopleService, clock: Clock) -> None:
    photo, picture = store.answer(1, b"Anna and somebody", faces=2)
    people.name_face(FaceRef(1, 1), GUILD, "Anna", by=1, channel_id=2, message_id=3, source="this-is")
    clock.advance(KEEP.total_seconds() + 1)

    store.retention.prune()

    assert (store.blobs.exists(photo), store.blobs.exists(picture)) == (True, False)
    assert store.rows() == {"jobs": 0, "outbox": 0, "faces": 1, "labels": 1}
    assert people.gallery.enrolled(GUILD).names == ("Anna",)
    with pytest.raises(OmokageError) as caught:
        people.name_face(FaceRef(1, 1), GUILD, "Ben", by=1, channel_id=2, message_id=3, source="this-is")
    assert caught.value.code is ErrorCode.FACE_GONE


def test_not_this_person_holds_on_without_the_photo(store: Store, people: PeopleService, clock: Clock) -> None:
    store.answer(1, b"Anna")
    anna = people.name_face(FaceRef(1, 1), GUILD, "Anna", by=1, channel_id=2, message_id=3, source="this-is")
    photo, _ = store.answer(2, b"like Anna")
    people.reject(FaceRef(2, 1), GUILD, anna.id, by=1, channel_id=2, message_id=3, source="no")
    clock.advance(KEEP.total_seconds() + 1)

    store.retention.prune()

    assert not store.blobs.exists(photo)
    assert [(link.person_id, link.photo) for link in people.gallery.cannot_links(GUILD)] == [(anna.id, photo)]


def test_without_a_limit_nothing_goes_but_orphans(database: Database, blobs: Blobs, clock: Clock) -> None:
    store = Store(database, blobs, clock, StorageLimits(keep_days=0))
    kept = store.answer(1, b"photo")
    orphan = store.put(b"of a worker that was killed")
    clock.advance(3650 * 86400)

    assert store.retention.plan().jobs == 0
    assert store.retention.prune() == Pruned(orphans=1, bytes=27)
    assert [store.blobs.exists(name) for name in (*kept, orphan)] == [True, True, False]


def test_an_answer_that_is_still_to_be_posted_is_not_deleted(store: Store, clock: Clock) -> None:
    photo = store.submit(1, b"photo")
    store.jobs.leases.finish(1, "worker", {})
    unfinished = store.submit(2, b"of a job that runs")
    clock.advance(KEEP.total_seconds() + 1)

    store.retention.prune()

    assert store.rows()["jobs"] == 2
    assert store.blobs.exists(photo)
    assert store.blobs.exists(unfinished)


def test_a_file_that_was_just_written_is_not_an_orphan_yet(store: Store, clock: Clock) -> None:
    name = store.put(b"its row comes in a moment")
    clock.advance(GRACE.total_seconds() - 60)
    assert store.retention.prune() == Pruned()
    clock.advance(120)
    assert store.retention.prune().orphans == 1
    assert not store.blobs.exists(name)


def test_a_file_that_is_put_while_a_sweep_is_under_way_stays(store: Store, clock: Clock) -> None:
    name = store.put(b"an old orphan")
    clock.advance(GRACE.total_seconds() + 1)
    old = clock.now - GRACE
    assert name in store.retention._orphans(old)
    store.put(b"an old orphan")  # by somebody who is about to write a row
    assert not store.blobs.remove(name, old)
    assert store.blobs.get(name) == b"an old orphan"


@pytest.mark.parametrize("code", [ErrorCode.NOT_AN_IMAGE, ErrorCode.BROKEN_IMAGE, ErrorCode.TOO_MANY_PIXELS])
def test_a_file_that_is_no_photo_goes_at_once(store: Store, clock: Clock, code: ErrorCode) -> None:
    photo = store.submit(1, b"no photo")
    store.fail(1, code)
    assert not store.blobs.exists(photo)
    assert store.jobs.get(1).photo is None
    with store.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(guild_blobs)).scalar_one() == 0


def test_a_refused_file_that_somebody_else_needs_stays(store: Store, clock: Clock) -> None:
    _, picture = store.answer(1, b"photo")
    assert store.submit(2, b"annotated photo", guild=GUILD + 1) == picture
    store.fail(2, ErrorCode.TOO_MANY_PIXELS)
    assert store.blobs.exists(picture)


def test_a_refused_file_that_was_sent_again_meanwhile_stays(store: Store, clock: Clock) -> None:
    photo = store.submit(1, b"no photo")
    clock.advance(1)
    store.put(b"no photo")  # by another member, whose job says so in a moment
    store.fail(1, ErrorCode.NOT_AN_IMAGE)
    assert store.blobs.exists(photo)


def test_all_photos_of_a_refused_job_with_several_go(store: Store, clock: Clock) -> None:
    store.jobs.receive(request(1))
    names = [store.put(data) for data in (b"one", b"two")]
    store.jobs.submit(1, None, {"a": {"photo": names[0]}, "add": [{"photo": names[1]}, {"seed": 3}]})
    clock.advance(1)
    store.jobs.leases.claim(1, "worker")
    store.fail(1, ErrorCode.BROKEN_IMAGE)
    assert [store.blobs.exists(name) for name in names] == [False, False]
    assert store.jobs.get(1).params["add"] == [{"photo": ""}, {"seed": 3}]


def test_tokens_go_when_discord_has_forgotten_them(store: Store, clock: Clock) -> None:
    store.jobs.receive(request(1, member=1))
    clock.advance(10 * 60)
    store.jobs.receive(request(2, member=2))
    clock.advance(6 * 60)
    store.retention.drop_tokens()
    assert [store.jobs.get(job_id).origin.interaction_token for job_id in (1, 2)] == ["", "token"]


def test_a_guild_is_refused_when_its_quota_is_full(database: Database, blobs: Blobs, clock: Clock) -> None:
    store = Store(database, blobs, clock, StorageLimits(guild_quota=40))
    store.answer(1, b"ten bytes!")  # and twenty of the answer
    with pytest.raises(OmokageError) as caught:
        store.jobs.receive(_announcing(2, 11))
    assert caught.value.code is ErrorCode.STORAGE_FULL
    assert caught.value.details == {"used": "30 bytes", "quota": "40 bytes"}
    assert store.jobs.receive(_announcing(1, 11)).id == 1  # a replay is no new upload
    store.jobs.receive(_announcing(3, 11, guild=GUILD + 1))
    store.jobs.receive(_announcing(4, 10))

    clock.advance(KEEP.total_seconds() + 1)
    store.retention.prune()
    assert store.jobs.receive(_announcing(5, 40)).id == 5


def test_the_same_photo_counts_once_however_often_it_is_sent(store: Store) -> None:
    store.answer(1, b"photo")
    store.answer(2, b"photo")
    with store.database.read() as connection:
        sizes = select(guild_blobs.c.guild_id, func.sum(guild_blobs.c.size)).group_by(guild_blobs.c.guild_id)
        assert connection.execute(sizes).all() == [(GUILD, 20)]


def test_what_was_stored_before_there_were_quotas_counts_after_the_next_sweep(store: Store) -> None:
    store.answer(1, b"photo")
    with store.database.write() as connection:
        connection.execute(guild_blobs.delete())
    store.retention.prune()
    with store.database.read() as connection:
        assert connection.execute(select(func.sum(guild_blobs.c.size))).scalar_one() == 20


def test_another_databases_files_are_left_alone(store: Store, tmp_path: Path, clock: Clock) -> None:
    names = store.answer(1, b"photo")
    clock.advance(KEEP.total_seconds() - 60)
    assert store.retention.prune() == Pruned()

    with store.database.write() as connection:  # as if the address of the database were mistyped
        for table in (outbox, faces, job_rows, installation):
            connection.execute(table.delete())
    assert store.retention.plan() == Pruned(is_foreign=True)
    assert store.retention.prune() == Pruned(is_foreign=True)
    assert all(map(store.blobs.exists, names))

    (tmp_path / "blobs" / "installation").unlink()  # they are ours, but none is needed any more
    assert store.retention.prune() == Pruned(is_foreign=True)
    store.answer(2, b"new")
    assert store.retention.prune() == Pruned(orphans=2, bytes=20)


def test_only_one_process_an_hour_sweeps(store: Store, clock: Clock) -> None:
    assert store.retention.is_due()
    assert not store.retention.is_due()
    clock.advance(3601)
    assert store.retention.is_due()
    clock.advance(-3 * 3600)  # somebody set the clock
    assert store.retention.is_due()
    assert not store.retention.is_due()


def test_many_are_deleted_in_small_transactions(store: Store, clock: Clock) -> None:
    store.answer(1, b"photo", faces=0)
    with store.database.write() as connection:
        (row,) = connection.execute(select(job_rows)).mappings()
        connection.execute(insert(job_rows), [{**row, "id": number} for number in range(2, 603)])
    clock.advance(KEEP.total_seconds() + 1)
    assert store.retention.prune().jobs == 602
    assert store.rows()["jobs"] == 0


def test_workers_that_died_are_forgotten_after_an_hour(store: Store, clock: Clock) -> None:
    workers = WorkerService(store.database, clock)
    workers.update(a_profile("dead:1:aa"), WorkerReport())
    clock.advance(3000)
    workers.update(a_profile("alive:2:bb"), WorkerReport())
    clock.advance(601)

    store.retention.prune()

    with store.database.read() as connection:
        assert connection.execute(select(worker_rows.c.host)).scalars().all() == ["alive"]


def test_use_is_told_by_guild_and_kind(store: Store) -> None:
    store.answer(1, b"photo")
    store.put(b"orphan")
    usage = store.retention.usage()
    assert usage.by_guild[GUILD] == {
        BlobUse.PHOTO: 5,
        BlobUse.ANSWER: 15,
        BlobUse.DATASET: 0,
        BlobUse.TRAINING: 0,
        BlobUse.MODEL: 0,
    }
    assert (usage.orphans, usage.total) == (6, 26)


def _announcing(job_id: int, size: int, guild: int = GUILD) -> Any:
    asked = request(job_id, guild, member=job_id)
    return type(asked)(asked.id, asked.kind, asked.origin, {**asked.params, "size": size})
