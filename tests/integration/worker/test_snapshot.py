"""A gpu worker freezes a guild's named faces."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.bootstrap import Services, build
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import Job, JobCancelledError, JobKind, JobRequest, Origin
from core.services.datasets import from_labels
from core.services.datasets.storage import DatasetStorage
from core.settings import Settings
from core.storage.database import Database
from worker.handlers import snapshot_with

GUILD, MEMBER = 700, 2


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    made = build(Settings.from_env({"OMOKAGE_DATA": str(tmp_path)}), lambda *_: None)
    yield made
    made.close()


@pytest.fixture
def job(services: Services) -> Job:
    request = JobRequest(1, JobKind.SNAPSHOT, Origin(GUILD, 1, MEMBER, "ja", 3, "token"), {})
    services.jobs.receive(request)
    services.jobs.submit(1)
    claimed = services.jobs.leases.claim(1, "worker")
    assert claimed is not None
    return claimed


def test_without_named_faces_the_member_is_told(services: Services, job: Job) -> None:
    with pytest.raises(OmokageError) as caught:
        snapshot_with(services)(job, lambda *_: None, lambda: False)

    assert caught.value.code is ErrorCode.DATASET_UNFIT


def test_it_stops_when_it_is_cancelled_and_says_how_far_it_is(
    services: Services, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def slowly(
        _database: Database,
        _storage: DatasetStorage,
        guild_id: int,
        by: int,
        progress: Callable[[int, int], None],
    ) -> None:
        asked.append((guild_id, by))
        progress(16, 64)
        progress(32, 64)

    monkeypatch.setattr(from_labels, "from_labels", slowly)
    stages: list[tuple[str, float]] = []

    with pytest.raises(JobCancelledError):
        snapshot_with(services)(job, lambda stage, share: stages.append((stage, share)), lambda: bool(stages))

    assert asked == [(GUILD, MEMBER)]
    assert stages == [("reading", 0.25)]
