"""A disk without room, for real: a small file system in memory, where one may be mounted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from cli.up.backoff import MAX_FAST_CRASHES
from core.domain.errors import ErrorCode, OmokageError
from core.storage.blobs import Blobs
from core.storage.database import Database
from sandbox.clock import SystemClock
from sandbox.types import Upload
from sandbox.world.attachments import Attachments
from sandbox.world.snowflakes import Snowflakes
from sandbox.world.store import Store
from tests.integration.cli.test_supervisor import Up, up
from tests.integration.worker.processes import wait_until

SIZE = 1 << 20


class SmallDisk:
    """A megabyte."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Leave not a byte."""
        with self._filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(1024))
            except OSError:
                pass
        assert os.statvfs(self.folder).f_bavail == 0

    def empty(self) -> None:
        """Make room again."""
        self._filler.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a file system may not be mounted here")
    yield SmallDisk(folder)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def disk_full():
    return pytest.raises(OmokageError, match=f"^{ErrorCode.DISK_FULL.value}$")


def test_the_database_says_that_the_disk_is_full_and_works_when_there_is_room(disk: SmallDisk) -> None:
    database = Database(f"sqlite:///{disk.folder}/omokage.db")
    with database.write() as connection:
        connection.execute(text("CREATE TABLE things (content TEXT)"))
    disk.fill()
    insert = text("INSERT INTO things VALUES (:content)"), {"content": "x" * 100_000}
    with disk_full(), database.write() as connection:
        connection.execute(*insert)
    disk.empty()
    with database.write() as connection:
        connection.execute(*insert)
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM things")).scalar() == 1
    database.close()


def test_a_picture_that_does_not_fit_leaves_nothing_behind(disk: SmallDisk) -> None:
    blobs = Blobs(str(disk.folder / "blobs"))
    kept = blobs.put(b"small")
    disk.fill()
    with disk_full():
        blobs.put(bytes(100_000))
    assert [file.name for file in (disk.folder / "blobs").rglob("*") if file.is_file()] == [kept]
    disk.empty()
    assert blobs.get(blobs.put(bytes(100_000))) == bytes(100_000)


def test_the_sandbox_keeps_what_was_posted_and_writes_it_when_there_is_room(disk: SmallDisk) -> None:
    # Given a sandbox that has kept a message
    store = Store(disk.folder / "sandbox")
    files = Attachments(disk.folder / "sandbox", Snowflakes(SystemClock()))
    store.put("message", "1", {"content": "before"})
    # When messages come and go, and a picture, while the disk is full
    disk.fill()
    store.put("message", "2", {"content": "x" * 100_000})
    store.put("message", "3", {"content": "y" * 100_000})
    store.delete("message", "1")
    attachment = files.add("7", Upload("photo.png", bytes(100_000)))
    assert files.read("7", attachment["id"], "photo.png") == bytes(100_000)
    # And there is room again
    disk.empty()
    store.put("message", "4", {"content": "after"})
    store.close()
    # Then a sandbox that is started anew has all of it
    again = Store(disk.folder / "sandbox")
    assert [key for key, _ in again.all("message")] == ["2", "3", "4"]
    again.close()


def test_up_outlives_a_full_disk_says_so_once_and_goes_on(disk: SmallDisk) -> None:
    # Given a part that is well, and one that gives no sign of life
    with up(disk.folder, "quiet", "hanging", output=disk.folder.parent / "out.txt") as running:
        running.says("all ready")
        disk.fill()
        running.says("cannot be written to")
        # When the first is killed more often than a part that dies by itself may die
        hung = running.said.count("hanging gave no sign of life")
        for _ in range(MAX_FAST_CRASHES + 1):
            kill_and_see_it_again(running, "quiet")
        # Then it is there each time, what cannot be written is said once, and silence is no reason to kill
        assert running.said.count("cannot be written to") == 1
        assert running.said.count("hanging gave no sign of life") <= hung + 1  # of before the disk was full
        # And when there is room again, all is as it was
        disk.empty()
        running.says("can be written to again")
        kill_and_see_it_again(running, "quiet")
        running.says("quiet was killed by SIGKILL; it is started again")
        wait_until(lambda: running.pids()["quiet"] == running.pid_of("quiet"), what="the process ids in the file")
        assert running.process.poll() is None


def kill_and_see_it_again(running: Up, name: str) -> None:
    before = running.pid_of(name)
    assert before is not None
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: running.pid_of(name) not in {None, before}, what=f"another {name}")
