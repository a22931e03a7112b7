"""A gpu worker curates a guild's data set."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.bootstrap import Services, build
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import Job, JobCancelledError, JobKind, JobRequest, Origin
from core.services.curation.service import CurateService, JobContext
from core.settings import Settings
from worker.handlers import curate_with

GUILD = 700


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    made = build(Settings.from_env({"OMOKAGE_DATA": str(tmp_path)}), lambda *_: None)
    yield made
    made.close()


@pytest.fixture
def job(services: Services) -> Job:
    request = JobRequest(
        1, JobKind.CURATE, Origin(GUILD, 1, 2, "ja", 3, "token"), {"dataset_id": 5, "title": "cats v1"}
    )
    services.jobs.receive(request)
    services.jobs.submit(1)
    claimed = services.jobs.leases.claim(1, "worker")
    assert claimed is not None
    return claimed


def test_a_data_set_that_is_gone_is_said(services: Services, job: Job) -> None:
    with pytest.raises(OmokageError) as caught:
        curate_with(services)(job, lambda *_: None, lambda: False)
    assert caught.value.code is ErrorCode.UNKNOWN_DATASET


def test_it_says_how_far_it_is_and_stops_when_it_is_cancelled(
    services: Services, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(_self: CurateService, _job: Job, moment: JobContext) -> dict[str, Any]:
        moment.go_on(1, 4)
        moment.go_on(2, 4)
        raise AssertionError("it went on")

    monkeypatch.setattr(CurateService, "answer", slowly)
    stages: list[tuple[str, float]] = []
    with pytest.raises(JobCancelledError):
        curate_with(services)(job, lambda stage, share: stages.append((stage, share)), lambda: bool(stages))
    assert stages == [("reading", 0.25)]


def test_what_was_found_is_the_jobs_result(services: Services, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CurateService, "answer", lambda _self, asked, _moment: {"made": asked.params["dataset_id"]})
    done = curate_with(services)(job, lambda *_: None, lambda: False)
    assert done is not None
    assert (done.result, done.faces) == ({"made": 5}, ())
