"""An ageing service with fakes of models, photos and networks."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.storage.blobs import Blobs
from tests.unit.core.services.ageing.fakes import AgeingSetup


@pytest.fixture
def setup(tmp_path: Path) -> AgeingSetup:
    return AgeingSetup(Blobs(str(tmp_path / "blobs")))
