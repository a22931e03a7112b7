"""`omokage up` with all its real parts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from cli.up.services import free_port
from tests.integration.cli.test_supervisor import all_gone
from tests.integration.worker.processes import wait_until
from tests.web_chat_pictures import leave_undrawn

pytestmark = pytest.mark.slow

READY_WITHIN_S = 90  # TensorFlow from a cold disk, beside other work


class Up:
    """A process of `omokage up`."""

    def __init__(self, data: Path, port: int, *options: str) -> None:
        data.mkdir(exist_ok=True)
        self.data, self.url = data, f"http://127.0.0.1:{port}"
        self._out = data / "out.txt"
        with self._out.open("wb") as out:
            self.process = subprocess.Popen(
                omokage("up", "--data", str(data), "--port", str(port), *options),
                env=environment(), stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip

    @property
    def said(self) -> str:
        return self._out.read_text()

    def says(self, text: str, times: int = 1) -> None:
        def said() -> bool:
            assert self.process.poll() is None or text in self.said, self.said
            return self.said.count(text) >= times

        wait_until(said, READY_WITHIN_S, f"{text!r} in {self.said!r}")

    def part(self, name: str) -> psutil.Process:
        return psutil.Process(json.loads((self.data / "run" / "processes.json").read_text())["processes"][name])

    def tree(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self) -> None:
        if self.process.poll() is None:
            left = self.tree()
            for process in (psutil.Process(self.process.pid), *left):
                process.kill()
        self.process.wait()


def omokage(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "cli.main", *arguments]


def environment() -> dict[str, str]:
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("OMOKAGE_", "DISCORD_"))}
    return mine | {"OMP_NUM_THREADS": "2"}


def omokage_says(data: Path, *arguments: str) -> tuple[int, str]:
    variables = environment() | {"OMOKAGE_DATA": str(data)}
    done = subprocess.run(omokage(*arguments), env=variables, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """One for the whole file, since a start takes seconds; the tests leave it running, and the last one stops it."""
    data = tmp_path_factory.mktemp("up")
    leave_undrawn(data)
    started = Up(data, free_port(0))
    started.says("Omokage is ready after")
    yield started
    started.end()


def test_it_prints_one_url_where_the_web_chat_is(running: Up):
    assert running.said.count("http") == 1
    assert f": {running.url}\n" in running.said
    with urllib.request.urlopen(running.url, timeout=5) as page:  # noqa: S310
        assert page.status == 200


def test_a_second_one_on_the_same_folder_says_so(running: Up):
    status, said = omokage_says(running.data, "up")
    assert status == 1
    assert f"process {running.process.pid}" in said
    assert running.url in said


def test_a_port_that_is_taken_is_no_obstacle(running: Up, tmp_path: Path):
    port = int(running.url.rpartition(":")[2])
    other = Up(tmp_path / "other", port, "--no-gpu-worker")
    try:
        other.says(f"Port {port} is taken, so the web chat is at port")
    finally:
        other.process.send_signal(signal.SIGTERM)
        other.process.wait(20)
        other.end()


def test_its_parts_are_well(running: Up):
    for part in ("bot", "worker"):
        assert omokage_says(running.data, "health", part) == (0, f"The {part} is well.\n")


@pytest.mark.parametrize("name", ["bot", "gpu-worker", "sandbox", "valkey"])
def test_a_killed_part_comes_back(running: Up, name: str):
    ready = running.said.count(f"{name:<12} ready")
    running.part(name).kill()
    running.says(f"{name:<12} ready", times=ready + 1)
    running.says(f"{name} was killed by SIGKILL; it is started again")


def test_it_stops_in_a_few_seconds_and_leaves_nothing(running: Up):
    tree = running.tree()
    assert len(tree) >= 6
    asked = time.monotonic()
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(30) == 0
    assert time.monotonic() - asked < 15
    assert running.said.endswith("Stopped.\n")
    all_gone(tree)
    assert not list((running.data / "run").glob("*.sock"))


def test_when_it_is_killed_its_parts_end_and_the_next_one_starts(tmp_path: Path):
    first = Up(tmp_path / "data", free_port(0), "--no-gpu-worker")
    try:
        first.says("bot          ready")
        tree = first.tree()
        assert len(tree) >= 4
        first.process.kill()
        all_gone(tree)
    finally:
        first.end()
    second = Up(tmp_path / "data", free_port(0), "--no-gpu-worker")
    try:
        second.says("sandbox      ready")
    finally:
        second.process.send_signal(signal.SIGTERM)
        second.process.wait(20)
        second.end()
