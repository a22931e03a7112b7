"""Files by the sha256 of their content, in a folder, on S3, or in memory."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import logging
import os
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fsspec import AbstractFileSystem
from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from core.domain.errors import ErrorCode, OmokageError
from core.storage.disk import disk_full_said

_log = logging.getLogger(__name__)
_NAME = re.compile(r"[0-9a-f]{64}")
_PART = ".part"  # the end of the name of a file that is being written, or about to be deleted
_OWNER = "installation"  # a file in the store
_STORED = re.compile(rf"[0-9a-f]{{64}}(\.[0-9a-f]{{32}}{re.escape(_PART)})*")
# How old a stored object may be before it is written anew when the same content is put again, where an object's time
# cannot be set. It has to be well below the age from which a sweep takes what nobody refers to.
_FRESH = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class BlobFile:
    """A stored file: its bytes, and when it was last written or put again.

    `name` is a blob's sha256, or begins with one and ends with `.part`: what a writer left that was killed.
    """

    name: str
    size: int
    modified: datetime


class Blobs:
    """Write once, read often; two writers of the same content do not disturb each other.

    Whatever a store's client raises, because the store is away or refuses, arrives as OSError.

    Args:
        url: a folder's path to the letter, or what fsspec understands: `s3://bucket/prefix`, `memory://name`.

    Raises:
        RuntimeError: there is no such kind of store, or its library is not installed.
    """

    def __init__(self, url: str) -> None:
        self._files, self._root = _file_system(url)
        protocol = self._files.protocol
        # An object store shows an object only when it is whole; in a folder a rename does that.
        self._renames = "file" in ((protocol,) if isinstance(protocol, str) else protocol)

    def put(self, data: bytes) -> str:
        """Store; the sha256 as 64 hex digits is the name.

        What is there already stays as it is, but counts as written now: whoever puts it is about to refer to it, so no
        sweep may take it.

        Raises:
            OmokageError: DISK_FULL.
        """
        name = hashlib.sha256(data).hexdigest()
        with disk_full_said(), _os_errors():
            if not self._keep(self._path(name), len(data)):
                self._write(self._path(name), data)
        return name

    def get(self, name: str) -> bytes:
        """The content.

        Raises:
            OmokageError: PHOTO_GONE, it is not there or was damaged.
        """
        try:
            with _os_errors():
                data: bytes = self._files.cat_file(self._path(name))
        except FileNotFoundError as error:
            raise OmokageError(ErrorCode.PHOTO_GONE) from error
        if hashlib.sha256(data).hexdigest() != name:
            _log.error("blob %s is damaged", name)
            raise OmokageError(ErrorCode.PHOTO_GONE)
        return data

    def exists(self, name: str) -> bool:
        """Whether something is stored under this name."""
        with _os_errors():
            return bool(self._files.exists(self._path(name)))

    def size(self, name: str) -> int:
        """Return the bytes that it takes; 0 where it is not there."""
        try:
            with _os_errors():
                return int(self._files.size(self._path(name)))
        except FileNotFoundError:
            return 0

    def delete(self, name: str) -> None:
        """Remove it; whether anybody still needs it, the caller knows."""
        with contextlib.suppress(FileNotFoundError), _os_errors():
            self._files.rm_file(self._path(name))

    def owner(self) -> str | None:
        """Return the id of the installation whose blobs these are; None: nobody has said so."""
        try:
            return bytes(self._files.cat_file(f"{self._root}/{_OWNER}")).decode().strip()
        except FileNotFoundError:
            return None

    def set_owner(self, installation: str) -> None:
        """Say whose blobs these are."""
        self._files.makedirs(self._root, exist_ok=True)
        self._files.pipe_file(f"{self._root}/{_OWNER}", installation.encode())

    def files(self) -> Iterator[BlobFile]:
        """Yield all stored files, folder by folder, with what killed writers left behind."""
        for number in range(256):
            folder = f"{self._root}/{number:02x}"
            try:
                with _os_errors():
                    infos = self._files.ls(folder, detail=True)
            except FileNotFoundError:
                continue
            for info in infos:
                name = info["name"].rpartition("/")[2]
                if _STORED.fullmatch(name):
                    yield BlobFile(name, int(info["size"]), self._modified(info["name"], info))

    def remove(self, name: str, unless_put_since: datetime) -> bool:
        """Delete what `files` listed under this name, unless it was put again since.

        Returns:
            False: it stays, or is not there.
        """
        if not _STORED.fullmatch(name):
            raise ValueError(f"{name!r} is not the name of a stored file")
        try:
            with _os_errors():
                return self._remove(f"{self._root}/{name[:2]}/{name}", unless_put_since)
        except FileNotFoundError:
            return False

    def _remove(self, path: str, unless_put_since: datetime) -> bool:
        if self._modified(path, self._files.info(path)) >= unless_put_since:
            return False
        if not self._renames:
            self._files.rm_file(path)
            return True
        # Out of reach before the last look, so that nobody can put it again between the look and the deletion.
        taken = self._part_of(path)
        os.rename(path, taken)
        if self._modified(taken, self._files.info(taken)) >= unless_put_since:
            os.rename(taken, path)
            return False
        os.unlink(taken)
        return True

    def _keep(self, path: str, size: int) -> bool:
        """Whether the blob is there, whole; then it is as if it were written now."""
        try:
            info = self._files.info(path)
            if info["size"] != size:
                return False
            if self._renames:
                os.utime(path)
                return True
        except FileNotFoundError:
            return False
        return datetime.now(UTC) - self._modified(path, info) < _FRESH

    def _modified(self, path: str, info: Mapping[str, Any]) -> datetime:
        """When a file was written, of whatever the kind of store calls it."""
        when: Any = info.get("LastModified") or info.get("mtime") or self._files.modified(path)
        if isinstance(when, int | float):
            return datetime.fromtimestamp(when, UTC)
        modified: datetime = when if isinstance(when, datetime) else self._files.modified(path)
        return modified if modified.tzinfo else modified.replace(tzinfo=UTC)

    def _write(self, path: str, data: bytes) -> None:
        self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
        if not self._renames:
            self._files.pipe_file(path, data)
            return
        part = self._part_of(path)
        try:
            self._files.pipe_file(part, data)
            self._files.mv(part, path)
        except BaseException:
            if self._files.exists(part):
                self._files.rm_file(part)
            raise

    def _part_of(self, path: str) -> str:
        return f"{path}.{uuid.uuid4().hex}{_PART}"

    def _path(self, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not a sha256")
        # 256 folders: some hundred files in each at a hundred thousand photos.
        return f"{self._root}/{name[:2]}/{name}"


@contextlib.contextmanager
def _os_errors() -> Iterator[None]:
    """Raise OSError in place of what clients of object stores raise; botocore's errors are of its own kind."""
    try:
        yield
    except (OSError, ValueError):  # ValueError: a name that is none, a fault of ours
        raise
    except Exception as error:
        raise OSError(errno.EIO, f"the blob store failed: {error}") from error


def _file_system(url: str) -> tuple[AbstractFileSystem, str]:
    if "://" not in url:  # fsspec would split a folder's name at "::"
        return LocalFileSystem(), Path(url).absolute().as_posix()
    try:
        # Without fsspec's own memory of listings: another process writes and deletes, too.
        files, root = url_to_fs(url, use_listings_cache=False)
        return files, str(root)
    except (ImportError, ValueError) as error:
        raise RuntimeError(f"OMOKAGE_BLOBS: {error}") from error
