"""Ends a process of `omokage up` when `up` itself has died, however that happened."""

from __future__ import annotations

import os
import signal
import threading
import time

VARIABLE = "OMOKAGE_PARENT_PIPE"
_GRACE_S = 10.0


def end_with_parent() -> None:
    """Watch, in a thread, the pipe whose other end `up` holds open; without the variable, do nothing."""
    fd = os.environ.pop(VARIABLE, None)
    if fd is not None:
        threading.Thread(target=_watch, args=(int(fd),), name="parent-watch", daemon=True).start()


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
