"""`omokage doctor --gpu`: whether TensorFlow computes on a GPU, or fell back to the processor."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from cli.doctor.findings import Finding, fault, ok, remark
from core.services.workers.description import list_nvidia_gpus

# TensorFlow from a cold disk takes a minute, and a GPU that is newer than it compiles all kernels anew for minutes.
TIMEOUT_S = 600.0
_COMMAND = (sys.executable, "-P", "-m", "core.models.common.gpu_check")
_SLOW = 2.0  # a product that takes more than half of the processor's time was hardly computed on a working GPU


def check_gpu(command: Sequence[str] = _COMMAND, timeout_s: float = TIMEOUT_S) -> Iterator[Finding]:
    """Ask the driver, then let TensorFlow compute; a fault wherever the work would be done by the processor."""
    yield _check_driver()
    yield from judge(run_check(command, timeout_s))


def run_check(command: Sequence[str], timeout_s: float) -> dict[str, Any] | str:
    """Return what core.models.common.gpu_check says, or why it does not."""
    # The worker's settings, see worker.app.set_threads; a variable of the operator's may hide the GPU, as for a worker.
    environment = {"TF_FORCE_GPU_ALLOW_GROWTH": "true", "TF_CPP_MIN_LOG_LEVEL": "2", **os.environ}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, check=False, env=environment)
    except subprocess.TimeoutExpired:
        return f"TensorFlow did not finish within {timeout_s:g} s; does the driver fit the GPU?"
    except OSError as error:
        return f"the check does not start: {error.strerror}"
    if done.returncode < 0:
        return f"the process that computed was ended by signal {-done.returncode}; does the driver fit TensorFlow?"
    try:
        report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        return (done.stderr.strip().splitlines() or ["TensorFlow cannot be used"])[-1]
    return report


def judge(report: dict[str, Any] | str) -> Iterator[Finding]:
    """Say of a report what is well and what is not."""
    if isinstance(report, str):
        yield fault("tensorflow", report)
        return
    yield ok("tensorflow", str(report["tensorflow"]))
    if not report["gpus"]:
        yield fault("gpu", f"no GPU: TensorFlow computes on the processor. {_advice(report['built_with_cuda'])}")
        return
    if not str(report["used"]).startswith("GPU"):
        yield fault("gpu", f"{', '.join(report['gpus'])} is there, but TensorFlow fell back to {report['used']}")
        return
    yield ok("gpu", f"{', '.join(report['gpus'])}; used is {report['used']}")
    yield _judge_product(report)
    yield _judge_training(report)


def _check_driver() -> Finding:
    gpus = list_nvidia_gpus()
    if gpus:
        return ok("driver", ", ".join(f"{gpu.name}, driver {gpu.driver}" for gpu in gpus))
    if shutil.which("nvidia-smi"):
        return fault(
            "driver", "nvidia-smi is there, but lists no GPU: is the driver loaded, and passed to this container?"
        )
    return remark("driver", "no nvidia-smi: no NVIDIA driver is installed, or none is passed to this container")


def _advice(built_with_cuda: bool) -> str:
    if not built_with_cuda:
        return 'This TensorFlow is built without CUDA: pip install "omokage[worker-gpu]"'
    return "It is built with CUDA, so the driver is missing or too old, or CUDA_VISIBLE_DEVICES hides the GPU."


def _judge_product(report: dict[str, Any]) -> Finding:
    warm, first, cpu = (f"{report[key]:g} ms" for key in ("product_ms", "first_product_ms", "cpu_product_ms"))
    times = f"{warm} (the first {first}, the processor {cpu})"
    if not report["is_right"]:
        return fault("product", f"a matrix product on the GPU is wrong; {times}")
    if _SLOW * report["product_ms"] > report["cpu_product_ms"]:
        return remark("product", f"a matrix product takes {times}; the GPU is hardly faster")
    return ok("product", f"a matrix product takes {times}")


def _judge_training(report: dict[str, Any]) -> Finding:
    times = f"{report['step_ms']:g} ms (the first {report['first_step_ms']:g} ms)"
    if not report["learns"]:
        return fault("training", f"a small network does not learn on the GPU; a step takes {times}")
    return ok("training", f"a step takes {times}, and the loss becomes smaller")
