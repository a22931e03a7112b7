from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.storage.scratch import own_temporary_folder, scratch_folder, scratch_root

ROOT = Path(__file__).resolve().parents[4]
# Works in a folder until it is killed; its forked child stays a moment longer, as a pool process may.
WORKER = """
import os, sys, time
from pathlib import Path
from core.storage.scratch import scratch_folder
with scratch_folder(Path(sys.argv[1]), "worker") as folder:
    (folder / "__autograph_generated_file1.py").touch()
    (folder / "pymp-1").mkdir()
    print(folder, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", WORKER, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", tempfile.gettempdir())
    monkeypatch.setattr(tempfile, "tempdir", None)


def test_what_a_killed_process_left_is_gone_with_the_next_start(tmp_path: Path, worker: subprocess.Popen[str]) -> None:
    assert worker.stdout is not None
    left = Path(worker.stdout.readline().strip())
    # While it lives, its folder stays, whoever else starts
    with scratch_folder(tmp_path, "worker") as mine:
        assert mine != left
        assert len(list(left.iterdir())) == 2
    assert left.is_dir()
    # Once it is killed, the next one to start removes it
    worker.kill()
    worker.wait()
    with scratch_folder(tmp_path, "import") as mine:
        assert not left.exists()
        assert mine.is_dir()
    assert [path.name for path in scratch_root(tmp_path).iterdir()] == ["folders.lock"]


def test_nothing_but_folders_of_its_own_is_removed(tmp_path: Path) -> None:
    other = scratch_root(tmp_path) / "somebody-elses"
    other.mkdir(parents=True)
    with scratch_folder(tmp_path, "worker"):
        pass
    assert other.is_dir()


def break_off(data: Path) -> None:
    with scratch_folder(data, "import") as folder:
        (folder / "half").write_bytes(b"x")
        raise RuntimeError


def test_a_folder_is_gone_after_a_failure_too(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        break_off(tmp_path)
    assert not list(scratch_root(tmp_path).glob("import-*"))


@pytest.mark.usefixtures("temporary")
def test_temporary_files_of_a_process_and_its_children_go_there(tmp_path: Path) -> None:
    with own_temporary_folder(tmp_path, "worker"), tempfile.NamedTemporaryFile() as file:
        folder = Path(file.name).parent
        child = [sys.executable, "-c", "import tempfile; print(tempfile.gettempdir())"]
        assert subprocess.run(child, capture_output=True, text=True, check=True).stdout.strip() == str(folder)
    assert folder.parent == scratch_root(tmp_path)
    assert not folder.exists()


@pytest.mark.usefixtures("temporary")
def test_without_a_folder_temporary_files_go_where_they_would_have_gone(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("no folder")
    before = os.environ["TMPDIR"]
    with own_temporary_folder(tmp_path, "worker"):
        assert tempfile.gettempdir() == before
