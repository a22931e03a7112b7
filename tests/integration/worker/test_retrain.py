"""A worker that starts after an update asks for the successors of what earlier Omokages trained."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from core.bootstrap import Services, build
from core.domain.embedders import EMBEDDING_NAME
from core.domain.jobs import JSON, JobKind, QueueName
from core.domain.training.runs import RunKind
from core.settings import Settings
from core.storage.tables import jobs
from core.storage.training_tables import promotions, versions
from worker.handlers import load_handlers

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    made = build(Settings.from_env({"OMOKAGE_DATA": str(tmp_path)}), lambda *_: None)
    yield made
    made.close()


def promoted(services: Services, guild: int, config: JSON, kind: RunKind = RunKind.RECOGNISER) -> int:
    """A version that answers in a guild; return its id."""
    card = {"dataset_title": "family v2", "dataset_hash": "ab" * 32, "config": config, "classes": [], "parts": []}
    values = {"guild_id": guild, "kind": kind, "number": 1, "architecture": "cnn-modern", "size": 1}
    values |= {"weights": "ab" * 32, "card": card | {"metrics": {}}, "created_by": 1, "created_at": NOW}
    promotion = {"guild_id": guild, "kind": kind, "reason": "", "said_by": 1, "created_at": NOW}
    with services.database.write() as connection:
        version_id = connection.execute(insert(versions).values(values).returning(versions.c.id)).scalar_one()
        connection.execute(insert(promotions).values({**promotion, "version_id": version_id}))
    return int(version_id)


def requested(services: Services) -> list[tuple[int, int]]:
    with services.database.read() as connection:
        rows = connection.execute(select(jobs.c.guild_id, jobs.c.params).where(jobs.c.kind == JobKind.RETRAIN))
        return [(row.guild_id, row.params["version_id"]) for row in rows.all()]


def test_only_what_answers_and_is_of_an_earlier_embedder_is_retrained(services: Services) -> None:
    # Given one guild with an old version, one with a present one, one that went back to the baseline, one that draws
    old = promoted(services, 700, {"head": "cnn"})
    promoted(services, 701, {"head": "cnn", "embedder": EMBEDDING_NAME})
    promoted(services, 702, {"head": "cnn"})
    services.registry.rollback(702, RunKind.RECOGNISER, by=1)
    promoted(services, 703, {}, RunKind.DCGAN)
    # When workers start
    assert JobKind.RETRAIN in load_handlers(services, QueueName.GPU)
    load_handlers(services, QueueName.GPU)
    # Then there is one job
    assert requested(services) == [(700, old)]


def test_where_nothing_was_trained_nothing_is_asked_for(services: Services) -> None:
    load_handlers(services, QueueName.GPU)
    assert requested(services) == []
