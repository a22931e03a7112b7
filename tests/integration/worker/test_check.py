"""A worker checks a version, slice by slice."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from core.bootstrap import Services, build, build_checker
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JobKind, JobRequest, JobState, Origin, QueueName
from core.domain.registry.robustness import AttackOutcome, CheckState, robustness_from_metrics
from core.domain.registry.versions import Version
from core.domain.training.runs import RunKind
from core.services.robustness.service import RobustnessService
from core.settings import Settings
from core.storage.tables import jobs
from core.storage.training_tables import versions
from worker.handlers import check_with, load_handlers
from worker.runner import Runner

GUILD = 700
STEPS = 5  # of the check


class FakeCheck:
    """Five looks at twenty textures; the rest of the check is the real one's."""

    loads, takes_s = 0, 0.0

    def __init__(self) -> None:
        FakeCheck.loads += 1
        self.initial_state = self.state = CheckState((AttackOutcome(1, 2), AttackOutcome(8, 0)), wanted=20 * STEPS)

    def advance(self, interrupted: Callable[[], bool]) -> None:
        assert not self.state.done
        time.sleep(self.takes_s)
        if not interrupted():
            self.state = self.state.shown(20, closed=4, opened=1)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    FakeCheck.loads, FakeCheck.takes_s = 0, 0.0
    made = build(Settings.from_env({"OMOKAGE_DATA": str(tmp_path)}), lambda *_: None)
    yield made
    made.close()


@pytest.fixture
def version(services: Services) -> Version:
    card = {"dataset_title": "family v2", "dataset_hash": "ab" * 32, "config": {}, "classes": [], "parts": []}
    values = {"guild_id": GUILD, "kind": RunKind.RECOGNISER, "number": 1, "architecture": "cnn-modern", "size": 1}
    values |= {"weights": "ab" * 32, "card": card | {"metrics": {"accuracy": 0.9}}, "created_by": 1}
    with services.database.write() as connection:
        written = insert(versions).values(values | {"created_at": datetime.now(UTC)})
        version_id = int(connection.execute(written.returning(versions.c.id)).scalar_one())
    return services.registry.get(version_id)


def checker(services: Services, slice_s: float = 20.0) -> RobustnessService:
    return RobustnessService(services.registry, services.runs.segments, services.checks, lambda _: FakeCheck(), slice_s)  # type: ignore[arg-type]


def turn(
    services: Services, job_id: int, service: RobustnessService, ending: Callable[[], bool] = lambda: False
) -> Any:
    """One turn of the job in a worker."""
    told: list[Any] = []
    Runner(services.jobs.leases, {JobKind.CHECK: check_with(service)}, told.append, ending=ending).run(job_id)
    assert told == []  # nobody waits for it
    return services.jobs.get(job_id)


def test_a_gpu_worker_checks(services: Services) -> None:
    assert JobKind.CHECK in load_handlers(services, QueueName.GPU)


def test_a_check_that_nobody_disturbs_takes_one_turn(services: Services, version: Version) -> None:
    job = services.checks.request(version)
    assert job is not None
    done = turn(services, job.id, checker(services))
    result = robustness_from_metrics(services.registry.get(version.id).metrics)
    assert result is not None
    assert (result.fooled, result.median_linf, result.named_closed, result.named_open) == (0.5, 2.0, 0.2, 0.05)
    assert (done.state, done.result) == (JobState.DONE, result.to_json())


def test_a_long_check_is_cut_into_turns_and_loads_its_version_once(services: Services, version: Version) -> None:
    job, service = services.checks.request(version), checker(services, slice_s=0.0)
    assert job is not None
    for _ in range(STEPS - 1):
        assert turn(services, job.id, service).state is JobState.DISPATCHED
    assert robustness_from_metrics(services.registry.get(version.id).metrics) is None
    assert turn(services, job.id, service).state is JobState.DONE
    assert FakeCheck.loads == 1


def test_another_worker_goes_on_where_the_one_before_it_ended(services: Services, version: Version) -> None:
    job = services.checks.request(version)
    assert job is not None
    for _ in range(STEPS):
        job = turn(services, job.id, checker(services, slice_s=0.0))
    assert job.state is JobState.DONE
    assert FakeCheck.loads == STEPS


def test_whoever_waits_for_the_worker_goes_first(services: Services, version: Version) -> None:
    job = services.checks.request(version)
    assert job is not None
    services.jobs.receive(JobRequest(1, JobKind.GENERATE, Origin(GUILD, 1, 2, "ja", 3, "token"), {}))
    services.jobs.submit(1)
    FakeCheck.takes_s = 0.7
    left = turn(services, job.id, checker(services))
    assert left.state is JobState.DISPATCHED
    # Looks are a second apart: the first step is taken, the second one is interrupted and left out.
    assert CheckState.from_json(left.params["state"]).textures == 20


def test_a_worker_that_ends_keeps_what_it_has_found(services: Services, version: Version) -> None:
    job, asked = services.checks.request(version), iter([False, False, False, True])
    assert job is not None
    left = turn(services, job.id, checker(services), ending=lambda: next(asked, True))
    assert left.state is JobState.DISPATCHED
    assert CheckState.from_json(left.params["state"]).textures == 20


def test_a_worker_that_ends_at_once_gives_the_job_back(services: Services, version: Version) -> None:
    job = services.checks.request(version)
    assert job is not None
    left = turn(services, job.id, checker(services), ending=lambda: True)
    assert (left.state, left.attempts) == (JobState.DISPATCHED, 0)
    assert turn(services, job.id, checker(services)).state is JobState.DONE


def test_a_worker_that_lost_the_job_writes_nothing(services: Services, version: Version) -> None:
    job = services.checks.request(version)
    assert job is not None
    late = services.jobs.leases.claim(job.id, "late")
    assert late is not None
    with services.database.write() as connection:
        connection.execute(update(jobs).values(lease_owner="another"))
    assert checker(services, slice_s=0.0).answer(late, lambda: False) is None
    assert "state" not in services.jobs.get(job.id).params


def test_a_version_whose_data_are_gone_is_not_checked(services: Services, version: Version) -> None:
    job = services.checks.request(version)
    assert job is not None
    done = turn(services, job.id, build_checker(services))
    assert done.state is JobState.FAILED
    assert done.failure.code is ErrorCode.UNKNOWN_DATASET


def test_another_guilds_version_is_not_checked(services: Services, version: Version) -> None:
    job = services.checks.request(version)
    assert job is not None
    claimed = services.jobs.leases.claim(job.id, "worker")
    assert claimed is not None
    with pytest.raises(OmokageError) as refused:
        checker(services).answer(
            replace(claimed, origin=replace(claimed.origin, guild_id=GUILD + 1)), lambda: False
        )  # fmt: skip
    assert refused.value.code is ErrorCode.UNKNOWN_VERSION
