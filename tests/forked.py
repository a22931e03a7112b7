"""Processes that tests kill, forked from a server that has imported what they run.

A new interpreter takes a second of a core for its imports, a fork takes milliseconds; from there on it is a process as
any other. Each process of pytest has a server of its own, from the first start on.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Mapping
from multiprocessing import get_context
from pathlib import Path

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [
        "tests.integration.bot.process",
        "tests.integration.core.jobs.worker_process",
        "tests.integration.worker.fake_worker",
    ]
)


class Forked:
    """A process that leads a session of its own and calls `target(*args)`; as much of subprocess.Popen as is needed.

    Args:
        target: of a module above, so that it can be imported there.
        args: are pickled.
        environ: what the process has beside this one's variables.
        log: a file to which its output and its errors are appended.
    """

    def __init__(
        self,
        target: Callable[..., object],
        *args: object,
        environ: Mapping[str, str] | None = None,
        log: Path | None = None,
    ) -> None:
        variables = {**os.environ, **(environ or {})}
        self._process = _CONTEXT.Process(target=_run, args=(target, args, variables, log))
        self._process.start()

    @property
    def pid(self) -> int:
        """The process's id, which is its group's, too."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """As `poll`, whose name says that it looks."""
        return self.poll()

    def poll(self) -> int | None:
        """The exit status, negative for a signal; None: it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """The exit status, at its end.

        Raises:
            TimeoutError: it runs on.
        """
        self._process.join(timeout)
        status = self.poll()
        if status is None:
            raise TimeoutError(f"process {self.pid} runs on after {timeout} s")
        return status

    def send_signal(self, number: int) -> None:
        """Send it, unless the process has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Send SIGKILL."""
        self.send_signal(signal.SIGKILL)


def _run(target: Callable[..., object], args: tuple[object, ...], environ: Mapping[str, str], log: Path | None) -> None:
    os.setsid()
    os.environ.clear()
    os.environ.update(environ)
    if log is not None:
        file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(file, 1)
        os.dup2(file, 2)
        os.close(file)
    sys.exit(target(*args))
