"""Writing files whole or not at all, and the error for a full disk."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from core.domain.errors import ErrorCode, OmokageError

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})  # the disk's end, or that of what one user may have of it


@contextmanager
def disk_full_said() -> Iterator[None]:
    """Turn the system's error into ours.

    Raises:
        OmokageError: DISK_FULL.
    """
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise OmokageError(ErrorCode.DISK_FULL) from error
        raise


def write_whole(contents: Mapping[Path, bytes]) -> None:
    """Write files so that nobody ever finds half of one: each beside its place first, then all take their names.

    What is a link stays one: the file that it leads to is replaced, and keeps its permissions.

    Raises:
        OSError: one cannot be written; then as a rule none was, and what was written beside is gone.
    """
    parts: dict[Path, Path] = {}
    try:
        for path, data in contents.items():
            target = path.resolve()
            parts[target] = part = target.parent / f".omokage-{uuid.uuid4().hex}.part"
            _write(part, data)
            if target.exists():
                shutil.copymode(target, part)
        for target, part in parts.items():
            part.replace(target)
    finally:
        for part in parts.values():
            with contextlib.suppress(OSError):  # renamed, mostly
                part.unlink()


def _write(part: Path, data: bytes) -> None:
    with part.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())  # some disks say only now that they are full
