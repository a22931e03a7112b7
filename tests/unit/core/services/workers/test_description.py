"""How a worker describes itself."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from core.domain.jobs import QueueName
from core.domain.workers import Gpu
from core.services.workers import description
from core.services.workers.description import code_revision, describe_worker, list_nvidia_gpus, parse_nvidia_smi

SMI = "NVIDIA H200, 570.124.06, 143771\nNVIDIA GB10, 580.1, [N/A]\n"


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    for name in ("core/a.py", "core/deep/b.py", "worker/c.py", "cli/d.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


def nvidia_smi(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    program = folder / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def test_a_worker_is_called_as_its_operator_calls_the_host() -> None:
    assert describe_worker(None, QueueName.CPU).host == socket.gethostname()[:63]
    profile = describe_worker("gpu-1", QueueName.GPU)
    assert (profile.host, profile.pid, profile.queue) == ("gpu-1", os.getpid(), QueueName.GPU)
    assert profile.id.startswith(f"gpu-1:{os.getpid()}:")
    assert profile.id != describe_worker("gpu-1", QueueName.GPU).id
    assert {"keras", "tensorflow"} <= set(profile.libraries)
    assert profile.cpus >= 1
    assert profile.memory > 2**29


def test_the_longest_names_fit_their_columns() -> None:
    profile = describe_worker("h" * 63, QueueName.CPU)
    assert len(profile.id) + 1 + 8 <= 128  # with the random part of a lease's owner
    assert len(profile.revision) <= 32


def test_the_revision_is_of_what_workers_run(sources: Path) -> None:
    before = code_revision(sources)
    (sources / "cli" / "d.py").write_text("changed")
    code_revision.cache_clear()
    assert code_revision(sources) == before
    (sources / "core" / "deep" / "b.py").write_text("changed")
    code_revision.cache_clear()
    assert code_revision(sources) != before


def test_a_file_that_moves_is_another_revision(sources: Path) -> None:
    before = code_revision(sources)
    (sources / "core" / "a.py").rename(sources / "core" / "deep" / "a.py")
    code_revision.cache_clear()
    assert code_revision(sources) != before


def test_without_files_the_version_stands_in(tmp_path: Path) -> None:
    assert code_revision(tmp_path) == describe_worker(None, QueueName.CPU).version


def test_nvidia_smi_is_read() -> None:
    assert parse_nvidia_smi(SMI) == (
        Gpu("NVIDIA H200", "570.124.06", 143771 * 2**20),
        Gpu("NVIDIA GB10", "580.1", 0),
    )
    assert parse_nvidia_smi("No devices were found\n") == ()


def test_the_driver_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nvidia_smi(tmp_path, monkeypatch, "printf 'NVIDIA T4, 550.5, 15360\\n'")
    assert list_nvidia_gpus() == (Gpu("NVIDIA T4", "550.5", 15360 * 2**20),)


@pytest.mark.parametrize("script", ["exit 9", "sleep 30", "kill -9 $$"])
def test_a_driver_that_does_not_answer_is_no_failure(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(description, "_NVIDIA_SMI_S", 0.3)
    nvidia_smi(tmp_path, monkeypatch, f"exec {script}" if script.startswith("sleep") else script)
    assert list_nvidia_gpus() == ()


def test_without_a_driver_there_is_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.setattr(subprocess, "run", lambda *_args, **_options: pytest.fail("there is nothing to run"))
    assert list_nvidia_gpus() == ()
