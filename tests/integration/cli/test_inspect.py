"""`omokage inspect` on runs that were really trained, for a few steps on drawn pictures."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from cli.context import open_services
from cli.main import omokage
from core.bootstrap import Services
from core.domain.data.datasets import DatasetClass, Shard
from core.domain.embedders import EMBEDDING_NAME
from core.domain.faces import Box
from core.domain.jobs import Origin
from core.domain.training.runs import RunKind, RunRequest
from core.settings import Settings
from core.vision.datasets.records import Record
from core.vision.datasets.shards import write_shard

PEOPLE, EACH = ("Mina", "晴香", "Otis"), 8
LANDMARKS = ((22.0, 26.0), (42.0, 26.0), (32.0, 36.0), (24.0, 46.0), (40.0, 46.0))
LAYERS = ["block1_conv", "block2_conv", "block3_conv", "block4_conv", "dense1", "dense2"]
ORIGIN = Origin(0, 0, 0, "en", 0, "")


def picture(random: np.random.Generator, label: int) -> bytes:
    pixels = random.integers(0, 120, (64, 64, 3), np.uint8)
    pixels[20:44, 20:44, label] += 120
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def add_dataset(services: Services, folder: Path, name: str, seed: int) -> None:
    random = np.random.default_rng(seed)
    centres = np.eye(len(PEOPLE), 128)
    records = [
        Record(
            picture(random, label),
            label,
            f"{number}.png",
            f"{number:064x}",
            LANDMARKS,
            Box(12.0, 12.0, 40.0, 44.0),
            0.9,
            (centres[label] + random.normal(0, 0.02, 128)).astype("<f4").tobytes(),
            EMBEDDING_NAME,
        )
        for number, label in enumerate(np.repeat(range(len(PEOPLE)), EACH).tolist())
    ]
    path = folder / f"{name}.tfrecord"
    write_shard(path, records)
    data = path.read_bytes()
    shard = Shard(services.blobs.put(data), len(records), len(data))
    known = services.datasets.people(0, PEOPLE, 0)
    classes = [DatasetClass(person.name, person.id, EACH) for person in known]
    services.datasets.add(0, name, classes, [shard], hash=f"{seed:064x}", without_face=0, by=0)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Run 1 made v1 (slim), run 2 made v2 (embedding), run 3 is a branch of run 1 that waits at its checkpoint."""
    folder = tmp_path_factory.mktemp("inspect")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMOKAGE_DATA", str(folder / "data"))
        patch.delenv("OMOKAGE_DATABASE_URL", raising=False)
        with open_services(Settings.from_env()) as services:
            for number, name in enumerate(("tiny", "other"), 1):
                add_dataset(services, folder, name, number)
            for options in (
                ("--preset", "slim", "--size", "32", "--steps", "6", "--batch", "8"),
                ("--preset", "embedding"),
            ):
                status, result = run("train", "recogniser", "--data", "tiny", *options)
                assert status == 0, result.exception or result.output
            first = services.runs.find(0, 1)
            services.runs.branch(first.id, 6, 77, ORIGIN, steps=12)
            yield services


def run(*arguments: str) -> tuple[int, Result]:
    # Without standalone mode click returns what the command returned.
    result = CliRunner().invoke(omokage, list(arguments), standalone_mode=False)
    return (getattr(result.exception, "exit_code", 99) if result.exception else result.return_value or 0), result


def said(*arguments: str) -> Any:
    status, result = run("inspect", *arguments, "--json")
    assert status == 0, result.exception
    return json.loads(result.stdout)


def refusal(*arguments: str) -> tuple[int, str]:
    status, result = run("inspect", *arguments)
    assert result.stdout == ""
    return status, str(getattr(result.exception, "message", result.exception))


def test_every_hidden_layer_of_a_version_is_measured(trained: Services) -> None:
    result = said("v1")
    assert (result["model"], result["architecture"]) == ("recogniser v1", "cnn-slim")
    assert (result["data"], result["pictures"]) == ("tiny v1", len(PEOPLE) * EACH)
    assert [layer["name"] for layer in result["layers"]] == LAYERS
    assert [layer["channels"] for layer in result["layers"]] == [32, 48, 72, 72, 96, 128]
    assert [layer["places"] for layer in result["layers"]] == [1024, 256, 64, 16, 1, 1]
    for layer in result["layers"]:
        assert len(layer["by_channel"]) == layer["channels"]
        assert layer["sparsity"] == pytest.approx(np.mean(layer["by_channel"]), abs=1e-3)
        assert all(layer["by_channel"][channel] == 1.0 for channel in layer["dead"])
        assert 0 < layer["active"] <= layer["channels"] - len(layer["dead"])


