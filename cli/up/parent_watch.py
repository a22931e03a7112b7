"""Ends a part of `omokage up` when `up` itself is gone, however it died."""

from __future__ import annotations

import os
import signal
import threading
import time

VARIABLE = "OMOKAGE_LEASH"
_GRACE_S = 10.0


def hold() -> None:
    """Watch the pipe that `up` holds the other end of; without one, do nothing."""
    fd = os.environ.pop(VARIABLE, None)
    if fd is not None:
        threading.Thread(target=_watch, args=(int(fd),), name="leash", daemon=True).start()


def _watch(fd: int) -> None:
    try:
        while os.read(fd, 1):
            pass  # nobody writes
    except OSError:
        return  # closed in this process, which is ending
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_S)
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)
