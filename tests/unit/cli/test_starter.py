from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from cli import starter
from cli.exits import INTERRUPTED, OK, USAGE

CARD = {"kind": "vae", "sha256": "ab" * 32}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Any]:
    """What is asked to be made; nothing is."""
    seen: list[Any] = []

    def make(services: Any, kind: Any, plan: Any, people: Any, _interrupt: Any) -> Any:
        seen.append((services.settings.data, kind, plan, people))
        return SimpleNamespace(weights=b"weights", card=CARD)

    monkeypatch.setattr(starter, "_make", make)
    monkeypatch.setattr(starter, "_plan", lambda _kind, changes: changes)
    monkeypatch.setenv("OMOKAGE_DATA", str(tmp_path / "data"))
    return seen


def train(*words: str) -> Any:
    return CliRunner().invoke(starter.starter, ["train", *words], standalone_mode=False)


def test_a_model_is_written_beside_its_card(asked: list[Any], tmp_path: Path) -> None:
    out = tmp_path / "new" / "vae.safetensors"
    result = train("vae", "--pictures", "150", "--seed", "4", "--steps", "9", "--out", str(out), "--json")
    assert result.return_value == OK
    assert out.read_bytes() == b"weights"
    assert json.loads((tmp_path / "new" / "vae.json").read_text()) == CARD
    assert json.loads(result.stdout) == CARD
    ((data, kind, plan, people),) = asked
    assert (data, kind.value, people) == (tmp_path / "data" / "starter-models", "vae", (150, 4))
    assert plan == {"steps": 9, "batch": None, "preset": None}


def test_what_ages_faces_is_made_in_the_work_folder_without_a_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made: list[Any] = []

    def make_ager(folder: Path, plan: Any, people: Any, _interrupt: Any, _progress: Any) -> Any:
        made.append((folder, plan, people))
        return SimpleNamespace(weights=b"weights", card={**CARD, "kind": "reage"})

    monkeypatch.setattr(starter, "make_ager", make_ager)
    monkeypatch.setattr(starter, "_plan", lambda _kind, changes: changes)
    out = tmp_path / "reage.safetensors"
    result = train("reage", "--pictures", "400", "--work", str(tmp_path / "w"), "--out", str(out), "--json")
    assert result.return_value == OK
    assert json.loads(result.stdout)["kind"] == "reage"
    assert out.read_bytes() == b"weights"
    assert made[0][0] == tmp_path / "w"
    assert made[0][2] == (400, 1)


def test_portraits_and_checkpoints_are_kept_where_it_is_said(asked: list[Any], tmp_path: Path) -> None:
    result = train("dcgan", "--work", str(tmp_path / "w"), "--out", str(tmp_path / "dcgan.safetensors"))
    assert result.return_value == OK
    assert asked[0][0] == tmp_path / "w"
    assert "dcgan.json" in result.stdout


def test_an_interrupted_training_writes_nothing_and_can_go_on(
    asked: list[Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(starter, "_make", lambda *_: None)
    result = train("vae", "--out", str(tmp_path / "vae.safetensors"))
    assert result.return_value == INTERRUPTED
    assert not (tmp_path / "vae.safetensors").exists()
    assert "goes on" in result.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("caae", "--out", "x"),
        ("vae",),
        ("vae", "--out", "x", "--pictures", "99"),
        ("vae", "--out", "x", "--seed", "-1"),
    ],
)
def test_what_cannot_be_right_is_refused(asked: list[Any], words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(starter.starter, ["train", *words])
    assert result.exit_code == USAGE
    assert not asked
