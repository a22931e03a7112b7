"""A generation service on an own database, with fakes of models, photos and data sets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.storage.blobs import Blobs
from tests.databases import new_database
from tests.unit.core.services.generation.fakes import GenerationSetup


@pytest.fixture
def setup(tmp_path: Path, shipped: Path) -> Iterator[GenerationSetup]:
    database = new_database(tmp_path / "test.db")
    yield GenerationSetup(database, Blobs(str(tmp_path / "blobs")))
    database.close()
