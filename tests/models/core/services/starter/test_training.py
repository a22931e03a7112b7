from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from core.bootstrap import Services, build
from core.domain.data.datasets import NOBODY, UNNAMED, Dataset, DatasetClass, Shard
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box, DetectedFace
from core.domain.jobs import JobLimits
from core.domain.registry.versions import Version
from core.domain.training.runs import RunKind
from core.models.common import weights_file
from core.models.families import load_generator
from core.services.starter import training
from core.services.starter.portrait_set import LabelledPortrait
from core.services.starter.training import Plan, begin, finish
from core.settings import Settings
from core.starter.models import FOLDER_VARIABLE, paths, starter_model, starter_names
from portraits.random_people import TRAITS
from tests.models.core.models.vae.builders import LATENT_SIZE, SIZE, VERSION, pictures, tensors

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FACE = DetectedFace(Box(1, 1, 9, 9), 0.9, ((1, 1), (2, 1), (1.5, 2), (1, 3), (2, 3)))
COUNT = 60


def sittings() -> list[LabelledPortrait]:
    random = np.random.default_rng(3)
    labels = random.random((COUNT, len(TRAITS))) < 0.5
    return [
        LabelledPortrait(f"{row}.jpg", dict(zip(TRAITS, map(bool, labels[row]), strict=True)), bool(row % 2), FACE)
        for row in range(COUNT)
    ]


def version(**changes: Any) -> Version:
    said = {"architecture": "vae-64", "config": {**VERSION, "seed": 1}, "kind": RunKind.VAE, **changes}
    return Version(
        id=3, guild_id=0, number=1, run_id=4, dataset_id=5, dataset_title="sitters v1", dataset_hash="ab" * 32,
        classes=(), metrics={"kid": 0.1}, parts=(), weights="cd" * 32, size=9, created_by=0, created_at=NOW, **said,
    )  # fmt: skip


@pytest.fixture
def services() -> Any:
    """A data set of the sitters, in another order than they are listed in."""
    sources = [f"{row}.jpg" for row in reversed(range(COUNT))]
    reader = SimpleNamespace(sources=sources, images=lambda view: pictures(COUNT, view.size))
    weights = weights_file.dump(tensors(traits=()), {"architecture": "vae-64"})
    return SimpleNamespace(
        dataset_storage=SimpleNamespace(datasets=SimpleNamespace(get=lambda _id: None), open=lambda _dataset: reader),
        registry=SimpleNamespace(weights=lambda _version: weights),
    )


