"""The same model code on PyTorch: in a process of its own, since Keras chooses its backend once."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.models import weights_file
from core.models.recipes import RECIPES
from core.models.recogniser_cnn import CnnTrainer

ROOT = Path(__file__).parents[2]
STEPS = 3


def trainer(preset: str) -> CnnTrainer:
    random = np.random.default_rng(0)
    images, labels = random.integers(0, 256, (32, 37, 37, 3), np.uint8), np.arange(32) % 4
    recipe = replace(RECIPES[preset], size=32, batch=8, steps=20, learning_rate=1e-3)
    return CnnTrainer(images, labels, np.arange(32) >= 24, classes=4, recipe=recipe)


def train(preset: str, start: Path, end: Path) -> None:
    """From the weights in one file to those in another."""
    with closing(trainer(preset)) as one:
        tensors, _ = weights_file.load(start.read_bytes())
        one.set_tensors(tensors, 0)
        for _ in range(STEPS):
            one.advance()
        figures = one.report() | one.evaluate()
        end.write_bytes(weights_file.dump(one.tensors(), {name: str(value) for name, value in figures.items()}))


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")
@pytest.mark.parametrize("preset", ["gray", "modern"])
def test_training_in_pytorch_gives_the_weights_that_training_in_tensorflow_gives(preset: str, tmp_path: Path) -> None:
    start, ours, theirs = (tmp_path / name for name in ("start", "tensorflow", "torch"))
    with closing(trainer(preset)) as one:
        start.write_bytes(weights_file.dump(one.tensors(), {}))
    train(preset, start, ours)
    command = [sys.executable, "-m", "tests.models.test_backends", preset, str(start), str(theirs)]
    subprocess.run(command, env=os.environ | {"KERAS_BACKEND": "torch"}, cwd=ROOT, check=True, timeout=100)
    (expected, said), (found, also_said) = (weights_file.load(path.read_bytes()) for path in (ours, theirs))
    assert expected.keys() == found.keys()
    for name in expected:
        assert np.abs(found[name] - expected[name]).max() < 2e-3, name  # Adam moves a weight by up to 1e-3 a step
    for name, value in said.items():
        assert float(also_said[name]) == pytest.approx(float(value), rel=0.02), name


if __name__ == "__main__":
    train(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
