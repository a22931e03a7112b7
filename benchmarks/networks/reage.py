"""Milliseconds a training step of `reage`, beside the same networks on PyTorch.

`python -m benchmarks reage`. The peer is the same code with Keras on PyTorch (`KERAS_BACKEND=torch`): three frozen
networks, the critics, take most of a step, and Keras builds them for either. PyTorch is no dependency of Omokage's;
without it the peer is left out.
"""

from __future__ import annotations

import importlib.util
import sys

import numpy as np

from benchmarks.helpers.step_peers import OURS, compare_steps
from benchmarks.helpers.timing import median_ms

TURNS = 3
STEPS = 6
WARM_UP = 2
PICTURES = 64


def run(turns: int = TURNS, steps: int = STEPS) -> dict[str, float]:
    """Medians of the turns, and the ratio to the peer."""
    command = ("benchmarks.networks.reage", str(steps))
    commands = {OURS: command} | ({"PyTorch": command} if importlib.util.find_spec("torch") else {})
    return compare_steps(commands, turns, {"PyTorch": {"KERAS_BACKEND": "torch"}})


def measure(steps: int) -> float:
    """Measure in this process, on noise; return milliseconds a step."""
    from core.models.ageing.training_set import AgedPictures
    from core.models.reage.critics import load_critics
    from core.models.reage.presets import REAGE_PRESETS
    from core.models.reage.training_step import ReageTraining  # Keras, in the measured process only

    preset, random = REAGE_PRESETS["reage"], np.random.default_rng(0)
    images = random.integers(0, 256, (PICTURES, preset.size, preset.size, 3), np.uint8)
    ages, rows = random.uniform(1, 80, PICTURES).astype(np.float32), np.arange(PICTURES)
    data = AgedPictures(images, ages, np.zeros(PICTURES, np.int8), rows, rows[:0])
    training = ReageTraining(data, critics=load_critics(images, ages, rows), preset=preset)

    def step() -> None:
        training.advance()
        training.report()

    return median_ms(step, steps, WARM_UP)


if __name__ == "__main__":
    print(measure(int(sys.argv[1])))  # in a process that `run` starts
