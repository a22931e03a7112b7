"""Search everything that is stored for traces: each column of each table, blobs, logs and the data folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, LargeBinary, select

from core.bootstrap import Services
from core.storage.training_tables import metadata


def rows_with(services: Services, *needles: str | bytes) -> list[str]:
    """Return `table.column: value` of each stored value that has one of these in it, in whatever case."""
    found = []
    with services.database.read() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)):
                for column in table.c:
                    value = row._mapping[column]
                    if value is not None and _holds(value, column.type, needles):
                        found.append(f"{table.name}.{column.name}: {value!r}"[:300])
    return found


def files_with(folder: Path, *needles: str | bytes) -> list[Path]:
    """Return the files below a folder that have one of these in their names or bytes."""
    raw = [needle.encode() if isinstance(needle, str) else needle for needle in needles]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if any(trace in path.read_bytes() or trace in path.name.encode() for trace in raw)]


def _holds(value: Any, kind: Any, needles: tuple[str | bytes, ...]) -> bool:
    if isinstance(kind, LargeBinary):
        return any(needle in value for needle in needles if isinstance(needle, bytes))
    text = json.dumps(value, ensure_ascii=False) if isinstance(kind, JSON) else str(value)
    return any(needle.casefold() in text.casefold() for needle in needles if isinstance(needle, str))
