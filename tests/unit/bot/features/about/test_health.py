"""What /health and the readiness file say."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from bot.features.about.health import memory_bytes, worker_seen_s
from bot.features.about.texts import Health, health_embed
from bot.readiness import readiness_file, write
from bot.ui.i18n import words_in
from core.domain.jobs import Backlog, QueueName

WELL = Health(50, 1, (Backlog(QueueName.CPU, 1, 2, 3, None),), False, None, 99, 4, ())


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({}, "Everything is running"),
        ({"gateway_ms": None}, "Something needs attention"),
        ({"database_ms": None}, "Something needs attention"),
        ({"worker_away": True}, "Something needs attention"),
        ({"stopped": ("relay",)}, "Something needs attention"),
    ],
)
def test_health_is_plain(changes: dict[str, object], title: str) -> None:
    values = {name: getattr(WELL, name) for name in WELL.__dataclass_fields__} | changes

    assert health_embed(words_in("en"), Health(**values)).title == title


def test_the_last_beat_of_any_worker_counts(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    assert worker_seen_s(tmp_path) is None

    for name, beat_at in (("cpu@a", time.time() - 90), ("gpu@b", time.time() - 3)):
        (tmp_path / "run" / f"worker-{name}.json").write_text(json.dumps({"beat_at": beat_at}), "utf-8")
    (tmp_path / "run" / "worker-cpu@c.json").write_text("", "utf-8")

    assert worker_seen_s(tmp_path) == 3


def test_the_readiness_file_says_who_and_when(tmp_path: Path) -> None:
    file = readiness_file(tmp_path)
    file.parent.mkdir()
    write(file, 1.5)

    payload = json.loads(file.read_text("utf-8"))
    assert (payload["pid"], payload["ready_at"]) == (os.getpid(), 1.5)
    assert time.time() - payload["beat_at"] < 60
    assert list(file.parent.iterdir()) == [file]


def test_memory_is_measured() -> None:
    assert memory_bytes() > 10_000_000