def test_a_finished_version_becomes_a_starter_model_with_traits(
    services: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, _ = finish(services.registry, services.dataset_storage, version(), sittings(), "omokage starter train vae")
    # It says what it is,
    assert made.card["sha256"] == hashlib.sha256(made.weights).hexdigest()
    assert made.card["licence"] == "MIT"
    assert made.card["metrics"]["kid"] == 0.1  # type: ignore[index,call-overload]
    assert made.card["command"] == "omokage starter train vae"
    # and the product finds it in a folder,
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    card, file = paths(tmp_path, "vae")
    file.write_bytes(made.weights)
    card.write_text(json.dumps(dict(made.card)))
    assert starter_names() == ("starter vae",)
    model = load_generator(*starter_model("starter vae"))
    # with directions for its traits, of the pictures in the data set's order.
    assert model.traits == tuple(sorted(TRAITS))
    latents = model.encode(pictures(COUNT))
    smiles = np.array([sitting.labels["smile"] for sitting in reversed(sittings())])
    plain = latents[smiles].mean(0) - latents[~smiles].mean(0)
    result = model.direction("smile")
    assert result.shape == (LATENT_SIZE,)
    assert plain @ result / np.linalg.norm(plain) / np.linalg.norm(result) > 0.5


class Drawer:
    """Takes no pictures, and draws a bar for each of its codes that is positive."""

    encodes = False
    view = SimpleNamespace(size=SIZE)

    def latents(self, seeds: range) -> np.ndarray:
        return np.random.default_rng(0).uniform(-1, 1, (len(seeds), len(TRAITS) + 1)).astype(np.float32)

    def render(self, latents: np.ndarray) -> np.ndarray:
        return bars(latents > 0)


def bars(shown: np.ndarray) -> np.ndarray:
    """(N, K) -> (N, S, S, 3), a light bar for each that is shown."""
    drawn = np.full((len(shown), SIZE, SIZE, 3), 120, np.uint8)
    for bar in range(shown.shape[1]):
        drawn[shown[:, bar], 10 * bar : 10 * bar + 6] = 250
    return drawn


def test_the_traits_of_a_model_that_takes_no_pictures_are_found_in_its_own(
    services: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given: portraits that show a bar for each trait that they have.
    people = sittings()
    shown = np.array([[*person.labels.values(), person.woman] for person in reversed(people)])
    sources = [f"{row}.jpg" for row in reversed(range(COUNT))]
    reader = SimpleNamespace(sources=sources, images=lambda _view: bars(shown))
    services.dataset_storage.open = lambda _dataset: reader
    monkeypatch.setattr(training, "load_generator", lambda *_: Drawer())
    # When
    made, _ = finish(
        services.registry, services.dataset_storage, version(kind=RunKind.DCGAN, architecture="dcgan-light"), people, ""
    )
    # Then: each is its code, from -0.5 without it to 0.5 with it on average.
    directions, _ = weights_file.load(made.weights)
    for place, trait in enumerate(TRAITS):
        expected = np.eye(len(TRAITS) + 1)[place]
        assert np.abs(directions[f"trait/{trait}"] - expected).max() < 0.4
        assert made.card["metrics"]["trait_accuracy"][trait] > 0.8  # type: ignore[index,call-overload]


@contextmanager
def workplace(folder: Path, lease_s: float) -> Iterator[Services]:
    settings = Settings.from_env({"OMOKAGE_DATA": str(folder)})
    opened = build(settings, lambda *_: None, JobLimits(lease_s=lease_s))
    try:
        yield opened
    finally:
        opened.close()


def dataset(services: Services) -> Dataset:
    shard = Shard(services.blobs.put(b"pictures"), 200, 8)
    classes = [DatasetClass(UNNAMED, NOBODY, 200)]
    return services.datasets.add(0, "sitters", classes, [shard], hash="ab" * 32, without_face=0, by=0)


PLAN = Plan("vae", 50, 16)


def test_the_same_command_again_goes_on_with_the_run_that_there_is(tmp_path: Path) -> None:
    with workplace(tmp_path, lease_s=0) as services:  # whoever had the run is dead
        data = dataset(services)
        first = begin(services.runs, RunKind.VAE, data, PLAN, seed=1, owner="one")
        again = begin(services.runs, RunKind.VAE, data, PLAN, seed=1, owner="two")
    assert (first.preset, first.steps, first.config["batch"], first.seed) == ("vae", 50, 16, 1)
    assert again.id == first.id
    assert again.job_id != first.job_id


def test_another_plan_is_another_run(tmp_path: Path) -> None:
    with workplace(tmp_path, lease_s=0) as services:
        data = dataset(services)
        first = begin(services.runs, RunKind.VAE, data, PLAN, seed=1, owner="one")
        services.runs.control.stop(first.id, by=0)
        longer = begin(services.runs, RunKind.VAE, data, replace(PLAN, steps=60), seed=1, owner="one")
    assert longer.id != first.id
    assert longer.steps == 60


def test_while_another_process_trains_it_says_so(tmp_path: Path) -> None:
    with workplace(tmp_path, lease_s=600) as services:
        data = dataset(services)
        begin(services.runs, RunKind.VAE, data, PLAN, seed=1, owner="one")
        with pytest.raises(OmokageError) as refused:
            begin(services.runs, RunKind.VAE, data, PLAN, seed=1, owner="two")
    assert refused.value.code is ErrorCode.RUN_STATE
