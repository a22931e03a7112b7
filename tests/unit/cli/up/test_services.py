"""What `up` runs, in which order, and where sockets go."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from cli.up import valkey
from cli.up.services import HOST, Plan, free_port, has_own_broker, is_ready, last_heartbeat, process_specs
from core.settings import Settings


def plan(data: Path, *, sandbox: int | None = 8765, own_broker: bool = True, gpu: bool = True) -> Plan:
    return Plan(Settings.from_env({"OMOKAGE_DATA": str(data)}), own_broker, sandbox, gpu)


def names(given: Plan) -> list[str]:
    return [part.name for part in process_specs(given, {})]


def test_without_a_token_there_is_everything(tmp_path: Path):
    assert names(plan(tmp_path)) == ["valkey", "sandbox", "pictures", "cpu-worker", "gpu-worker", "bot"]


def test_with_a_token_and_a_redis_there_are_only_bot_and_workers(tmp_path: Path):
    given = plan(tmp_path, sandbox=None, own_broker=False, gpu=False)
    assert names(given) == ["cpu-worker", "bot"]
    assert given.environment.keys() == {"OMOKAGE_DATA", "PYTHONUNBUFFERED"}


def test_a_part_starts_after_what_it_needs_and_stops_before_it(tmp_path: Path):
    parts = {part.name: part for part in process_specs(plan(tmp_path), {})}
    assert set(parts["bot"].needs) == {"valkey", "sandbox"}
    for part in parts.values():
        assert all(part.stop_order < parts[needed].stop_order for needed in part.needs)


def test_the_parts_are_told_where_the_others_are(tmp_path: Path):
    environment = plan(tmp_path, sandbox=9000).environment
    assert environment["OMOKAGE_DISCORD_API"] == "http://127.0.0.1:9000/api/v10"
    assert environment["OMOKAGE_DISCORD_GATEWAY"] == "ws://127.0.0.1:9000/gateway"
    assert Settings.from_env(environment).broker_url == f"redis+socket://{tmp_path}/run/valkey.sock"


def test_stops_take_a_few_seconds_at_most(tmp_path: Path):
    assert max(part.stop_timeout_s for part in process_specs(plan(tmp_path), {})) <= 8


@pytest.mark.parametrize("name", ["OMOKAGE_BROKER_URL", "OMOKAGE_BROKER_URL_FILE"])
def test_a_broker_of_the_operators_is_used(name: str):
    assert has_own_broker({})
    assert has_own_broker({name: " "})
    assert not has_own_broker({name: "redis://broker"})


def test_a_long_folder_gets_a_short_socket(tmp_path: Path):
    short, long = valkey.socket_path(tmp_path), valkey.socket_path(tmp_path / ("x" * 120))
    assert short == tmp_path / "run" / "valkey.sock"
    assert len(str(long)) < 100
    assert long != valkey.socket_path(tmp_path / ("y" * 120))


def test_a_port_that_is_taken_gives_way_to_a_free_one():
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        assert free_port(port) != port
    assert free_port(port) == port


def test_only_the_process_itself_can_say_that_it_is_ready(tmp_path: Path):
    file = tmp_path / "bot.json"
    assert not is_ready(file, 7)
    file.write_text(json.dumps({"pid": 7, "ready_at": None, "beat_at": 5.0}))
    assert not is_ready(file, 7)
    file.write_text(json.dumps({"pid": 7, "ready_at": 1.0, "beat_at": 5.0}))
    assert is_ready(file, 7)
    assert not is_ready(file, 8)
    assert last_heartbeat(file) == 5.0
    file.write_text('{"pid": 7, "rea')
    assert not is_ready(file, 7)
    assert last_heartbeat(file) is None
