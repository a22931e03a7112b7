"""`index.json`, which an export writes beside the people's folders: what each file shows and where it came from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath

INDEX = "index.json"
MAX_INDEX_BYTES = 100 * 1024**2  # of a quarter of a million pictures; an import takes 100,000 files of a zip


def people_in_index(data: bytes) -> Mapping[str, str] | None:
    """The people's names by their folders'; None: no export has written this."""
    try:
        entries = json.loads(data)
        pairs = {(PurePosixPath(entry["file"]).parts[0], entry["person"]) for entry in entries}
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        return None
    if not all(isinstance(person, str) for _, person in pairs):
        return None
    return dict(sorted(pairs)) or None
