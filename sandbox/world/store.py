"""Where the sandbox keeps what must outlive it: JSON documents in one SQLite table."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sandbox.types import Json


class Store:
    """Documents by kind and id; in memory where no folder is given."""

    def __init__(self, folder: Path | None) -> None:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        path = ":memory:" if folder is None else str(folder / "sandbox.sqlite3")
        self._db = sqlite3.connect(path, isolation_level=None)
        # A crash of the machine may cost the last messages of a try-out; a crash of the process costs nothing.
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.execute("CREATE TABLE IF NOT EXISTS documents (kind TEXT, id TEXT, body TEXT, PRIMARY KEY (kind, id))")

    def put(self, kind: str, key: str, body: Json) -> None:
        """Write or replace a document."""
        self._db.execute("INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", (kind, key, json.dumps(body)))

    def delete(self, kind: str, key: str) -> None:
        """Remove a document; a missing one is no error."""
        self._db.execute("DELETE FROM documents WHERE kind = ? AND id = ?", (kind, key))

    def all(self, kind: str) -> Iterator[tuple[str, Json]]:
        """Every document of that kind, by ascending id (shorter ids first, so snowflakes come by age)."""
        rows = self._db.execute("SELECT id, body FROM documents WHERE kind = ? ORDER BY length(id), id", (kind,))
        for key, body in rows:
            yield key, json.loads(body)

    def replace_text(self, old: str, new: str) -> None:
        """Replace a piece of text in every document, for an address that has changed."""
        if old != new:
            self._db.execute("UPDATE documents SET body = replace(body, ?, ?)", (old, new))

    def close(self) -> None:
        """Close the file."""
        self._db.close()
