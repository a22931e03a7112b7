"""Milliseconds a training step of the `slim` and `classic` nets, augmentation included, beside a PyTorch peer.

`python -m benchmarks training`. Each is a process of its own, and they take turns, so that whatever else
the machine does hits all alike. PyTorch is no dependency of Omokage's; without it the peer is left out.
"""

from __future__ import annotations

import importlib.util
import os
import statistics
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np

TURNS = 3
STEPS = 6
WARM_UP = 3
PICTURES = 512
LEVELS = ("avx2", "avx512f", "avx512_bf16", "amx_bf16")


def run() -> dict[str, float | int | str]:
    """Medians of the turns, and ratios."""
    peers = ("float32", "bfloat16") if importlib.util.find_spec("torch") else ()
    ours: dict[str, list[float]] = {preset: [] for preset in ("slim", "classic", "modern")}
    theirs: dict[str, list[float]] = {dtype: [] for dtype in peers}
    for _ in range(TURNS):
        for preset, times in ours.items():
            times.append(_milliseconds("benchmarks.networks.training", preset))
        for dtype, times in theirs.items():
            times.append(_milliseconds("benchmarks.helpers.torch_cnn", dtype, str(STEPS)))
    figures: dict[str, float | int | str] = {"processor": _processor()}
    figures |= {f"{preset}, ms a step": statistics.median(times) for preset, times in ours.items()}
    figures |= {f"PyTorch, slim, {dtype}, ms a step": statistics.median(times) for dtype, times in theirs.items()}
    if theirs:
        best = min(map(statistics.median, theirs.values()))
        figures["slim, times the faster PyTorch peer"] = statistics.median(ours["slim"]) / best
    return figures


def measure(preset: str) -> float:
    """In this process: milliseconds a step."""
    from core.models.cnn.presets import CNN_PRESETS  # TensorFlow, in the measured process only
    from core.models.cnn.training_step import CnnTraining

    settings = replace(CNN_PRESETS[preset], steps=10_000)
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (PICTURES, settings.view.size, settings.view.size, 3), np.uint8)
    labels = random.integers(0, 40, PICTURES)
    trainer = CnnTraining(images, labels, np.zeros(PICTURES, bool), classes=40, preset=settings)
    times = []
    for step in range(WARM_UP + STEPS):
        began = time.perf_counter()
        trainer.advance()
        trainer.report()
        if step >= WARM_UP:
            times.append(time.perf_counter() - began)
    trainer.close()
    return 1e3 * statistics.median(times)


def _milliseconds(module: str, *arguments: str) -> float:
    environment = os.environ | {"OMP_NUM_THREADS": "2", "TF_NUM_INTRAOP_THREADS": "2", "TF_ENABLE_ONEDNN_OPTS": "1"}
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def _processor() -> str:
    """What it can, since that decides which of the types is fast."""
    with open("/proc/cpuinfo") as file:
        flags = file.read().split()
    return ", ".join([f"{os.cpu_count()} cores", *(level for level in LEVELS if level in flags)])


if __name__ == "__main__":
    print(measure(sys.argv[1]))  # in a process that `run` starts
