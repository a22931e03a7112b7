"""A broker, a database and the services on a data folder of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.bootstrap import Services
from core.settings import Settings
from tests.integration.worker.processes import Valkey, open_services, settings_for


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def broker(data: Path) -> Iterator[Valkey]:
    started = Valkey(data)
    started.start()
    yield started
    started.kill()


@pytest.fixture
def settings(data: Path, broker: Valkey) -> Settings:
    return settings_for(data, broker)


@pytest.fixture
def services(settings: Settings) -> Iterator[Services]:
    with open_services(settings) as built:
        yield built
