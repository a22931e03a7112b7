"""The services on a real database of either kind, with a clock and a broker that the test holds."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from benchmarks.helpers.postgres import server
from benchmarks.helpers.report import Skip
from core.services.jobs.service import JobService
from core.services.people.service import PeopleService
from core.storage.database import Database
from core.storage.schema import migrate
from core.storage.tables import metadata
from tests.integration.core.builders import Broker, Clock


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file: copying it takes a millisecond, migrating a fifth of a second."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    _migrated(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A server's URL with {database} in it; the database "omokage" is migrated, "empty" is for migrations."""
    with ExitStack() as stack:
        try:
            url = stack.enter_context(server())
        except Skip as reason:
            pytest.skip(str(reason))
        for name in ("omokage", "empty"):
            _execute(url.format(database="postgres"), f"CREATE DATABASE {name}")
        _migrated(url.format(database="omokage"))
        yield url


@pytest.fixture
def new_postgres_url(postgres: str) -> str:
    """A migrated database without a row."""
    url = postgres.format(database="omokage")
    _execute(url, f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY")
    return url


@pytest.fixture
def empty_postgres_url(postgres: str) -> str:
    """A database without a table."""
    url = postgres.format(database="empty")
    _execute(url, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    return url


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


def _execute(url: str, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
