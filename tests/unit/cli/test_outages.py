"""What fails outside of a command is a sentence and exit status 1, in every command: no traceback, nothing half done.

Each command has a case in `CASES`; a new one without a case fails here.
"""

from __future__ import annotations

import errno
import logging
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from sqlalchemy.exc import IntegrityError, OperationalError

from cli import broker
from cli.context import open_services
from cli.doctor import host_checks
from cli.exits import Fault
from cli.main import omokage
from cli.outages import outage_text, outages_as_faults
from cli.up import command as up
from core.settings import Settings
from core.storage import database
from tests.unit.cli.output.test_files import commands

NOWHERE = "127.0.0.1:1"  # nothing listens there
TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.abcdefghijklmnopqrstuvwxyz0123"

# What to say to each; files are made by `here`. All open the storage, but for those in OTHERS.
CASES: Mapping[str, Sequence[str]] = {
    "up": ["--no-gpu-worker"],
    "bot": [],
    "worker": [],
    "workers": [],
    "sandbox": ["--port", "0"],
    "setup": [],
    "spot": ["--once"],
    "doctor": [],
    "health": ["bot"],
    "migrate": [],
    "prune": ["--dry-run"],
    "classify": ["photo.png"],
    "generate": ["--out", "faces.png"],
    "morph": ["1", "2", "--out", "film.webp"],
    "mix": ["--add", "1", "--out", "mix.png"],
    "age": ["photo.png", "--to", "60", "--out", "aged.png"],
    "optimize": ["--target", "Anna", "--out", "out"],
    "inspect": ["v1", "--out", "out"],
    "evaluate": ["--data", "family"],
    "train": ["recogniser", "--data", "family"],
    "people enrol": ["Anna", "photo.png"],
    "people list": [],
    "people add": ["Anna"],
    "people alias": ["Anna", "--add", "Ann"],
    "people split": ["Anna"],
    "people object": ["Anna"],
    "people export": ["people.zip"],
    "people import": ["tasks.json"],
    "people rename": ["Anna", "Ann"],
    "people merge": ["Ann", "Anna", "--yes"],
    "people forget": ["Anna", "--yes"],
    "people receipts": [],
    "people remove": ["Anna", "--yes"],
    "data import": ["people", "--name", "family"],
    "data snapshot": [],
    "data list": [],
    "data show": ["family"],
    "data export": ["family", "exported"],
    "data curate": ["people", "--out", "curated"],
    "data remove": ["family", "--all", "--yes"],
    "model list": [],
    "model card": ["1"],
    "model promote": ["1"],
    "model rollback": [],
    "model history": [],
    "model check": ["1"],
    "runs list": [],
    "runs show": ["1"],
    "runs pause": ["1"],
    "runs resume": ["1"],
    "runs stop": ["1"],
    "runs rollback": ["1", "1"],
    "runs branch": ["1", "1"],
    "starter train": ["vae", "--pictures", "100", "--steps", "1", "--out", "vae.safetensors"],
    "starter-pictures": ["data/starter"],
}
# These need no database; what they do without one is tested below or elsewhere.
OTHERS = {"up", "sandbox", "setup", "spot", "doctor", "health", "starter-pictures", "starter train"}
WITHOUT_FOLDER = {"setup", "spot"}  # these need no data folder, either
STORING = sorted(name for name, _ in commands() if name not in OTHERS)


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "nice", lambda _: 0)  # these commands run in the tests' own process
    monkeypatch.setattr(logging.root, "handlers", [logging.NullHandler()])
    for name in [name for name in os.environ if name.startswith(("OMOKAGE_", "DISCORD_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    monkeypatch.setattr(broker, "WAIT_S", 0.0)
    monkeypatch.setattr(host_checks, "probe_tensorflow", lambda: "it was not looked for")
    (tmp_path / "people" / "Anna").mkdir(parents=True)
    (tmp_path / "photo.png").touch()
    (tmp_path / "tasks.json").write_text("[]")
    return tmp_path


def run(name: str) -> tuple[int, str]:
    """Status and all that is printed; whatever is no sentence is raised."""
    result = CliRunner().invoke(omokage, [*name.split(), *CASES[name]], standalone_mode=False)
    if result.exception is None:
        return int(result.return_value or 0), result.output
    if not isinstance(result.exception, click.ClickException):
        raise result.exception
    return result.exception.exit_code, result.output + result.exception.message


def test_every_command_has_a_case() -> None:
    assert {name for name, _ in commands()} <= set(CASES)


@pytest.mark.parametrize("name", sorted({name for name, _ in commands()} - WITHOUT_FOLDER))
def test_a_data_folder_that_is_a_file_is_said(name: str, here: Path) -> None:
    (here / "data").write_text("a file")
    status, text = run(name)
    assert (status, bool(text)) == (1, True)
    assert (here / "data").read_text() == "a file"


def test_setup_needs_no_data_folder(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMOKAGE_DATA", str(here / "photo.png"))
    assert run("setup")[0] == 0


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A data folder with a database, on a disk that is mounted read-only: root may not write there either."""
    folder = tmp_path / "data"
    folder.mkdir()
    if _mount("-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)):
        pytest.skip("nothing may be mounted here")
    try:
        with open_services(Settings.from_env()):
            pass
        assert _mount("-o", "remount,ro", str(folder)) == 0
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False, capture_output=True)


def _mount(*arguments: str) -> int:
    try:
        return subprocess.run(["mount", *arguments], check=False, capture_output=True).returncode
    except OSError:
        return 1


def test_a_disk_that_is_mounted_read_only_is_said_by_every_command(read_only: Path) -> None:
    for name in sorted({name for name, _ in commands()} - WITHOUT_FOLDER):
        status, text = run(name)
        assert (status, bool(text)) == (1, True), (name, text)


def test_a_database_that_is_away_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMOKAGE_DATABASE_URL", f"postgresql://somebody:secret@{NOWHERE}/omokage")
    monkeypatch.setenv("PGCONNECT_TIMEOUT", "")
    monkeypatch.delenv("PGCONNECT_TIMEOUT")
    for name in STORING:
        status, text = run(name)
        assert status == 1, (name, text)
        assert "cannot be opened" in text, name
        assert "secret" not in text
    assert os.environ["PGCONNECT_TIMEOUT"] == "10"  # a host that does not even refuse is not waited for longer


def test_a_database_that_another_program_has_locked_is_said(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_services(Settings.from_env()):
        pass
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 20)
    other = sqlite3.connect(here / "data" / "omokage.db", isolation_level=None)
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    try:
        for name in STORING:
            status, text = run(name)
            assert (status, "database is locked" in text) == (1, True), (name, text)
    finally:
        other.close()


def test_a_database_that_is_damaged_is_said(here: Path) -> None:
    (here / "data").mkdir()
    (here / "data" / "omokage.db").write_bytes(b"no database, but long enough to be looked at" * 100)
    for name in ("people list", "bot", "worker"):  # the worker last: it forgets the bot's token
        status, text = run(name)
        assert (status, "not a database" in text) == (1, True), (name, text)


@pytest.mark.parametrize("name", ["bot", "worker", "up"])
def test_a_broker_that_is_away_is_said_without_its_password(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMOKAGE_BROKER_URL", f"redis://:secret@{NOWHERE}/0")
    monkeypatch.setattr(up.importlib.util, "find_spec", lambda _: True)
    status, text = run(name)
    assert (status, f"The broker at redis://{NOWHERE} cannot be reached: " in text) == (1, True)
    assert "secret" not in text


def test_a_broker_that_is_starting_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([("it reads its data", False), ("it reads its data", False), (None, True)])
    monkeypatch.setattr(broker, "_ping", lambda _: next(answers))
    monkeypatch.setattr(broker, "_PAUSE_S", 0.0)
    broker.await_broker(Settings.from_env({}), wait_s=60)
    assert next(answers, None) is None


def test_a_broker_that_refuses_the_password_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "_ping", lambda _: ("invalid username-password pair", True))
    with pytest.raises(Fault, match="invalid username-password pair"):
        broker.await_broker(Settings.from_env({}), wait_s=60)


def test_discord_without_a_route_is_said(monkeypatch: pytest.MonkeyPatch, here: Path) -> None:
    # In a process of its own: discord.py and asyncio.run() set up more than a test should.
    code = (
        "import sys; from cli import main, processes; processes.await_broker = lambda _: None\n"
        "sys.argv = ['omokage', 'bot']; main.main()"
    )
    root = str(Path(__file__).resolve().parents[3])
    environment = {**os.environ, "OMOKAGE_DISCORD_API": f"http://{NOWHERE}/api/v10", "PYTHONPATH": root}
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, env=environment)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert done.stderr.splitlines()[-1].startswith("Error: Discord cannot be reached: Cannot connect to host 127.0.0.1")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(errno.EROFS, "Read-only file system", "data/x"), "data/x: Read-only file system."),
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device."),
        (ConnectionError("Discord cannot be reached: no route"), "Discord cannot be reached: no route."),
        (
            OperationalError("SELECT 1", {}, sqlite3.OperationalError("database is locked")),
            "The database cannot be used: database is locked.",
        ),
        (IntegrityError("INSERT", {}, sqlite3.IntegrityError("UNIQUE constraint failed")), None),
        (KeyError("a bug"), None),
    ],
)
def test_an_outage_has_a_sentence_and_a_bug_has_none(error: Exception, sentence: str | None) -> None:
    assert outage_text(error) == sentence


def test_what_happens_in_the_middle_of_a_command_is_said_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO), "data/blobs/ab")

    monkeypatch.setattr("core.services.people.service.PeopleService.list", fail)
    assert run("people list") == (1, "data/blobs/ab: Input/output error.")


def test_who_reads_no_further_ends_the_command_quietly() -> None:
    with pytest.raises(BrokenPipeError), outages_as_faults():
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")
