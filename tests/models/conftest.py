"""The product's networks for data sets, and drawn people to read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.bootstrap import Services, build
from core.settings import Settings
from core.vision.datasets.dataset_pictures import PictureReader, load_picture_reader
from tests.models.drawn import write_people


@pytest.fixture(scope="module")
def reader() -> Iterator[PictureReader]:
    loaded = load_picture_reader()
    yield loaded
    loaded.close()


@pytest.fixture(params=["float32", "bfloat16"])
def precision(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both kinds of arithmetic that a processor may train in, whatever this one has; bfloat16 is emulated, and slow."""
    monkeypatch.setenv("OMOKAGE_PRECISION", request.param)
    return str(request.param)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    built = build(Settings.from_env({"OMOKAGE_DATA": str(tmp_path / "data")}), lambda *_: None)
    yield built
    built.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_people(tmp_path / "people")