def test_a_run_that_is_finished_is_the_version_that_it_made(trained: Services) -> None:
    assert said("run1") == said("v1") == said("recogniser-v1")


def test_of_a_run_that_is_not_finished_the_newest_checkpoint_is_looked_into(trained: Services) -> None:
    """The branch has run 1's checkpoint, whose averaged weights are those of v1."""
    result = said("run3")
    assert result["model"] == "run 3 at step 6"
    assert result["layers"] == said("v1")["layers"]


def test_other_pictures_give_other_figures(trained: Services) -> None:
    result = said("v1", "--data", "other")
    assert result["data"] == "other v1"
    assert result["layers"] != said("v1")["layers"]


def test_fewer_pictures_may_do(trained: Services) -> None:
    assert said("v1", "--pictures", "5")["pictures"] == 5
    assert said("v1", "--pictures", "0")["pictures"] == len(PEOPLE) * EACH


def test_a_sheet_a_layer_is_written_where_asked_for(trained: Services, tmp_path: Path) -> None:
    result = said("v1", "--out", str(tmp_path / "new" / "folder"))
    sheets = [Path(layer["sheet"]) for layer in result["layers"]]
    assert [sheet.name for sheet in sheets] == [f"{number:02d}-{layer}.png" for number, layer in enumerate(LAYERS, 1)]
    for sheet in sheets:
        with Image.open(sheet) as image:
            assert image.format == "PNG"
            assert image.width <= 1400


def test_the_table_names_dead_channels_and_widths(trained: Services, tmp_path: Path) -> None:
    found = said("v1")
    status, result = run("inspect", "v1", "--out", str(tmp_path))
    assert status == 0
    assert result.stdout.startswith("recogniser v1 (cnn-slim) on 24 pictures of tiny v1")
    lines = {line.split()[0]: line for line in result.stdout.splitlines() if line.strip()}
    for layer in found["layers"]:
        _, channels, zeros, dead, *_ = lines[layer["name"]].split()
        assert (int(channels), int(dead)) == (layer["channels"], len(layer["dead"]))
        assert float(zeros.rstrip("%")) == pytest.approx(100 * layer["sparsity"], abs=0.06)
    for layer in found["layers"]:
        if layer["dead"]:
            assert f"  {layer['name']}: {layer['dead'][0]}" in result.stdout
    assert str(tmp_path / "01-block1_conv.png") in result.stdout


def test_a_head_without_layers_is_refused_in_words(trained: Services) -> None:
    for target, name in (("v2", "recogniser v2"), ("run2", "recogniser v2")):
        status, words = refusal(target)
        assert status == 1
        assert name in words
        assert "from scratch" in words


def test_what_is_not_there_is_said(trained: Services) -> None:
    assert refusal("v99") == (1, "there is no such model version")
    assert refusal("run99") == (1, "there is no such run")
    assert refusal("v1", "--data", "nobody") == (1, "there is no such data set")
    assert refusal("v1", "--guild", "7") == (1, "there is no such model version")


def test_a_run_without_a_checkpoint_has_nothing_to_show(trained: Services) -> None:
    trained.runs.control.stop(trained.runs.find(0, 3).id, 0)
    dataset = trained.datasets.find(0, "tiny")
    began = trained.runs.start(RunRequest(78, RunKind.RECOGNISER, "slim", dataset.id, 6, ORIGIN, {"size": 32}))
    status, words = refusal(f"run{began.number}")
    assert (status, words.startswith("there is no checkpoint")) == (1, True)


@pytest.mark.parametrize("target", ["", "x", "v0", "run", "-1", "v1.5", "run 1 2", "99999999999999999999"])
def test_a_target_that_is_neither_a_version_nor_a_run_is_misuse(target: str) -> None:
    assert run("inspect", "--", target)[0] == 2


def test_damaged_weights_are_refused(trained: Services) -> None:
    version = trained.registry.get_by_number(0, RunKind.RECOGNISER, 1)
    (path,) = Path(trained.settings.blobs).rglob(version.weights)
    whole = path.read_bytes()
    try:
        path.write_bytes(whole[:-9])
        assert refusal("v1")[0] == 1
        assert "damaged" in refusal("v1")[1]
    finally:
        path.write_bytes(whole)


def test_a_folder_that_cannot_be_written_to_is_a_fault(trained: Services, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    status, words = refusal("v1", "--out", str(tmp_path / "file" / "below"))
    assert status == 1
    assert "cannot be written" in words
