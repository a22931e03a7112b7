"""Secrets reach the parts that need them, and no other process of the same user can read them there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import omokage
from cli.process_memory import without_variables
from cli.up.pid_file import PidFile, end_leftovers
from cli.up.services import Plan, process_specs
from core.settings import Settings
from tests.unit.test_packaging import compose

SECRETS = {
    "DISCORD_TOKEN": "a",
    "DISCORD_TOKEN_FILE": "b",
    "OMOKAGE_DATABASE_URL": "c",
    "OMOKAGE_BROKER_URL_FILE": "d",
    "AWS_SECRET_ACCESS_KEY": "e",
}
OF_THE_STORAGE = {"OMOKAGE_DATABASE_URL", "OMOKAGE_BROKER_URL_FILE", "AWS_SECRET_ACCESS_KEY"}


def test_each_part_gets_the_secrets_that_it_needs(tmp_path: Path):
    settings = Settings.from_env({"OMOKAGE_DATA": str(tmp_path)})
    parts = process_specs(Plan(settings, own_broker=True, sandbox_port=8765, gpu_worker=True), {})
    assert {part.name: set(without_variables(SECRETS, *part.withheld)) for part in parts} == {
        "valkey": set(),
        "sandbox": set(),
        "pictures": set(),
        "cpu-worker": OF_THE_STORAGE,
        "gpu-worker": OF_THE_STORAGE,
        "bot": set(SECRETS),
    }


def test_of_the_containers_only_the_bot_has_the_token():
    services = compose()["services"]
    with_token = [
        name
        for name, service in services.items()
        if any(variable.startswith("DISCORD_TOKEN") for variable in service.get("environment", {}))
    ]
    assert with_token == ["bot"]
    assert "OMOKAGE_DATABASE_URL" in services["bot"]["environment"]


def test_a_worker_that_was_given_the_token_forgets_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    seen: list[tuple[str | None, str | None]] = []

    def run(settings: Settings, *_: object, **__: object) -> int:
        seen.append((settings.token, os.environ.get("DISCORD_TOKEN")))
        return 0

    monkeypatch.setattr("worker.app.run", run)
    monkeypatch.setattr("cli.processes.await_broker", lambda _: None)
    environment = {"DISCORD_TOKEN": "secret", "OMOKAGE_DATA": str(tmp_path)}
    result = CliRunner().invoke(omokage, ["worker"], env=environment)
    assert (result.exit_code, seen) == (0, [(None, None)])


READS_ITS_PARENT = """
import ctypes, os, sys
from cli.process_memory import hide_memory
if os.getuid() == 0:  # who may read everything
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
if sys.argv[1] == "hidden":
    hide_memory()
child = os.fork()
if child == 0:
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
    try:
        open(f"/proc/{os.getppid()}/environ").close(), open(f"/proc/{os.getppid()}/mem", "rb").close()
    except PermissionError:
        os._exit(13)
    os._exit(0)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone can hide it")
@pytest.mark.parametrize(("how", "status"), [("open", 0), ("hidden", 13)])
def test_a_process_of_the_same_user_cannot_read_a_hidden_one(how: str, status: int):
    done = subprocess.run([sys.executable, "-c", READS_ITS_PARENT, how], check=False, capture_output=True)
    if done.returncode not in {0, 13}:
        pytest.skip("this system lets nobody become another user, or read another process")
    assert done.returncode == status


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone can hide it")
def test_every_command_hides_its_memory():
    script = (
        "import ctypes, sys; sys.argv = ['omokage', '--version']\n"
        "from cli.main import main\n"
        "try: main()\n"
        "finally: print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "0"


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone can hide it")
@pytest.mark.parametrize(("began", "ended"), [("then", True), ("another time", False)])
def test_what_a_killed_one_left_is_known_by_its_beginning_where_it_hides_its_environment(
    began: str, ended: bool, tmp_path: Path
):
    left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    PidFile(tmp_path / "processes.json").add("bot", left.pid)
    if began != "then":
        content = json.loads((tmp_path / "processes.json").read_text())
        (tmp_path / "processes.json").write_text(json.dumps({**content, "began": {"bot": began}}))
    assert end_leftovers(tmp_path / "processes.json", lambda _pid: None) == (["bot"] if ended else [])
    assert (left.poll() is not None) is ended
    left.kill()
    left.wait()
