"""What a gpu worker answers about a version."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from core.bootstrap import Services, build
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JobKind, JobRequest, Origin, QueueName
from core.domain.registry.evaluation import EvaluationReport, ReliabilityBin
from core.domain.training.runs import RunKind
from core.settings import Settings
from core.storage.training_tables import versions
from worker.handlers import load_handlers

GUILD = 700
REPORT = EvaluationReport(
    "cnn", "modern", "family v2", "ab" * 32, ("Anna", "本田 翼"), {"0": 0.75}, {"0": ((10, 0.5), (20, 0.75))},
    ((3, 1), (1, 3)), (ReliabilityBin(0.8, 0.75, 8),), 0.05,
)  # fmt: skip


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    made = build(Settings.from_env({"OMOKAGE_DATA": str(tmp_path)}), lambda *_: None)
    yield made
    made.close()


def measured(services: Services, guild: int = GUILD) -> int:
    card = {"dataset_title": "family v2", "dataset_hash": "ab" * 32, "config": {}, "classes": [], "parts": []}
    values = {"guild_id": guild, "kind": RunKind.RECOGNISER, "number": 1, "architecture": "cnn-modern", "size": 1}
    values |= {"weights": "ab" * 32, "card": card | {"metrics": {"report": REPORT.to_json()}}, "created_by": 1}
    with services.database.write() as connection:
        written = insert(versions).values(values | {"created_at": datetime.now(UTC)})
        return int(connection.execute(written.returning(versions.c.id)).scalar_one())


def run(services: Services, version_id: int) -> dict[str, object]:
    """The job as a gpu worker does it."""
    origin = Origin(GUILD, 1, 2, "ja", 3, "token")
    services.jobs.receive(JobRequest(1, JobKind.EVALUATE, origin, {"version_id": version_id}))
    services.jobs.submit(1)
    job = services.jobs.leases.claim(1, "worker")
    assert job is not None
    stages: list[str] = []
    handler = load_handlers(services, QueueName.GPU)[JobKind.EVALUATE]
    done = handler(job, lambda stage, _: stages.append(stage), lambda: False)
    assert done is not None
    assert stages == ["drawing"]
    assert services.jobs.leases.finish(1, "worker", done.result, done.faces)
    return dict(services.jobs.get(1).result or {})


def test_a_version_is_answered_for_with_its_report_and_pictures(services: Services) -> None:
    result = run(services, measured(services))
    assert result["version"] == 1
    assert EvaluationReport.from_json(result["report"]) == REPORT  # type: ignore[arg-type]
    pictures = [services.blobs.get(str(name)) for name in result["pictures"]]  # type: ignore[attr-defined]
    assert [picture[:8] for picture in pictures] == [b"\x89PNG\r\n\x1a\n"] * 2


def test_another_guilds_version_is_not_answered_for(services: Services) -> None:
    with pytest.raises(OmokageError) as caught:
        run(services, measured(services, GUILD + 1))
    assert caught.value.code is ErrorCode.UNKNOWN_VERSION
