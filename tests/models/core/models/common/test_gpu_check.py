"""The computations of `omokage doctor --gpu`; here on the processor, since test hosts have no GPU."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import tensorflow as tf

from cli.doctor import gpu_check as command
from cli.doctor.findings import State
from core.models.common.gpu_check import check_gpu

needs_no_gpu = pytest.mark.skipif(bool(tf.config.list_physical_devices("GPU")), reason="is about hosts without a GPU")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.models.common.gpu_check._SIZE", 256)


def test_what_is_computed_is_right_and_learns() -> None:
    report = check_gpu("/CPU:0")
    assert (report["used"], report["is_right"], report["learns"]) == ("CPU:0", True, True)
    assert all(report[key] > 0 for key in ("first_product_ms", "product_ms", "first_step_ms", "step_ms"))


def test_a_wrong_product_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    matmul, calls = tf.linalg.matmul, []

    def wrong_on_the_device(a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
        calls.append(a)
        return matmul(a, b) * (1.1 if len(calls) <= 2 else 1.0)  # the first two are the device's

    monkeypatch.setattr(tf.linalg, "matmul", wrong_on_the_device)
    assert not check_gpu("/CPU:0")["is_right"]


@needs_no_gpu
def test_without_a_gpu_nothing_is_computed() -> None:
    report = check_gpu()
    assert (report["gpus"], "used" in report) == ((), False)


@needs_no_gpu
def test_the_command_says_plainly_that_there_is_no_gpu() -> None:
    findings = {finding.name: finding for finding in command.check_gpu()}
    assert findings["tensorflow"].state is State.OK
    assert findings["gpu"].state is State.FAULT
    assert findings["gpu"].text.startswith("no GPU: TensorFlow computes on the processor.")


@needs_no_gpu
def test_its_exit_status_says_so_too() -> None:
    root = Path(__file__).resolve().parents[5]
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "doctor", "--gpu"], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "FAULT  gpu" in done.stdout
