"""Databases for tests, with all tables and no rows."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from core.storage.database import Database
from core.storage.schema import migrate


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "migrated.db"
        database = Database(f"sqlite:///{file}")
        migrate(database)
        database.close()
        return file.read_bytes()


def new_database(file: Path) -> Database:
    """Open a new SQLite database; the tables are copied, because migrations take fifty times as long."""
    file.write_bytes(_migrated())
    return Database(f"sqlite:///{file}")
