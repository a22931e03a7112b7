"""The services on a real database of either kind, with a clock and a broker that the test holds."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from core.services.jobs import JobService
from core.services.people import PeopleService
from core.storage.database import Database
from core.storage.schema import migrate
from tests.integration.core.parts import Broker, Clock
from tests.integration.core.postgres import server

_TEMPLATE = "omokage_template"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file: copying it takes a millisecond, migrating a fifth of a second."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    _migrated(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A server's URL with {database} in it; it has a migrated template."""
    with server() as url:
        _execute(url, f"CREATE DATABASE {_TEMPLATE}")
        _migrated(url.format(database=_TEMPLATE))
        yield url


_numbers = itertools.count()


@pytest.fixture
def new_postgres_url(postgres: str) -> str:
    """A database of the test's own."""
    name = f"test_{next(_numbers)}"
    _execute(postgres, f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
    return postgres.format(database=name)


@pytest.fixture
def new_sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A database of the test's own."""
    shutil.copy(sqlite_template, tmp_path / "omokage.db")
    return f"sqlite:///{tmp_path / 'omokage.db'}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each test runs on both kinds."""
    url: str = request.getfixturevalue(f"new_{request.param}_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def broker() -> Broker:
    return Broker()


@pytest.fixture
def jobs(database: Database, broker: Broker, clock: Clock) -> JobService:
    return JobService(database, broker, clock)


@pytest.fixture
def people(database: Database, clock: Clock) -> PeopleService:
    return PeopleService(database, clock)


def _migrated(url: str) -> None:
    database = Database(url)
    migrate(database)
    database.close()


def _execute(server_url: str, statement: str) -> None:
    engine = create_engine(server_url.format(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
