"""A broker, a database and the services on a data folder of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.bootstrap import Services, build
from core.settings import Settings
from tests.integration.worker.fake_worker import LIMITS
from tests.integration.worker.parts import Valkey
from worker.queue import make_celery, make_enqueue


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
    return Settings.from_env({"OMOKAGE_DATA": str(data), "OMOKAGE_BROKER_URL": broker.url})


@pytest.fixture
def services(settings: Settings) -> Iterator[Services]:
    app = make_celery(settings)
    built = build(settings, make_enqueue(app), LIMITS)
    yield built
    built.close()
    app.close()
