"""`omokage doctor --gpu`: what it says of each answer that TensorFlow may give."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli.doctor import gpu_check
from cli.doctor.findings import Finding, State
from cli.main import omokage

WELL: dict[str, Any] = {
    "tensorflow": "2.21.0",
    "gpus": ["NVIDIA H200"],
    "built_with_cuda": True,
    "used": "GPU:0",
    "first_product_ms": 812.0,
    "product_ms": 3.1,
    "cpu_product_ms": 900.0,
    "is_right": True,
    "first_step_ms": 2100.0,
    "step_ms": 4.2,
    "learns": True,
}


def says(report: dict[str, Any]) -> list[str]:
    """A command that says this instead of TensorFlow."""
    return [sys.executable, "-c", f"print('a line of some library'); print({json.dumps(report)!r})"]


def found(command: Sequence[str], timeout_s: float = 30.0) -> dict[str, Finding]:
    return {finding.name: finding for finding in gpu_check.check_gpu(command, timeout_s)}


def nvidia_smi(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    (folder / "nvidia-smi").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "nvidia-smi").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def test_a_gpu_that_computes_is_well_and_its_times_are_said() -> None:
    findings = found(says(WELL))
    assert {name: finding.state for name, finding in findings.items() if name != "driver"} == dict.fromkeys(
        ("tensorflow", "gpu", "product", "training"), State.OK
    )
    assert findings["gpu"].text == "NVIDIA H200; used is GPU:0"
    assert "3.1 ms (the first 812 ms, the processor 900 ms)" in findings["product"].text
    assert "4.2 ms" in findings["training"].text


@pytest.mark.parametrize(
    ("changes", "name", "state", "words"),
    [
        ({"gpus": [], "built_with_cuda": False}, "gpu", State.FAULT, "built without CUDA"),
        ({"gpus": []}, "gpu", State.FAULT, "no GPU: TensorFlow computes on the processor"),
        ({"used": "CPU:0"}, "gpu", State.FAULT, "NVIDIA H200 is there, but TensorFlow fell back to CPU:0"),
        ({"is_right": False}, "product", State.FAULT, "is wrong"),
        ({"product_ms": 600.0}, "product", State.REMARK, "hardly faster"),
        ({"learns": False}, "training", State.FAULT, "does not learn"),
    ],
)
def test_every_other_answer_is_said_plainly(changes: dict[str, Any], name: str, state: State, words: str) -> None:
    finding = found(says(WELL | changes))[name]
    assert finding.state is state
    assert words in finding.text


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("import time; time.sleep(60)", "did not finish within 1 s"),
        ("import os; os.kill(os.getpid(), 6)", "signal 6"),
        ("raise ImportError('libcudart.so.12: cannot open')", "libcudart.so.12"),
        ("", "cannot be used"),
    ],
)
def test_a_check_without_an_answer_is_a_fault_with_its_reason(script: str, words: str) -> None:
    finding = found([sys.executable, "-c", script], timeout_s=1.0 if "sleep" in script else 30.0)["tensorflow"]
    assert finding.state is State.FAULT
    assert words in finding.text


@pytest.mark.parametrize(
    ("script", "state", "words"),
    [
        ("printf 'NVIDIA L4, 570.1, 23034\\n'", State.OK, "NVIDIA L4, driver 570.1"),
        ("exit 9", State.FAULT, "lists no GPU"),
    ],
)
def test_the_driver_is_asked_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, state: State, words: str
) -> None:
    nvidia_smi(tmp_path, monkeypatch, script)
    driver = found(says(WELL))["driver"]
    assert driver.state is state
    assert words in driver.text


@pytest.mark.parametrize(("report", "status"), [(WELL, 0), (WELL | {"gpus": []}, 1)])
def test_the_status_is_for_scripts(report: dict[str, Any], status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu_check.check_gpu, "__defaults__", (says(report), 30.0))
    result = CliRunner().invoke(omokage, ["doctor", "--gpu", "--json"], standalone_mode=False)
    assert result.return_value == status
    payload = json.loads(result.output)
    assert payload["ok"] is (status == 0)
    assert [check["name"] for check in payload["checks"]][:3] == ["driver", "tensorflow", "gpu"]
