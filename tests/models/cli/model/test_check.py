"""Versions are attacked for good: drawn people, the product's networks, and its own attack."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.context import open_services
from cli.main import omokage
from core.bootstrap import build_checker
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JobKind
from core.domain.optimisation import Robustness
from core.domain.registry.robustness import robustness_from_metrics
from core.domain.training.runs import RunKind
from core.models.attack import robustness
from core.services.datasets.importing import import_folder
from core.services.robustness.service import RobustnessService, load_check
from core.settings import Settings
from core.vision.datasets.dataset_pictures import PictureReader
from tests.models.portrait_files import write_people

FACES, TEXTURES, STEPS = 2, 6, 3  # enough to see that all of it is real
KIND = RunKind.RECOGNISER


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory, reader: PictureReader) -> Path:
    """A data folder with the data set `family` and a version of each head, of which one lacks its data."""
    folder = tmp_path_factory.mktemp("check")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMOKAGE_DATA", str(folder / "data"))
        patch.delenv("OMOKAGE_DATABASE_URL", raising=False)
        with open_services(Settings.from_env()) as services:
            import_folder(
                services.dataset_storage, write_people(folder / "people"), 0, "family", 0, load=lambda: reader
            )
        for preset in (["embedding"], ["slim", "--steps", "4", "--size", "32", "--batch", "8"]):
            result = run("train", "recogniser", "--data", "family", "--preset", *preset)
            assert result.return_value == 0, result.output
    return folder / "data"


@pytest.fixture(autouse=True)
def settings(family: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("OMOKAGE_DATA", str(family))
    monkeypatch.delenv("OMOKAGE_DATABASE_URL", raising=False)
    monkeypatch.setattr(robustness, "FACES", FACES)
    monkeypatch.setattr(robustness, "TEXTURES", TEXTURES)
    monkeypatch.setattr(robustness, "STEPS", STEPS)
    return Settings.from_env()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(omokage, arguments, standalone_mode=False)


def said(*arguments: str) -> Any:
    result = run(*arguments, "--json")
    assert result.exception is None, result.exception
    return json.loads(result.stdout)


def looks_right(found: Robustness) -> bool:
    return (found.faces, found.epsilon, found.textures) == (FACES, 8, TEXTURES) and (
        (found.median_linf is not None) == (found.fooled >= 0.5)
    )


def test_a_version_is_checked_and_its_card_says_so(settings: Settings) -> None:
    told = said("model", "check", "1")
    assert told.pop("number") == 1
    assert looks_right(Robustness.from_json(told))
    assert said("model", "card", "1")["metrics"]["robustness"] == told
    assert "fooled within 8/255, all networks attacked at once: " in run("model", "card", "1").stdout


def test_a_worker_finds_what_the_shell_finds(settings: Settings) -> None:
    shell = said("model", "check", "2")
    with open_services(settings) as services:
        version = services.registry.get_by_number(0, KIND, 2)
        job = services.checks.request(version, again=True)
        assert job is not None
        load = partial(load_check, services.registry, services.dataset_storage)
        checker = RobustnessService(services.registry, services.runs.segments, services.checks, load, slice_s=0.0)
        found, turns = None, 0
        while found is None:
            with services.database.write() as connection:
                connection.exec_driver_sql("UPDATE jobs SET state = 'dispatched' WHERE state = 'waiting'")
            claimed = services.jobs.leases.claim(job.id, "worker")
            assert claimed is not None
            found, turns = checker.answer(claimed, lambda: False), turns + 1
        assert turns >= 2  # an attack at least, and the textures
        card = robustness_from_metrics(services.registry.get(version.id).metrics)
    assert {"number": 2, **found} == shell
    assert card == Robustness.from_json(found)


def test_every_new_version_waits_for_its_check(settings: Settings) -> None:
    with open_services(settings) as services:
        for number in (1, 2):
            job = services.checks.request(services.registry.get_by_number(0, KIND, number), again=True)
            assert job is not None
            assert job.kind is JobKind.CHECK
            assert job.created_at is not None
        with services.database.read() as connection:
            count = connection.exec_driver_sql("SELECT count(*) FROM jobs WHERE kind = 'check'").scalar()
    assert count == 2  # those that the trainings asked for


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("--head", "embedding"), marks=pytest.mark.long),
        ("--preset", "slim", "--steps", "2", "--size", "32", "--folds", "1"),
    ],
)
def test_an_evaluation_attacks_what_its_first_fold_made(settings: Settings, arguments: tuple[str, ...]) -> None:
    told = said("evaluate", "--data", "family", "--robustness", *arguments)
    assert looks_right(Robustness.from_json(told["robustness"]))
    assert told["dataset"] == "family v1"


def test_an_evaluation_attacks_nothing_unless_it_is_asked_to(settings: Settings) -> None:
    assert "robustness" not in said("evaluate", "--data", "family")


def test_a_version_that_is_not_there_is_a_sentence(settings: Settings) -> None:
    assert "no such model version" in str(run("model", "check", "7").exception)
    assert "omokage model list" in str(run("model", "check").exception)


def test_a_version_whose_data_are_damaged_is_not_checked(settings: Settings) -> None:
    with open_services(settings) as services:
        version = services.registry.get_by_number(0, KIND, 1)
        shard = services.datasets.get(version.dataset_id or 0).shards[0].sha256
        data = services.blobs.get(shard)
        services.blobs.delete(shard)
        try:
            with pytest.raises(OmokageError) as refused:
                build_checker(services)._loaded(version)
            assert refused.value.code is ErrorCode.DATASET_CHANGED
        finally:
            services.blobs.put(data)
