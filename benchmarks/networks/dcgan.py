"""Milliseconds a training step of the `light` DCGAN, and for drawing 64 faces, beside a PyTorch peer.

`python -m benchmarks dcgan`. Each is a process of its own, and they take turns, so that whatever else the
machine does hits all alike. PyTorch is no dependency of Omokage's; without it the peer is left out. The ratios are of
the same work; DiffAugment, which the peer does without, is told apart.
"""

from __future__ import annotations

import importlib.util
import os
import statistics
import subprocess
import sys
from dataclasses import replace

import numpy as np

from benchmarks.helpers.timing import median_ms

TURNS = 3
STEPS = 4
WARM_UP = 2
PICTURES = 512
BATCH = 96  # the peer's
DRAWN = 64


def run(turns: int = TURNS, steps: int = STEPS) -> dict[str, float | int | str]:
    """Medians of the turns, and ratios to the faster peer."""
    peers = ("float32", "bfloat16") if importlib.util.find_spec("torch") else ()
    commands = {"plain": ("benchmarks.networks.dcgan", "0"), "DiffAugment": ("benchmarks.networks.dcgan", "1")}
    commands |= {f"PyTorch {dtype}": ("benchmarks.helpers.torch_dcgan", dtype) for dtype in peers}
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(turns):
        for name, command in commands.items():
            times[name].append(_measured(*command, str(steps)))
    trained = {name: statistics.median(step for step, _ in pairs) for name, pairs in times.items()}
    drawn = {name: statistics.median(drawing for _, drawing in pairs) for name, pairs in times.items()}
    figures: dict[str, float | int | str] = {f"{name}, ms a step": taken for name, taken in trained.items()}
    figures |= {f"{name}, ms for {DRAWN} faces": taken for name, taken in drawn.items() if name != "DiffAugment"}
    if peers:
        figures["step, times the faster peer"] = _ratio(trained)
        figures["drawing, times the faster peer"] = _ratio(drawn)
    return figures


def measure(augment: float, steps: int) -> tuple[float, float]:
    """Measure in this process; return milliseconds a step and for drawing."""
    from core.models.dcgan.generator import DcganGenerator, generator_tensors
    from core.models.dcgan.presets import DCGAN_PRESETS
    from core.models.dcgan.training_step import DcganTraining  # TensorFlow, in the measured process only

    preset = replace(DCGAN_PRESETS["light"], augment=augment, batch=BATCH)
    side = preset.shape.size
    images = np.random.default_rng(0).integers(0, 256, (PICTURES, side, side, 3), np.uint8)
    training = DcganTraining(images, np.arange(PICTURES), preset)

    def step() -> None:
        training.advance()
        training.report()

    trained = median_ms(step, steps, WARM_UP)
    config = {"preset": "light", "size": side, "codes": 100, "framing": "portrait"}
    faces = DcganGenerator(config, generator_tensors(training.ema_tensors(1)), {})
    latents = faces.latents(range(DRAWN))
    return trained, median_ms(lambda: faces.render(latents), 2 * steps, WARM_UP)


def _measured(module: str, *arguments: str) -> tuple[float, float]:
    environment = os.environ | {"OMP_NUM_THREADS": "2", "TF_NUM_INTRAOP_THREADS": "2", "TF_ENABLE_ONEDNN_OPTS": "1"}
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    trained, drawn = done.stdout.split()[-2:]
    return float(trained), float(drawn)


def _ratio(times: dict[str, float]) -> float:
    return times["plain"] / min(taken for name, taken in times.items() if name.startswith("PyTorch"))


if __name__ == "__main__":
    print(*measure(float(sys.argv[1]), int(sys.argv[2])))  # in a process that `run` starts
