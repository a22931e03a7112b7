"""A full disk, in our words."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

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
