"""Writes the zip file of an export: each file once, with its hash for the manifest, and whole or not at all."""

from __future__ import annotations

import hashlib
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.storage.disk import disk_full_said

_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say: when a file was packed tells nobody anything


class ArchiveWriter:
    """Adds files to an archive; `files` are the hashes and sizes of those that are in it, by their paths."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.files: dict[str, dict[str, str | int]] = {}

    def add(self, path: str, data: bytes, *, packed: bool = False) -> None:
        """Add a file, unless one of this path is there already. `packed`: it gets smaller by that, as text does."""
        if path in self.files:
            return
        info = zipfile.ZipInfo(path, _TIME)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = 0o644 << 16
        self._archive.writestr(info, data)
        self.files[path] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


@contextmanager
def new_archive(path: Path) -> Iterator[ArchiveWriter]:
    """Write an archive beside its place, and give it its name when all of it is there.

    Raises:
        OmokageError: DISK_FULL.
        OSError: it cannot be written.
    """
    part = path.resolve().with_name(f".omokage-{uuid.uuid4().hex}.part")
    try:
        with disk_full_said():
            with zipfile.ZipFile(part, "x") as archive:
                yield ArchiveWriter(archive)
            part.replace(path.resolve())
    finally:
        part.unlink(missing_ok=True)
