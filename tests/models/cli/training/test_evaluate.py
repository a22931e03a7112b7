"""The whole command on a data set whose faces are made of numbers; only TFRecord needs TensorFlow."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from cli.context import open_services
from cli.main import omokage
from core.domain.data.datasets import DatasetClass, Shard
from core.domain.embedders import EMBEDDING_NAME
from core.domain.faces import Box
from core.settings import Settings
from core.vision.datasets.records import Record
from core.vision.datasets.shards import write_shard
from tests.unit.core.models.embedding.builders import faces_of

COUNTS = [9, 8, 12, 10]
FACELESS = 3  # rows without a face


@pytest.fixture
def family(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """Settings of a storage with a data set `family`."""
    monkeypatch.setenv("OMOKAGE_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("OMOKAGE_DATABASE_URL", raising=False)
    settings = Settings.from_env()
    add_dataset(settings, "family", COUNTS, tmp_path)
    return settings


def add_dataset(settings: Settings, name: str, counts: list[int], folder: Path) -> None:
    embeddings, owners = faces_of(counts)
    records = [_record(row, int(owner), face) for row, (face, owner) in enumerate(zip(embeddings, owners, strict=True))]
    file = folder / f"{name}.tfrecord"
    write_shard(file, records)
    data = file.read_bytes()
    classes = [DatasetClass(f"person {i}", 10 + i, count) for i, count in enumerate(counts)]
    with open_services(settings) as services:
        shard = Shard(services.blobs.put(data), len(records), len(data))
        services.datasets.add(0, name, classes, [shard], hash=name, without_face=FACELESS, by=0)


def _record(row: int, owner: int, face: np.ndarray) -> Record:
    said = (b"", owner, str(row), f"{row:064x}")
    if row < FACELESS:
        return Record(*said, None, None, 0.0, b"")
    return Record(*said, ((5.0, 5.0),) * 5, Box(0, 0, 9, 9), 0.9, face.tobytes(), EMBEDDING_NAME)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(omokage, ["evaluate", *arguments], standalone_mode=False)


def status(result: Result) -> int:
    return getattr(result.exception, "exit_code", 99) if result.exception else result.return_value


def test_an_imported_data_set_is_evaluated_by_its_name(family: Settings) -> None:
    result = run("--data", "family", "--json")
    assert status(result) == 0, result.exception
    payload = json.loads(result.stdout)
    assert (payload["head"], payload["dataset"], payload["pictures"]) == ("embedding", "family v1", sum(COUNTS))
    assert sum(payload["faceless"]) == FACELESS
    assert payload["mean"] == pytest.approx(np.mean(list(payload["folds"].values())))
    assert [card["pictures"] for card in payload["cards"]] == COUNTS
    assert 0.7 < payload["mean"] < 1
    assert sum(times for _, _, times in payload["confusion"]) == sum(COUNTS) - FACELESS


def test_the_text_names_those_who_are_recognised_least_first(family: Settings) -> None:
    result = run("--data", "family")
    assert status(result) == 0, result.exception
    assert "right of 39 held-out pictures" in result.stdout
    assert "LEAST RECOGNISED" in result.stdout


def test_fewer_folds_hold_fewer_pictures_out(family: Settings) -> None:
    payload = json.loads(run("--data", "family", "--folds", "2", "--json").stdout)
    assert list(payload["folds"]) == ["0", "1"]
    assert payload["pictures"] < sum(COUNTS) / 2


def test_a_data_set_that_nobody_imported_is_said_in_a_sentence(family: Settings) -> None:
    result = run("--data", "friends")
    assert status(result) == 1
    assert "no such data set" in str(result.exception)


def test_a_data_set_of_one_person_is_refused(family: Settings, tmp_path: Path) -> None:
    add_dataset(family, "alone", [9], tmp_path)
    result = run("--data", "alone")
    assert status(result) == 1
    assert "fewer than two people" in str(result.exception)


@pytest.mark.parametrize("arguments", [("--preset", "bogus"), ("--preset", "slim", "--head", "embedding")])
def test_a_wrong_preset_ends_before_anything_is_read(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    result = run("--data", str(tmp_path), *arguments)
    assert status(result) == 2


def test_a_folder_without_people_is_refused_and_leaves_nothing(tmp_path: Path, family: Settings) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    result = run("--data", str(empty))
    assert status(result) == 1
    with open_services(family) as services:
        assert [one.name for one in services.datasets.list(0)] == ["family"]
