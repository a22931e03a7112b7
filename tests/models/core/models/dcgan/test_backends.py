"""Both players on PyTorch: in a process of its own, since Keras chooses its backend once."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.models.common import weights_file
from core.models.dcgan.network import Shape
from core.models.dcgan.presets import NON_SATURATING, TWO_CLASS, DcganPreset
from core.models.dcgan.training_step import DcganTraining

ROOT = Path(__file__).parents[5]
STEPS = 3
RATE = 1e-3
LOSSES = (TWO_CLASS, NON_SATURATING)


def training(loss: str) -> DcganTraining:
    images = np.random.default_rng(0).integers(0, 256, (40, 16, 16, 3), np.uint8)
    augment = 0.0 if loss == TWO_CLASS else 1.0
    preset = DcganPreset("tiny", Shape(4, (12, 8)), 10, loss, batch=12, learning_rate=RATE, augment=augment)
    return DcganTraining(images, np.arange(32), preset)


def train(start: Path, end: Path) -> None:
    """From the weights in one folder to those in another, with what is drawn with in the end."""
    for loss in LOSSES:
        one = training(loss)
        one.set_tensors(weights_file.load((start / loss).read_bytes())[0], 0)
        for _ in range(STEPS):
            one.advance()
        drawing = {f"drawing/{name}": tensor for name, tensor in one.ema_tensors(1).items()}
        figures = {name: str(value) for name, value in one.report().items()}
        (end / loss).write_bytes(weights_file.dump(one.tensors() | drawing, figures))


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")
@pytest.mark.timeout(300)  # two frameworks are loaded, which takes a busy machine its time
def test_training_in_pytorch_gives_the_weights_that_training_in_tensorflow_gives(tmp_path: Path) -> None:
    start, ours, theirs = (tmp_path / name for name in ("start", "tensorflow", "torch"))
    for folder in (start, ours, theirs):
        folder.mkdir()
    for loss in LOSSES:
        (start / loss).write_bytes(weights_file.dump(training(loss).tensors(), {}))
    train(start, ours)
    command = [sys.executable, "-m", "tests.models.core.models.dcgan.test_backends", str(start), str(theirs)]
    subprocess.run(command, env=os.environ | {"KERAS_BACKEND": "torch"}, cwd=ROOT, check=True, timeout=250)
    for loss in LOSSES:
        (expected, said), (found, also_said) = (
            weights_file.load((folder / loss).read_bytes()) for folder in (ours, theirs)
        )
        assert expected.keys() == found.keys()
        for name in expected:
            # Adam moves a weight by up to its rate a step, whichever sign rounding gives to a gradient near nought.
            assert np.abs(found[name] - expected[name]).max() < 2 * RATE, (loss, name)
        for name, value in said.items():
            assert float(also_said[name]) == pytest.approx(float(value), rel=0.02), (loss, name)


if __name__ == "__main__":
    train(Path(sys.argv[1]), Path(sys.argv[2]))
