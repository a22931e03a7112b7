"""Workers' rows, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from core.domain.jobs import JobKind, JobState, QueueName
from core.domain.workers import (
    FORGET_AFTER,
    GONE_AFTER_S,
    DrainReason,
    Gpu,
    ModelInMemory,
    Oddity,
    Overview,
    QueueStatus,
    WorkerReport,
    WorkerState,
)
from core.services.jobs.service import JobService
from core.services.workers.service import WorkerService
from core.storage.database import Database
from core.storage.schema import SCHEMA_VERSION
from core.storage.tables import jobs as job_table
from core.storage.worker_rows import delete_gone_workers
from core.storage.worker_tables import workers as worker_table
from tests.integration.core.builders import Clock, running_job, submitted_job
from tests.integration.core.workers.builders import STARTED, a_profile

NOTHING = WorkerReport()


@pytest.fixture
def workers(database: Database, clock: Clock) -> WorkerService:
    return WorkerService(database, clock)


@pytest.fixture
def newer_database(database: Database) -> Iterator[Database]:
    change = text("UPDATE alembic_version SET version_num = :version")
    with database.write() as connection:
        connection.execute(change, {"version": "ffff"})
    yield database
    with database.write() as connection:  # the next test has the same PostgreSQL database
        connection.execute(change, {"version": SCHEMA_VERSION})


def states(overview: Overview) -> dict[str, WorkerState]:
    return {status.profile.id: status.state for status in overview.workers}


def rows(database: Database) -> int:
    with database.read() as connection:
        return len(connection.execute(select(worker_table.c.id)).all())


def test_all_that_a_worker_says_of_itself_is_read_back(workers: WorkerService, clock: Clock) -> None:
    profile = a_profile(queue=QueueName.GPU)
    report = WorkerReport((Gpu("NVIDIA H200", "570.1", 150_754_820_096),), ("NVIDIA H200",), ("starter vae",))

    workers.update(profile, NOTHING)
    clock.advance(5)
    workers.update(profile, report)

    [status] = workers.overview().workers
    assert (status.profile, status.worker.report, status.worker.seen_at) == (profile, report, clock.now)
    assert (status.state, status.oddities, status.jobs) == (WorkerState.ALIVE, (), ())
    assert status.models == (ModelInMemory("starter vae", None),)


def test_a_worker_that_says_nothing_more_is_gone_and_forgotten_after_an_hour(
    workers: WorkerService, database: Database, clock: Clock
) -> None:
    workers.update(a_profile("dead:1:aa"), NOTHING)
    clock.advance(GONE_AFTER_S)
    workers.update(a_profile("alive:2:bb"), NOTHING)
    assert states(workers.overview()) == {"dead:1:aa": WorkerState.ALIVE, "alive:2:bb": WorkerState.ALIVE}

    clock.advance(1)
    assert states(workers.overview()) == {"dead:1:aa": WorkerState.GONE, "alive:2:bb": WorkerState.ALIVE}

    clock.advance(FORGET_AFTER.total_seconds() - GONE_AFTER_S)
    workers.update(a_profile("alive:2:bb"), NOTHING)
    assert states(workers.overview()) == {"alive:2:bb": WorkerState.ALIVE}
    with database.write() as connection:
        delete_gone_workers(connection, clock() - FORGET_AFTER)
    assert rows(database) == 1


def test_a_worker_that_was_away_for_hours_writes_its_row_anew(workers: WorkerService, database: Database) -> None:
    workers.update(a_profile(), NOTHING)
    with database.write() as connection:
        delete_gone_workers(connection, STARTED + timedelta(days=9))

    workers.update(a_profile(), NOTHING)

    assert len(workers.overview().workers) == 1


def test_a_worker_that_ends_in_order_leaves_no_row(workers: WorkerService, database: Database) -> None:
    for worker_id in ("here:1:aa", "here:2:bb"):
        workers.update(a_profile(worker_id), NOTHING)
    workers.remove("here:1:aa")
    assert states(workers.overview()) == {"here:2:bb": WorkerState.ALIVE}


def test_the_jobs_of_a_worker_are_those_whose_leases_it_holds(
    workers: WorkerService, jobs: JobService, clock: Clock
) -> None:
    for worker_id in ("here:1:aa", "here:11:bb"):
        workers.update(a_profile(worker_id), NOTHING)
    for job_id, owner in ((1, "here:1:aa:0a"), (2, "here:1:aa:0b"), (3, "here:11:bb:0a"), (4, "elsewhere:1:aa:0a")):
        running_job(jobs, job_id, owner, guild=job_id, member=job_id)

    held = {status.profile.id: [job.id for job in status.jobs] for status in workers.overview().workers}

    assert held == {"here:1:aa": [1, 2], "here:11:bb": [3]}
    [job, _] = next(status for status in workers.overview().workers if status.profile.pid == 1).jobs
    assert (job.kind, job.guild_id, job.started_at) == (JobKind.CLASSIFY, 1, clock.now)


def test_a_dead_workers_job_stays_in_its_hand_until_another_has_it(
    workers: WorkerService, jobs: JobService, clock: Clock
) -> None:
    workers.update(a_profile(), NOTHING)
    running_job(jobs, 1, "here:1:aa:0a")
    clock.advance(60)
    [status] = workers.overview().workers
    assert (status.state, [job.id for job in status.jobs]) == (WorkerState.GONE, [1])

    jobs.recovery.recover()

    [status] = workers.overview().workers
    assert status.jobs == ()


def test_queues_say_what_waits_and_for_how_long_and_who_serves_them(
    workers: WorkerService, jobs: JobService, database: Database, clock: Clock
) -> None:
    began = clock.now
    running_job(jobs, 1, "here:1:aa:0a", guild=1)
    for job_id in (2, 3):
        clock.advance(10)
        submitted_job(jobs, job_id, guild=job_id)
    workers.update(a_profile(), NOTHING)
    workers.update(a_profile("here:2:bb"), WorkerReport(is_draining=True))

    cpu, gpu = workers.overview().queues

    assert cpu == QueueStatus(QueueName.CPU, 2, 0, 1, began + timedelta(seconds=10), workers=1)
    assert gpu == QueueStatus(QueueName.GPU)
    assert not cpu.is_unattended
    assert not gpu.is_unattended
    clock.advance(60)
    assert workers.overview().queues[0].is_unattended


def test_a_background_job_counts_apart_and_not_while_it_pauses(
    workers: WorkerService, jobs: JobService, database: Database, clock: Clock
) -> None:
    submitted_job(jobs, 1)
    background = {"kind": JobKind.CHECK, "queue": QueueName.GPU, "state": JobState.WAITING}
    paused_until = clock.now + timedelta(minutes=5)
    with database.write() as connection:
        connection.execute(update(job_table).values(**background, lease_until=paused_until))
    assert workers.overview().queues[1] == QueueStatus(QueueName.GPU)

    clock.advance(301)

    gpu = workers.overview().queues[1]
    assert gpu == QueueStatus(QueueName.GPU, background=1)
    assert gpu.is_unattended


def test_a_worker_is_compared_with_the_one_that_started_last(workers: WorkerService, clock: Clock) -> None:
    later = STARTED + timedelta(minutes=1)
    workers.update(a_profile("old:1:aa"), NOTHING)
    workers.update(a_profile("new:2:bb", started_at=later, revision="bbbb"), NOTHING)
    workers.update(a_profile("gpu:3:cc", revision="bbbb", queue=QueueName.GPU, libraries={"keras": "3.14.0"}),
                   WorkerReport(tensorflow_gpus=()))  # fmt: skip

    odd = {status.profile.host: status.oddities for status in workers.overview().workers}

    assert odd == {"old": (Oddity.OTHER_CODE,), "new": (), "gpu": (Oddity.OTHER_LIBRARIES, Oddity.NO_GPU)}


def test_a_worker_that_died_is_not_what_others_are_compared_with(workers: WorkerService, clock: Clock) -> None:
    workers.update(a_profile("dead:1:aa", started_at=STARTED + timedelta(minutes=1), revision="bbbb"), NOTHING)
    clock.advance(60)
    workers.update(a_profile("alive:2:bb"), NOTHING)

    odd = {status.profile.host: status.oddities for status in workers.overview().workers}

    assert odd == {"dead": (Oddity.OTHER_CODE,), "alive": ()}


def test_the_operator_drains_a_host(workers: WorkerService, clock: Clock) -> None:
    workers.update(a_profile("here:9:ff"), NOTHING)
    clock.advance(60)
    profiles = [a_profile(worker_id) for worker_id in ("here:1:aa", "here:2:bb", "there:1:cc")]
    assert [workers.update(profile, NOTHING) for profile in profiles] == [None, None, None]

    assert workers.request_drain("here") == 2  # the dead one has nobody who would read it

    reasons = [workers.update(profile, NOTHING) for profile in profiles]
    assert reasons == [DrainReason.REQUESTED, DrainReason.REQUESTED, None]
    assert states(workers.overview())["here:1:aa"] is WorkerState.DRAINING
    assert workers.request_drain("nowhere") == 0


def test_a_worker_of_older_code_than_the_tables_is_drained_and_writes_nothing(
    workers: WorkerService, newer_database: Database
) -> None:
    assert workers.update(a_profile(), NOTHING) is DrainReason.NEWER_DATABASE
    assert rows(newer_database) == 0


def test_models_are_named_and_those_that_were_deleted_are_left_out(workers: WorkerService) -> None:
    workers.update(a_profile(), WorkerReport(models=(4_000, "starter dcgan")))
    [status] = workers.overview().workers
    assert status.models == (ModelInMemory("starter dcgan", None),)


def test_a_profile_of_another_start_is_another_worker(workers: WorkerService) -> None:
    workers.update(a_profile("here:1:aa"), NOTHING)
    workers.update(replace(a_profile("here:1:bb"), pid=1), NOTHING)
    assert len(workers.overview().workers) == 2
