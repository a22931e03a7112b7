"""The cache of what is made of a data set: memory-mapped files, each written whole or not at all, anew if damaged."""

from __future__ import annotations

import contextlib
import errno
import os
import time
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from core.storage.disk import disk_full_said

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Shape = tuple[int, ...]

# 100,000 pictures of 96 pixels are 2.8 GB: the present data set, and those of the last trainings as far as they fit.
MAX_BYTES = 8 * 1024**3
_PART = ".part"
_ABANDONED_S = 24 * 3600.0  # without a byte written: the largest file takes minutes


def memory_map(
    path: Path, shape: Shape, rows: Iterable[NDArray[Any]], dtype: type[np.generic] = np.uint8
) -> NDArray[Any]:
    """Return the file's array, read-only; write it from `rows` where it is missing or damaged.

    Two processes that want the same file do not both make it; what a killed one left half done is not used.

    Args:
        path: in a folder of its own, of which the files that were not used for longest are deleted when it grows.
        shape: (N, ...), such as (N, H, W, 3) of pictures.
        rows: N of the rest of the shape; only iterated over if the file has to be made.
        dtype: of the rows.

    Raises:
        OmokageError: DISK_FULL; whatever `rows` raises.
        ValueError: other rows than `shape` and `dtype` say.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _file_lock(path):
        cached = _open_whole(path, shape, dtype)
        if cached is None:
            _make(path, shape, rows, dtype)
            _make_room(path)
            cached = _open_whole(path, shape, dtype)
    if cached is None:
        raise OSError(errno.EIO, f"{path} is not what was written to it")
    return cached


def _open_whole(path: Path, shape: Shape, dtype: type[np.generic]) -> NDArray[Any] | None:
    try:
        cached = np.load(path, mmap_mode="r", allow_pickle=False)
        whole = isinstance(cached, np.memmap) and path.stat().st_size == cached.offset + cached.nbytes
    except (OSError, ValueError, EOFError):  # missing, cut off, or no such file
        return None
    if not whole or cached.shape != shape or cached.dtype != dtype:
        return None
    os.utime(path)  # it was used
    whole_array: NDArray[Any] = cached
    return whole_array


def _make(path: Path, shape: Shape, rows: Iterable[NDArray[Any]], dtype: type[np.generic]) -> None:
    _remove_parts(path)
    part = path.with_name(f"{path.name}.{uuid.uuid4().hex}{_PART}")
    try:
        with disk_full_said(), part.open("wb") as file:
            _write(file, shape, rows, dtype)
            file.flush()
            os.fsync(file.fileno())  # or a power cut could leave a file of the right size, full of zeros
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _write(file: IO[bytes], shape: Shape, rows: Iterable[NDArray[Any]], dtype: type[np.generic]) -> None:
    # Not through a memory map: there, a full disk kills the process.
    header = {"descr": np.lib.format.dtype_to_descr(np.dtype(dtype)), "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)
    count = 0
    for row in rows:
        if row.shape != shape[1:] or row.dtype != dtype:
            raise ValueError(f"a row is {row.shape} {row.dtype}, not {shape[1:]} {np.dtype(dtype)}")
        file.write(np.ascontiguousarray(row).data)
        count += 1
    if count != shape[0]:
        raise ValueError(f"{count} rows came, not {shape[0]}")


def _remove_parts(path: Path) -> None:
    """Delete what killed processes left half made: of this file at once, since its lock is held; of others in time."""
    for part in path.parent.glob(f"*{_PART}"):
        with contextlib.suppress(FileNotFoundError):
            if part.name.startswith(f"{path.name}.") or time.time() - part.stat().st_mtime > _ABANDONED_S:
                part.unlink()


def _make_room(kept: Path) -> None:
    """Delete what was not used for longest; a file that a process has mapped stays until it is unmapped."""
    files = sorted(kept.parent.glob("*.npy"), key=lambda file: file.stat().st_mtime, reverse=True)
    room = MAX_BYTES
    for file in files:
        room -= file.stat().st_size
        if room < 0 and file != kept:
            file.unlink(missing_ok=True)


@contextlib.contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    """Keep other processes of this host from making the same file; the kernel gives the lock back."""
    try:
        import fcntl  # not on Windows, where both make it and the later one stays
    except ImportError:
        yield
        return
    fd = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)
