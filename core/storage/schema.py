"""Migrates the database to this version's tables."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from core.storage.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"
# The newest revision, so that a start need not import Alembic to know that there is nothing to do.
SCHEMA_VERSION = "0014"


def schema_version(database: Database) -> str | None:
    """The revision that the database is at; None: empty."""
    with database.read() as connection:
        return _version(connection)


def has_this_versions_tables(connection: Connection) -> bool:
    """Return whether the database, which was migrated once, is at the revision that this code was written for."""
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == SCHEMA_VERSION


def migrate(database: Database) -> None:
    """Create or upgrade the tables; safe when several processes start at once.

    Raises:
        RuntimeError: the database was made by a newer version of Omokage.
    """
    if schema_version(database) == SCHEMA_VERSION:
        return
    with database.write() as connection:
        database.advisory_lock(connection, "omokage-migrate")
        if _version(connection) != SCHEMA_VERSION:
            _upgrade(connection)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection, revision: str = "head") -> None:
    # Here, not above: Alembic costs 10 MB and 150 ms, and is needed once a version.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        raise RuntimeError(
            f"the database is at revision {_version(connection)}, which this version does not know: {error}"
        ) from error
