"""Whether the data folder's disk has room; `omokage up` outlives a full one."""

from __future__ import annotations

import tempfile
from pathlib import Path

from cli.up.console import print_line

_PROBE_BYTES = 64 * 1024  # more than any of the small files that parts write to say that they are well


class DiskSpace:
    """Says once that there is no room, and once that there is again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._full = False

    def check(self) -> bool:
        """Write a temporary file: only that finds quotas and read-only disks, too. False: it cannot be written."""
        try:
            with tempfile.TemporaryFile(dir=self._folder) as file:
                file.write(bytes(_PROBE_BYTES))
                file.flush()
        except OSError as error:
            if not self._full:
                print_line(f"{self._folder} cannot be written to ({error.strerror}). Everything goes on when it can.")
            self._full = True
            return False
        if self._full:
            print_line(f"{self._folder} can be written to again.")
        self._full = False
        return True
