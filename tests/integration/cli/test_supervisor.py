"""Parts that die, hang or will not stop."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from cli.up import pid_file
from cli.up.pid_file import end_leftovers
from tests.integration.worker.processes import ROOT, wait_until


class Up:
    """A process of small_up.py."""

    def __init__(self, folder: Path, *parts: str, output: Path | None = None) -> None:
        self.folder = folder
        self._out = output or folder / "out.txt"
        command = [sys.executable, "-m", "tests.integration.cli.small_up", str(folder), *parts]
        with self._out.open("wb") as out:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out)

    @property
    def said(self) -> str:
        return self._out.read_text()

    def says(self, text: str, times: int = 1) -> None:
        wait_until(lambda: self.said.count(text) >= times, what=f"{text!r} in {self.said!r}")

    def pids(self) -> dict[str, int]:
        return json.loads((self.folder / "processes.json").read_text())["processes"]

    def pid_of(self, part: str) -> int | None:
        """The part's process, once it runs its own program."""
        commands = {process.pid: _command(process) for process in self.tree()}
        return next((pid for pid, command in commands.items() if "-c" in command and command[-1] == part), None)

    def tree(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


@contextlib.contextmanager
def up(folder: Path, *parts: str, output: Path | None = None) -> Iterator[Up]:
    started = Up(folder, *parts, output=output)
    try:
        yield started
    finally:
        left = started.tree() if started.process.poll() is None else []
        for process in (started.process, *left):
            with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
                process.kill()
        started.process.wait()


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:  # it ends just now
        return []


def all_gone(processes: list[psutil.Process]) -> None:
    def gone() -> bool:
        return not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes)

    wait_until(gone, what="the end of all processes")


def test_a_stop_ends_everything_in_order(tmp_path: Path):
    with up(tmp_path, "base", "steady", "late") as running:
        running.says("all ready")
        tree = running.tree()
        assert len(tree) == 3
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(10) == 0
        all_gone(tree)
        assert "killed" not in running.said
        assert not (tmp_path / "processes.json").exists()


def test_a_part_waits_for_what_it_needs(tmp_path: Path):
    with up(tmp_path, "late", "base") as running:
        running.says("all ready")
        assert running.said.index("base         ready") < running.said.index("late         ready")


def test_a_part_that_dies_is_started_again(tmp_path: Path):
    with up(tmp_path, "steady") as running:
        running.says("all ready")
        for death in (1, 2):
            psutil.Process(running.pids()["steady"]).kill()
            running.says("ready after", times=death + 1)
        assert running.said.count("steady was killed by SIGKILL; it is started again in") == 2


def test_five_fast_deaths_end_it_all_with_the_reason(tmp_path: Path):
    with up(tmp_path, "steady", "dying") as running:
        wait_until((tmp_path / "processes.json").exists)
        tree = running.tree()
        assert running.process.wait(20) == 1
        assert "dying died 5 times in a row" in running.said
        assert "  no weights" in running.said
        assert "all ready" not in running.said
        all_gone(tree)


def test_a_part_that_will_not_stop_is_killed_with_all_that_it_started(tmp_path: Path):
    with up(tmp_path, "stubborn", "parent") as running:
        running.says("stubborn | here")
        running.says("parent | here")
        tree = running.tree()
        assert len(tree) == 3
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(10) == 0
        assert "stubborn did not stop within 0.5 s and was killed." in running.said
        all_gone(tree)


def test_a_part_that_gives_no_sign_of_life_is_started_again(tmp_path: Path):
    with up(tmp_path, "hanging") as running:
        running.says("hanging gave no sign of life and was killed; it is started again")
        running.says("ready after", times=2)


def test_a_part_that_runs_once_may_end(tmp_path: Path):
    with up(tmp_path, "once", "steady") as running:
        running.says("once | here")
        psutil.Process(running.pids()["once"]).kill()
        running.says("once failed; see ")
        time.sleep(0.2)
        assert running.process.poll() is None
        assert running.said.count("once | here") == 1


def test_parts_end_when_up_is_killed(tmp_path: Path):
    with up(tmp_path, "leashed") as running:
        running.says("leashed | here")
        tree = running.tree()
        running.process.kill()
        all_gone(tree)


def test_parts_that_outlive_a_killed_up_are_ended_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pid_file, "_GRACE_S", 0.5)
    with up(tmp_path, "steady", "stubborn") as running:
        running.says("stubborn | here")
        running.says("all ready")
        tree = running.tree()
        running.process.kill()
        running.process.wait()
        assert all(one.is_running() for one in tree)
        assert end_leftovers(tmp_path / "processes.json") == ["steady", "stubborn"]
        all_gone(tree)
