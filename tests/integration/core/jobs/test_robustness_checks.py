"""A check's job from the registration of its version to the figures on its card."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JobKind, JobState, QueueName
from core.domain.optimisation import Robustness
from core.domain.registry.robustness import AttackOutcome, CheckState, robustness_from_metrics
from core.domain.training.runs import RunKind
from core.services.jobs.robustness_checks import CheckJobs
from core.services.jobs.service import JobService
from core.services.registry.service import RegistryService
from core.storage.blobs import Blobs
from core.storage.database import Database
from tests.integration.core.builders import GUILD, Broker, Clock, submitted_job
from tests.integration.core.registry.builders import Trained

FOUND = Robustness(100, 8, 0.97, 2.0, 1000, 0.31, 0.002)


@pytest.fixture
def registry(database: Database, tmp_path: Path, clock: Clock) -> RegistryService:
    return RegistryService(database, Blobs(str(tmp_path / "blobs")), clock)


@pytest.fixture
def trained(database: Database, registry: RegistryService, clock: Clock) -> Trained:
    return Trained(database, registry, clock)


@pytest.fixture
def checks(database: Database, jobs: JobService, clock: Clock) -> CheckJobs:
    return CheckJobs(database, jobs.dispatcher, clock)


def test_a_check_is_asked_for_once(checks: CheckJobs, trained: Trained, broker: Broker) -> None:
    version, other = trained.version(), trained.version()
    job = checks.request(version)
    assert job is not None
    assert (job.kind, job.queue, job.params) == (JobKind.CHECK, QueueName.GPU, {"version_id": version.id})
    assert checks.request(version) is not None
    assert broker.take() == [job.id]
    assert checks.request(other) is not None
    assert len(broker.take()) == 1


def test_a_check_that_a_shell_asks_for_is_sent_once_there_are_workers(
    checks: CheckJobs, trained: Trained, jobs: JobService, broker: Broker
) -> None:
    job = checks.request(trained.version(), send=False)
    assert job is not None
    assert broker.take() == []
    jobs.recovery.recover()
    assert broker.take() == [job.id]


def test_what_was_checked_or_draws_faces_is_not_checked(
    checks: CheckJobs, trained: Trained, registry: RegistryService
) -> None:
    version = registry.record_robustness(trained.version().id, FOUND)
    assert checks.request(version) is None
    assert checks.request(version, again=True) is not None
    assert checks.request(replace(trained.version(), kind=RunKind.DCGAN)) is None


def test_a_slice_goes_back_to_the_queue_with_what_was_found(
    checks: CheckJobs, trained: Trained, jobs: JobService, broker: Broker
) -> None:
    asked = checks.request(trained.version())
    assert asked is not None
    state = CheckState((AttackOutcome(1, 2), AttackOutcome(8, 0)), textures=40, closed=9, opened=1)
    for _ in range(5):  # more often than a job may be tried
        job = jobs.leases.claim(broker.take()[0], "worker")
        assert job is not None
        assert job.attempts == 1
        assert checks.continue_later(job, state)
    job = jobs.leases.claim(broker.take()[0], "worker")
    assert job is not None
    assert CheckState.from_json(job.params["state"]) == state  # type: ignore[arg-type]
    assert job.params["version_id"] == asked.params["version_id"]


def test_a_worker_that_was_thought_dead_writes_nothing(
    checks: CheckJobs, trained: Trained, jobs: JobService, clock: Clock
) -> None:
    asked = checks.request(trained.version())
    assert asked is not None
    late = jobs.leases.claim(asked.id, "late")
    assert late is not None
    clock.advance(60)
    jobs.recovery.recover()
    assert jobs.leases.claim(asked.id, "next") is not None
    assert not checks.continue_later(late, CheckState((AttackOutcome(8, 0),)))
    now = jobs.get(asked.id)
    assert (now.state, now.lease_owner, "state" in now.params) == (JobState.RUNNING, "next", False)


def test_a_check_stands_in_nobodys_way(checks: CheckJobs, trained: Trained, jobs: JobService) -> None:
    assert checks.request(trained.version()) is not None
    assert jobs.newest(GUILD, None) == []
    assert jobs.queue_position(submitted_job(jobs, 1).id).ahead == 0


def test_figures_come_onto_the_card_and_nothing_else_changes(trained: Trained, registry: RegistryService) -> None:
    before = trained.version(ece=0.01)
    after = registry.record_robustness(before.id, FOUND)
    assert registry.get(before.id) == after
    assert robustness_from_metrics(after.metrics) == FOUND
    assert replace(after, metrics=before.metrics) == before
    assert after.metrics == {**before.metrics, "robustness": FOUND.to_json()}


def test_figures_of_no_version_are_refused(registry: RegistryService) -> None:
    with pytest.raises(OmokageError) as refused:
        registry.record_robustness(5, FOUND)
    assert refused.value.code is ErrorCode.UNKNOWN_VERSION
