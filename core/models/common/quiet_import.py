"""Keeps TensorFlow's greetings off the terminal: lines that it writes while it is imported, whatever the log level.

TensorFlow logs them before it has set up its logging, straight to descriptor 2. So the descriptor is a pipe for as long
as the import lasts, and a small process at its other end passes on everything that is no greeting. It is a process and
no thread because TensorFlow aborts where a processor lacks AVX: its last words must be read by somebody who lives on.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

_TENSORFLOW = "tensorflow"
# That oneDNN or AVX is used, and that parts of CUDA register twice (TensorFlow 2.20 and 2.21).
_GREETINGS = (
    r"All log messages before absl::InitializeLog\(\) is called are written to STDERR"
    r"|oneDNN custom operations are on"
    r"|This TensorFlow binary is optimized"
    r"|To enable the following instructions:"
    r"|Unable to register cu(?:DNN|BLAS|FFT) factory"
    r"|computation placer already registered"
    r"|Could not find cuda drivers"
)
_FILTER = """
import re, sys
greeting = re.compile(sys.argv[1].encode())
for line in iter(sys.stdin.buffer.readline, b""):
    if not greeting.search(line):
        sys.stderr.buffer.write(line)
        sys.stderr.buffer.flush()
"""
_DRAIN_S = 5.0  # for the last lines; a child that was started meanwhile and lives on keeps the pipe open


def quiet_tensorflow() -> None:
    """Install a finder that lets the first import of TensorFlow, wherever it is, be without greetings."""
    known = any(isinstance(finder, _Finder) for finder in sys.meta_path)
    if _TENSORFLOW not in sys.modules and not known:
        sys.meta_path.insert(0, _Finder())


@contextmanager
def without_greetings() -> Iterator[None]:
    """Pass on everything that is written to descriptor 2 but greetings; all of it has arrived at the end."""
    try:
        terminal = os.dup(2)
        process = _start_filter(terminal)
    except OSError:  # descriptor 2 is closed, or the host has no process left: greetings are the smaller evil
        yield
        return
    _flush()
    os.dup2(process.stdin.fileno(), 2)  # type: ignore[union-attr]  # a pipe was asked for
    process.stdin.close()  # type: ignore[union-attr]
    try:
        yield
    finally:
        _flush()
        os.dup2(terminal, 2)
        os.close(terminal)
        _drain(process)


def _start_filter(terminal: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-I", "-S", "-c", _FILTER, _GREETINGS]
    # A session of its own: Ctrl-C is for the command; the filter ends with the pipe.
    return subprocess.Popen(command, stdin=subprocess.PIPE, stderr=terminal, start_new_session=True)  # noqa: S603 - ours


def _flush() -> None:
    if sys.stderr is not None:
        sys.stderr.flush()


def _drain(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_DRAIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class _Finder(MetaPathFinder):
    """Finds TensorFlow as Python does, once, and has it loaded quietly."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != _TENSORFLOW:
            return None
        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Quiet(spec.loader)
        return spec


class _Quiet(Loader):
    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        # TensorFlow asks its loader for more than loading: from here on it is Python's own.
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        with without_greetings():
            self._loader.exec_module(module)
