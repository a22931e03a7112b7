"""One `up` a data folder; and what a killed one leaves behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.exits import Fault
from cli.up.lock import locked
from cli.up.pid_file import TOKEN, PidFile, end_leftovers

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]


def test_a_second_one_is_told_where_the_first_is(tmp_path: Path):
    with locked(tmp_path) as lock:
        lock.publish(url="http://127.0.0.1:8765")
        with pytest.raises(Fault, match=rf"process {os.getpid()}.*http://127.0.0.1:8765"), locked(tmp_path):
            pass


def test_the_next_one_has_the_folder_for_itself(tmp_path: Path):
    for _ in range(2):
        with locked(tmp_path):
            pass


def test_two_folders_do_not_disturb_each_other(tmp_path: Path):
    with locked(tmp_path / "one"), locked(tmp_path / "two"):
        pass


def test_a_folder_that_cannot_be_written_to_is_a_sentence():
    with pytest.raises(Fault, match="cannot be written to"), locked(Path("/proc/nowhere")):
        pass


def sleeper(token: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        SLEEPER, env={**os.environ, TOKEN: token}, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    return process


def test_what_a_killed_one_left_is_ended(tmp_path: Path):
    pid_file = PidFile(tmp_path / "processes.json")
    left = sleeper(pid_file.token)
    pid_file.add("bot", left.pid)
    assert end_leftovers(tmp_path / "processes.json") == ["bot"]
    assert left.wait(5) != 0
    assert not (tmp_path / "processes.json").exists()


def test_a_stranger_with_the_same_process_id_is_left_alone(tmp_path: Path):
    pid_file = PidFile(tmp_path / "processes.json")
    stranger = sleeper("another's")
    pid_file.add("bot", stranger.pid)
    assert end_leftovers(tmp_path / "processes.json") == []
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


@pytest.mark.parametrize("content", ["", "[]", '{"token": 1}', json.dumps({"token": "x", "processes": {"a": "b"}})])
def test_a_record_that_cannot_be_read_ends_nobody(content: str, tmp_path: Path):
    file = tmp_path / "processes.json"
    file.write_text(content)
    assert end_leftovers(file) == []
