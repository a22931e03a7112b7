"""What counts as a healthy part."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import omokage
from core.domain.heartbeats import FRESH_S, IDLE_S, find_fault, read_heartbeat

NOW = 1_000_000.0
WELL = {"pid": 1, "ready_at": NOW - 100, "beat_at": NOW - 2, "idle_s": 0.0}


def test_a_fresh_beat_is_well():
    assert find_fault("worker", [WELL], NOW) is None


@pytest.mark.parametrize(
    ("beats", "word"),
    [
        ([], "not ready yet"),
        ([None], "not ready yet"),
        ([WELL | {"ready_at": None}], "not ready yet"),
        ([WELL | {"beat_at": NOW - FRESH_S - 1}], "no sign of life"),
        ([WELL | {"beat_at": "?"}], "no sign of life"),
        ([WELL | {"idle_s": IDLE_S}], "taken nothing"),
        ([WELL, WELL | {"idle_s": IDLE_S}], "taken nothing"),
    ],
)
def test_everything_else_is_a_fault_with_a_reason(beats: list[dict[str, object] | None], word: str):
    fault = find_fault("worker", beats, NOW)
    assert fault is not None
    assert word in fault


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '"x"'])
def test_a_file_that_is_no_beat_is_none(content: str, tmp_path: Path):
    file = tmp_path / "bot.json"
    file.write_text(content)
    assert read_heartbeat(file) is None
    assert read_heartbeat(tmp_path / "other.json") is None


@pytest.mark.parametrize(("beat_at", "status"), [(0.0, 1), (None, 0)])
def test_the_status_is_for_scripts(beat_at: float | None, status: int, tmp_path: Path):
    folder = tmp_path / "run"
    folder.mkdir()
    beat = WELL | {"beat_at": time.time() if beat_at is None else beat_at}
    (folder / f"worker-cpu@{socket.gethostname()}.json").write_text(json.dumps(beat))
    (folder / "worker-cpu@another-host.json").write_text(json.dumps(WELL))
    environment = {"OMOKAGE_DATA": str(tmp_path)}
    assert CliRunner().invoke(omokage, ["health", "worker"], env=environment).exit_code == status
    assert CliRunner().invoke(omokage, ["health", "worker", "--queue", "gpu"], env=environment).exit_code == 1
    assert CliRunner().invoke(omokage, ["health", "bot"], env=environment).exit_code == 1
