"""Where the sandbox keeps what must outlive it: JSON documents in one SQLite table."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sandbox.types import Json

_log = logging.getLogger(__name__)


class Store:
    """Documents by kind and id; in memory where no folder is given.

    What a full disk does not take is kept in memory and written with the next document that fits: those who read have
    all of it in memory anyway, from `all` on.
    """

    def __init__(self, folder: Path | None) -> None:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        path = ":memory:" if folder is None else str(folder / "sandbox.sqlite3")
        self._db = sqlite3.connect(path, isolation_level=None)
        # A crash of the machine may cost the last messages of a try-out; a crash of the process costs nothing.
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=OFF")
        self._unwritten: dict[tuple[str, str], str | None] = {}  # bodies; None: to be deleted
        self._db.execute("CREATE TABLE IF NOT EXISTS documents (kind TEXT, id TEXT, body TEXT, PRIMARY KEY (kind, id))")

    def put(self, kind: str, key: str, body: Json) -> None:
        """Write or replace a document."""
        self._change(kind, key, json.dumps(body))

    def delete(self, kind: str, key: str) -> None:
        """Remove a document; a missing one is no error."""
        self._change(kind, key, None)

    def _change(self, kind: str, key: str, body: str | None) -> None:
        waited = bool(self._unwritten)
        self._unwritten[kind, key] = body
        try:
            for document, text in list(self._unwritten.items()):
                self._write(*document, text)
                del self._unwritten[document]
        except sqlite3.OperationalError as error:
            if not waited:
                _log.warning("what is posted now is kept in memory until it can be written: %s", error)

    def _write(self, kind: str, key: str, body: str | None) -> None:
        if body is None:
            self._db.execute("DELETE FROM documents WHERE kind = ? AND id = ?", (kind, key))
        else:
            self._db.execute("INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", (kind, key, body))

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
