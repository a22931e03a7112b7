"""Temporary folders inside the data folder, which the next process removes where their owner was killed.

`/tmp` belongs to everybody, so nobody may sweep it: what a killed worker leaves there stays until the host is started
again. Each folder here has a lock file beside it. The kernel gives the lock back when the process ends, however it
ends, and processes that it has forked; so a lock that can be had says that a folder is nobody's any more, also where
containers number their processes alike.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_log = logging.getLogger(__name__)
_SUFFIX = ".lock"
_ALL = "folders"  # the lock under which folders are made and swept, so that none is swept before it is locked


def scratch_root(data: Path) -> Path:
    """Return the folder of all temporary folders."""
    return data / "run" / "tmp"


@contextmanager
def scratch_folder(data: Path, name: str) -> Iterator[Path]:
    """Make an empty folder that is gone afterwards, and remove those of processes that were killed.

    Args:
        data: the data folder, which need not exist.
        name: what the folder's name begins with.

    Raises:
        OSError: it cannot be made.
    """
    root = scratch_root(data)
    root.mkdir(parents=True, exist_ok=True)
    with _locked(root / f"{_ALL}{_SUFFIX}", wait=True):
        sweep(root)
        folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=root))
        lock = _take(_lock_of(folder), wait=False)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        _lock_of(folder).unlink(missing_ok=True)
        if lock is not None:
            os.close(lock)


@contextmanager
def own_temporary_folder(data: Path, name: str) -> Iterator[None]:
    """Let this process, and what it starts, put its temporary files into a folder of `scratch_folder`.

    Where there is none to be had, as on a full disk, they go where they would have gone.
    """
    with contextlib.ExitStack() as stack:
        try:
            folder = stack.enter_context(scratch_folder(data, name))
        except OSError as error:
            _log.warning("temporary files go to %s: %s", tempfile.gettempdir(), error)
        else:
            os.environ["TMPDIR"], tempfile.tempdir = str(folder), None
        yield


def sweep(root: Path) -> None:
    """Remove the folders whose owner is gone; who calls holds the lock of all folders, if there are locks here."""
    for path in root.glob(f"*{_SUFFIX}"):
        folder = path.with_suffix("")
        if path.stem == _ALL:
            continue
        with _locked(path, wait=False) as is_locked:
            if is_locked:
                shutil.rmtree(folder, ignore_errors=True)
                path.unlink(missing_ok=True)


def _lock_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}{_SUFFIX}")


@contextmanager
def _locked(path: Path, *, wait: bool) -> Iterator[bool]:
    lock = _take(path, wait=wait)
    try:
        yield lock is not None
    finally:
        if lock is not None:
            os.close(lock)


def _take(path: Path, *, wait: bool) -> int | None:
    """Lock a file; None: somebody else has it, or this system (Windows) or file system (some of NFS) has no locks."""
    try:
        import fcntl  # not on Windows
    except ImportError:
        return None
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
