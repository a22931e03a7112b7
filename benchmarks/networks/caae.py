"""Milliseconds a training step of the `light` conditional adversarial autoencoder, beside a PyTorch peer.

`python -m benchmarks caae`. Each is a process of its own, and they take turns, so that whatever else the machine does
hits all alike. PyTorch is no dependency of Omokage's; without it the peer is left out.
"""

from __future__ import annotations

import importlib.util
import sys

import numpy as np

from benchmarks.helpers.step_peers import OURS, compare_steps
from benchmarks.helpers.timing import median_ms

TURNS = 3
STEPS = 8
WARM_UP = 2
PICTURES = 256


def run(turns: int = TURNS, steps: int = STEPS) -> dict[str, float]:
    """Medians of the turns, and the ratio to the faster peer."""
    commands = {OURS: ("benchmarks.networks.caae", str(steps))}
    for dtype in ("float32", "bfloat16") if importlib.util.find_spec("torch") else ():
        commands[f"PyTorch {dtype}"] = ("benchmarks.helpers.torch_caae", dtype, str(steps))  # type: ignore[assignment]
    return compare_steps(commands, turns)


def measure(steps: int) -> float:
    """Measure in this process; return milliseconds a step."""
    from core.models.ageing.training_set import AgedPictures
    from core.models.caae.presets import CAAE_PRESETS
    from core.models.caae.training_step import CaaeTraining  # TensorFlow, in the measured process only

    preset, random = CAAE_PRESETS["light"], np.random.default_rng(0)
    images = random.integers(0, 256, (PICTURES, preset.size, preset.size, 3), np.uint8)
    ages = random.uniform(1, 80, PICTURES).astype(np.float32)
    rows = np.arange(PICTURES)
    data = AgedPictures(images, ages, np.zeros(PICTURES, np.int8), rows, rows[:0])
    training = CaaeTraining(data, preset=preset)

    def step() -> None:
        training.advance()
        training.report()

    return median_ms(step, steps, WARM_UP)


if __name__ == "__main__":
    print(measure(int(sys.argv[1])))  # in a process that `run` starts
