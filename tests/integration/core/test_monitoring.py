"""Figures that are in the database: queues, labels, and how well the versions that serve do."""

from __future__ import annotations

from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from core.domain.people import FaceRef
from core.services.jobs.service import JobService
from core.services.monitoring import StateCollector
from core.services.people.service import PeopleService
from core.services.registry.service import RegistryService
from core.storage.blobs import Blobs
from core.storage.database import Database
from tests.integration.core.builders import (
    GUILD,
    MEMBER,
    Broker,
    Clock,
    job_with_faces,
    new_face,
    running_job,
    submitted_job,
)
from tests.integration.core.registry.builders import Trained


class Timer:
    """Monotonic seconds under the control of the test."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def timer() -> Timer:
    return Timer()


@pytest.fixture
def jobs(database: Database, clock: Clock) -> JobService:
    return JobService(database, Broker(), clock=clock)


@pytest.fixture
def registry(database: Database, jobs: JobService, clock: Clock, timer: Timer) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(StateCollector(database, jobs, clock, timer))
    return registry


def test_queues_have_counts_and_the_age_of_their_oldest_job(
    registry: CollectorRegistry, jobs: JobService, clock: Clock
) -> None:
    running_job(jobs, 1)
    clock.advance(60)
    submitted_job(jobs, 2)
    clock.advance(30)
    submitted_job(jobs, 3)
    clock.advance(5)
    counts = [
        registry.get_sample_value("omokage_jobs", {"queue": queue, "state": state})
        for queue in ("cpu", "gpu")
        for state in ("waiting", "dispatched", "running")
    ]
    assert counts == [1, 1, 1, 0, 0, 0]
    ages = [registry.get_sample_value("omokage_queue_age_seconds", {"queue": queue}) for queue in ("cpu", "gpu")]
    assert ages == [35, 0]


def test_labels_are_counted_and_versions_that_serve_have_their_accuracy(
    registry: CollectorRegistry, database: Database, jobs: JobService, clock: Clock, tmp_path: Path
) -> None:
    job_with_faces(jobs, 1, new_face(1), new_face(2, 2.0, x=50.0))
    people = PeopleService(database, clock)
    for number, name in ((1, "Anna"), (2, "Ben")):
        people.name_face(FaceRef(1, number), GUILD, name, by=MEMBER, channel_id=1, message_id=None, source="button")
    versions = RegistryService(database, Blobs(str(tmp_path / "blobs")), clock)
    trained = Trained(database, versions, clock)
    trained.version(0.5)
    versions.promote(trained.version(0.9).id, MEMBER)
    trained.version(0.7)

    assert registry.get_sample_value("omokage_labels", {"origin": "name"}) == 2
    assert registry.get_sample_value("omokage_labels", {"origin": "vote"}) == 0
    accuracy = [
        registry.get_sample_value("omokage_serving_accuracy", {"guild": str(GUILD), "version": number})
        for number in ("1", "2", "3")
    ]
    assert accuracy == [None, 0.9, None]


def test_the_database_is_asked_no_more_than_every_ten_seconds(
    registry: CollectorRegistry, jobs: JobService, timer: Timer
) -> None:
    def running() -> float | None:
        return registry.get_sample_value("omokage_jobs", {"queue": "cpu", "state": "running"})

    assert running() == 0
    running_job(jobs, 1)
    timer.now = 9.9
    assert running() == 0
    timer.now = 10.0
    assert running() == 1
