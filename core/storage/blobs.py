"""Files by the sha256 of their content, in a folder, on S3, or in memory."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import logging
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

from fsspec import AbstractFileSystem
from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from core.domain.errors import ErrorCode, OmokageError
from core.storage.disk import disk_full_said

_log = logging.getLogger(__name__)
_NAME = re.compile(r"[0-9a-f]{64}")


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
        """Store; the sha256 as 64 hex digits is the name. What is there already is left as it is.

        Raises:
            OmokageError: DISK_FULL.
        """
        name = hashlib.sha256(data).hexdigest()
        with disk_full_said(), _os_errors():
            if not self._is_whole(name, len(data)):
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

    def delete(self, name: str) -> None:
        """Remove it; whether anybody still needs it, the caller knows."""
        with contextlib.suppress(FileNotFoundError), _os_errors():
            self._files.rm_file(self._path(name))

    def _is_whole(self, name: str, size: int) -> bool:
        try:
            return bool(self._files.size(self._path(name)) == size)
        except FileNotFoundError:
            return False

    def _write(self, path: str, data: bytes) -> None:
        self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
        if not self._renames:
            self._files.pipe_file(path, data)
            return
        part = f"{path}.{uuid.uuid4().hex}.part"
        try:
            self._files.pipe_file(part, data)
            self._files.mv(part, path)
        except BaseException:
            if self._files.exists(part):
                self._files.rm_file(part)
            raise

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
        files, root = url_to_fs(url)
        return files, str(root)
    except (ImportError, ValueError) as error:
        raise RuntimeError(f"OMOKAGE_BLOBS: {error}") from error
