from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from core.storage.database import Database
from core.storage.schema import MIGRATIONS, SCHEMA_VERSION, migrate, schema_version
from core.storage.training_tables import metadata

ROOT = Path(__file__).parents[4]


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new.db'}"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url


def test_the_migrations_make_the_tables_that_the_code_uses(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_the_newest_revision_is_the_one_that_a_start_looks_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [SCHEMA_VERSION]


def test_a_new_database_is_made_once_when_several_processes_start(empty_url: str) -> None:
    start = (
        "import sys; from core.storage.database import Database; from core.storage.schema import migrate;"
        " migrate(Database(sys.argv[1]))"
    )
    starting = [subprocess.Popen([sys.executable, "-c", start, empty_url], cwd=ROOT) for _ in range(3)]
    assert [process.wait(60) for process in starting] == [0, 0, 0]
    database = Database(empty_url)
    assert schema_version(database) == SCHEMA_VERSION
    database.close()


def test_a_migration_that_breaks_leaves_nothing_behind(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(empty_url)
    with database.write() as connection:
        connection.execute(text("CREATE TABLE labels (id INTEGER)"))  # in the way of the last table
    with pytest.raises(Exception, match="labels"):
        migrate(database)
    assert inspect(database.engine).get_table_names() == ["labels"]
    assert schema_version(database) is None
    database.close()


def test_the_tables_can_be_taken_back(empty_url: str) -> None:
    database = Database(empty_url)
    migrate(database)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert inspect(database.engine).get_table_names() == ["alembic_version"]
    database.close()


def test_a_newer_versions_database_is_refused_in_words(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'ffff'"))
    with pytest.raises(RuntimeError, match="ffff"):
        migrate(database)
    assert schema_version(database) == "ffff"
    with database.write() as connection:  # the next test has the same PostgreSQL database
        connection.execute(text("UPDATE alembic_version SET version_num = :now"), {"now": SCHEMA_VERSION})


def test_a_start_on_a_current_database_does_not_load_alembic(database_url: str) -> None:
    start = (
        "import sys; from core.storage.database import Database; from core.storage.schema import migrate;"
        " migrate(Database(sys.argv[1])); sys.exit('alembic' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", start, database_url], cwd=ROOT, check=True)
