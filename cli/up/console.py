"""The console of `omokage up`: its own messages, and the warnings that its processes log."""

from __future__ import annotations

import contextlib
import re
import sys
import time
from pathlib import Path

from cli.output.escaping import escape_lines

# How a record begins with core.logs.LOG_FORMAT, and as JSON.
_LEVEL = re.compile(r"^(?:\S+ \S+ |\{\"time\": \"[^\"]*\", \"level\": \")(DEBUG|INFO|WARNING|ERROR|CRITICAL)\b")
_SHOWN = frozenset({"WARNING", "ERROR", "CRITICAL"})
_MAX_BYTES = 10_000_000  # bytes of a log; then it begins anew and the old one is kept beside it


def print_line(text: str) -> None:
    """One line of `up` itself; the terminal may be gone."""
    with contextlib.suppress(OSError):
        sys.stdout.write(escape_lines(text) + "\n")
        sys.stdout.flush()


class LogFilter:
    """Chooses the lines that people should see: warnings and worse, with the tracebacks that follow them."""

    def __init__(self, everything: bool) -> None:
        self._everything = everything
        self._showing = False

    def shows(self, line: str) -> bool:
        """Whether to show the next line."""
        level = _LEVEL.match(line)
        if level is not None:
            self._showing = level[1] in _SHOWN
        return self._everything or self._showing


class LogFile:
    """One part's log file. The part writes into it itself, so a terminal that is stopped stops nobody."""

    def __init__(self, folder: Path, name: str, everything: bool) -> None:
        self.name = name
        self.file = folder / f"{name}.log"
        self._filter = LogFilter(everything)
        self._offset = self.file.stat().st_size if self.file.exists() else 0
        self._start = self._offset

    def mark_start(self) -> None:
        """The part starts: its last words are looked for from here on."""
        self._start = self.file.stat().st_size if self.file.exists() else 0

    def print_new(self) -> None:
        """Show what was written since the last time."""
        if not self.file.exists():
            return
        with self.file.open("rb") as file:
            file.seek(self._offset)
            new = file.read()
        whole = new[: new.rfind(b"\n") + 1]
        self._offset += len(whole)
        for line in whole.decode("utf-8", "replace").splitlines():
            if self._filter.shows(line):
                print_line(f"{self.name} | {line}")
        if self._offset > _MAX_BYTES:
            self._rotate()

    def tail(self, lines: int = 15) -> str:
        """The end of what this run of the part has written."""
        with self.file.open("rb") as file:
            file.seek(self._start)
            text = file.read().decode("utf-8", "replace")
        return "\n".join(f"  {line}" for line in text.splitlines()[-lines:])

    def _rotate(self) -> None:
        # The part has the file open for appending, so it goes on at the new beginning.
        old = self.file.with_suffix(".log.1")
        try:
            old.write_bytes(self.file.read_bytes())
        except OSError:  # on a full disk room is worth more than the old log
            old.unlink(missing_ok=True)
        with self.file.open("r+b") as file:
            file.truncate(0)
        self._offset = self._start = 0


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __str__(self) -> str:
        return f"{time.monotonic() - self._began:.1f} s"
