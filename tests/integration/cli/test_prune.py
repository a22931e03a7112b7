"""`omokage prune`, and what `omokage doctor` says of the storage."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import insert

from cli.doctor.findings import State
from cli.doctor.storage_checks import check_storage
from cli.exits import Fault
from cli.main import omokage
from core.bootstrap import build
from core.settings import Settings
from core.storage.training_tables import datasets
from tests.integration.core.builders import GUILD, Clock, request

PHOTO, ORPHAN, SHARD = b"photo" * 100, b"orphan" * 100, b"shard" * 1000


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A folder with a photo that waits, a data set, and a file that nobody needs."""
    for name in ("OMOKAGE_DATABASE_URL", "OMOKAGE_BLOBS", "OMOKAGE_KEEP_DAYS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OMOKAGE_DATA", str(tmp_path))
    monkeypatch.setenv("OMOKAGE_GUILD_QUOTA", "550")
    settings = Settings.from_env()
    services = build(settings, lambda *_: None)
    services.jobs.receive(request(1))
    services.jobs.submit(1, services.blobs.put(PHOTO))
    manifest = {"shards": [[services.blobs.put(SHARD), 1, len(SHARD)]]}
    values = {"guild_id": GUILD, "name": "family", "version": 1, "hash": "ab" * 32, "pictures": 1, "created_by": 0}
    with services.database.write() as connection:
        connection.execute(insert(datasets).values({**values, "manifest": manifest, "created_at": Clock().now}))
    orphan = services.blobs.put(ORPHAN)
    os.utime(tmp_path / "blobs" / orphan[:2] / orphan, (0, 0))
    services.close()
    return settings


@pytest.fixture
def run() -> Callable[..., str]:
    def invoke(*arguments: str) -> str:
        result = CliRunner().invoke(omokage, ["prune", *arguments], standalone_mode=False)
        assert result.exception is None
        return result.stdout

    return invoke


def test_a_dry_run_says_what_prune_then_deletes(settings: Settings, run: Callable[..., str]) -> None:
    said = "0 finished jobs, 0 faces without a name, 1 file with 600 bytes."
    assert run("--dry-run") == f"Would delete: {said}\n"
    assert run() == f"Deleted: {said}\n"
    assert run() == "Deleted: nothing; all that is stored is still kept.\n"
    assert json.loads(run("--json")) == {
        "dry_run": False,
        "jobs": 0,
        "faces": 0,
        "orphans": 0,
        "bytes": 0,
        "is_foreign": False,
    }


def test_who_keeps_everything_is_reminded(
    settings: Settings, run: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMOKAGE_KEEP_DAYS", "0")
    assert run("--dry-run").endswith("Answers are kept for ever, since OMOKAGE_KEEP_DAYS is 0.\n")


def test_files_of_another_database_are_named_and_not_deleted(settings: Settings) -> None:
    (settings.data / "blobs" / "installation").write_text("another", "ascii")
    result = CliRunner().invoke(omokage, ["prune"], standalone_mode=False)
    assert isinstance(result.exception, Fault)
    assert "belong to another database" in result.exception.message
    assert len([path for path in (settings.data / "blobs").rglob("*") if path.is_file()]) == 4


def test_the_doctor_says_who_stores_what(settings: Settings) -> None:
    whole, guild = check_storage(settings)
    assert whole.state is State.OK
    assert whole.text.startswith("6.1 kB in ")
    assert whole.text.endswith("600 bytes of them needed by nobody; omokage prune")
    assert guild.state is State.REMARK  # nearly full
    assert guild.text == f"guild {GUILD}: photos 500 bytes, data sets 5.0 kB (photos and answers may be 550 bytes)"


def test_the_doctor_makes_no_database_to_look_into(tmp_path: Path) -> None:
    (found,) = check_storage(Settings.from_env({"OMOKAGE_DATA": str(tmp_path)}))
    assert (found.state, found.text) == (State.OK, "nothing is stored yet")
    assert list(tmp_path.iterdir()) == []
