"""One `omokage up` a data folder."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.exits import Fault


class Lock:
    """Held until this process ends; the kernel gives it back, however it ends."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def publish(self, **what: object) -> None:
        """Tell whoever comes second, e.g. the URL."""
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, json.dumps({"pid": os.getpid(), **what}).encode(), 0)


@contextmanager
def locked(data: Path) -> Iterator[Lock]:
    """Have the data folder for this process alone.

    Raises:
        Fault: it cannot be written to, or another `up` has it; with that one's URL.
    """
    try:
        import fcntl  # not on Windows
    except ImportError as error:
        raise Fault("`omokage up` needs Linux or macOS; on Windows, use WSL or Docker.") from error
    file = data / "run" / "up.lock"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fd = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Fault(f"The data folder {data} cannot be written to: {error.strerror}.") from error
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Fault(_taken(data, file)) from error
        yield Lock(fd)
        os.ftruncate(fd, 0)
    finally:
        os.close(fd)


def _taken(data: Path, file: Path) -> str:
    try:
        payload = json.loads(file.read_text("utf-8"))
        process, url = payload.get("pid"), payload.get("url")
    except (OSError, ValueError, AttributeError):
        process = url = None
    where = f"; it is at {url}" if url else ""
    who = f" (process {process})" if process else ""
    return f"Omokage is already running on {data}{who}{where}. For a second one, choose another folder with --data."
