"""Opens the zip file of an export, whoever packed it: it must hold exactly what its manifest says, unchanged."""

from __future__ import annotations

import hashlib
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from core.domain.errors import ErrorCode, OmokageError
from core.services.datasets.archives import ZipFiles
from core.services.moving import layout
from core.services.moving.manifest import Manifest, read_manifest


class ArchiveReader:
    """The files of an export.

    Args:
        files: of the zip, whose directory has been checked.

    Raises:
        OmokageError: BAD_EXPORT, with a `reason`: no-manifest, those of `read_manifest`, foreign or missing (a file).
    """

    def __init__(self, files: ZipFiles) -> None:
        self._files = files
        paths = {str(path) for path in files.paths()}
        if layout.MANIFEST not in paths:
            raise OmokageError(ErrorCode.BAD_EXPORT, reason="no-manifest")
        self.manifest: Manifest = read_manifest(self._read(layout.MANIFEST, layout.MAX_MANIFEST_BYTES))
        paths.remove(layout.MANIFEST)
        for reason, which in (("foreign", paths - self.hashes.keys()), ("missing", self.hashes.keys() - paths)):
            if which:
                raise OmokageError(ErrorCode.BAD_EXPORT, reason=reason, file=min(which))

    @property
    def hashes(self) -> Mapping[str, str]:
        """The sha256 of each file, by its path."""
        return self.manifest.hashes

    def read(self, path: str, max_bytes: int) -> bytes:
        """Return a file, whose content is what the manifest says.

        Raises:
            OmokageError: BAD_EXPORT: it is not, is too large, or damaged.
        """
        data = self._read(path, max_bytes)
        if hashlib.sha256(data).hexdigest() != self.manifest.hashes[path]:
            raise OmokageError(ErrorCode.BAD_EXPORT, reason="changed", file=path)
        return data

    def _read(self, path: str, max_bytes: int) -> bytes:
        key = PurePosixPath(path)
        if self._files.size(key) > max_bytes:
            raise OmokageError(ErrorCode.BAD_EXPORT, reason="file-size", file=path, limit=max_bytes)
        try:
            return self._files.read(key, max_bytes)
        except OSError as error:
            raise OmokageError(ErrorCode.BAD_EXPORT, reason="changed", file=path) from error


@contextmanager
def open_archive(path: Path) -> Iterator[ArchiveReader]:
    """Open the zip file of an export.

    Raises:
        OmokageError: BAD_EXPORT, with a `reason`: no-archive; those of `ZipFiles`; duplicate (two files of one name);
            those of `ArchiveReader`.
    """
    with open_zip(path) as files:
        yield ArchiveReader(files)


@contextmanager
def open_zip(path: Path) -> Iterator[ZipFiles]:
    """Open any zip file of a stranger's that has no two files of one name; OmokageError: BAD_EXPORT."""
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise OmokageError(ErrorCode.BAD_EXPORT, reason="no-archive", file=path.name) from error
    with archive:
        infos = archive.infolist()
        # Files whose bytes overlap are more than the archive itself is: a small one could unpack to any size.
        if sum(info.compress_size for info in infos) > path.stat().st_size:
            raise OmokageError(ErrorCode.BAD_EXPORT, reason="bomb", file=path.name)
        try:
            files = ZipFiles(archive)
        except OmokageError as error:
            details = {name: value for name, value in error.details.items() if name in {"reason", "file", "limit"}}
            raise OmokageError(ErrorCode.BAD_EXPORT, **details) from error
        seen: set[str] = set()
        for info in infos:
            name = unicodedata.normalize("NFC", info.filename.replace("\\", "/")).casefold()
            if name in seen:  # some file systems take them for one
                raise OmokageError(ErrorCode.BAD_EXPORT, reason="duplicate", file=info.filename)
            seen.add(name)
        yield files
