"""The same model code on PyTorch: in a process of its own, since Keras chooses its backend once."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from keras import ops
from numpy.typing import NDArray

from core.models.cnn.network import build_net
from core.models.cnn.presets import CNN_PRESETS
from core.models.cnn.training_step import CnnTraining, infer
from core.models.common import weights_file
from core.models.common.backend import Tensors, best_policy, make_gradient, to_numpy

ROOT = Path(__file__).parents[5]
STEPS = 3


def trainer(preset: str) -> CnnTraining:
    random = np.random.default_rng(0)
    images, labels = random.integers(0, 256, (32, 37, 37, 3), np.uint8), np.arange(32) % 4
    preset = replace(CNN_PRESETS[preset], size=32, batch=8, steps=20, learning_rate=1e-3)
    return CnnTraining(images, labels, np.arange(32) >= 24, classes=4, preset=preset)


def train(preset: str, start: Path, end: Path) -> None:
    """From the weights in one file to those in another."""
    with closing(trainer(preset)) as one:
        tensors, _ = weights_file.load(start.read_bytes())
        one.set_tensors(tensors, 0)
        for _ in range(STEPS):
            one.advance()
        figures = one.report() | one.evaluate()
        end.write_bytes(weights_file.dump(one.tensors(), {name: str(value) for name, value in figures.items()}))


def test_the_operator_may_choose_the_precision(precision: str) -> None:
    assert best_policy() == {"float32": "float32", "bfloat16": "mixed_bfloat16"}[precision]


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")
@pytest.mark.parametrize("preset", ["gray", "modern"])
def test_training_in_pytorch_gives_the_weights_that_training_in_tensorflow_gives(preset: str, tmp_path: Path) -> None:
    start, ours, theirs = (tmp_path / name for name in ("start", "tensorflow", "torch"))
    with closing(trainer(preset)) as one:
        start.write_bytes(weights_file.dump(one.tensors(), {}))
    train(preset, start, ours)
    command = [sys.executable, "-m", "tests.models.core.models.common.test_backends", preset, str(start), str(theirs)]
    subprocess.run(command, env=os.environ | {"KERAS_BACKEND": "torch"}, cwd=ROOT, check=True, timeout=100)
    (expected, said), (found, also_said) = (weights_file.load(path.read_bytes()) for path in (ours, theirs))
    assert expected.keys() == found.keys()
    for name in expected:
        assert np.abs(found[name] - expected[name]).max() < 2e-3, name  # Adam moves a weight by up to 1e-3 a step
    for name, value in said.items():
        assert float(also_said[name]) == pytest.approx(float(value), rel=0.02), name


def fooling_slopes(start: Path) -> Mapping[str, NDArray[Any]]:
    """What a network says of pictures, and the slopes of a loss by them and by a second input."""
    net = build_net("modern", 32, 4)
    weights, _ = weights_file.load(start.read_bytes())
    for variable in net.variables:
        variable.assign(weights[variable.path])

    def loss(pixels: Any, scale: Any, wanted: Any) -> tuple[Any, Tensors]:
        logits = infer(net, pixels * scale[:, None, None, None], grey=False) + ops.square(scale)[:, None]
        losses = ops.sum(ops.square(logits - wanted), axis=1)
        return ops.sum(losses), {"losses": losses, "logits": logits}

    random = np.random.default_rng(0)
    pixels = random.uniform(0, 255, (3, 32, 32, 3)).astype(np.float32)
    scale, wanted = np.array([1.0, 0.5, 2.0], np.float32), random.normal(0, 1, (3, 4)).astype(np.float32)
    figures, slopes = make_gradient(loss, 2)(pixels, scale, wanted)
    return {**figures, "by pixels": slopes[0], "by scale": slopes[1]}


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    net = build_net("modern", 32, 4)
    path = tmp_path / "weights"
    path.write_bytes(weights_file.dump({variable.path: to_numpy(variable) for variable in net.variables}, {}))
    return path


def test_slopes_by_inputs_are_what_a_small_change_makes(weights: Path) -> None:
    result = fooling_slopes(weights)
    assert result["by pixels"].shape == (3, 32, 32, 3)
    # Standardised pictures do not change with a scale, so only the square of the scale in the logits does.
    random = np.random.default_rng(0)
    random.uniform(0, 255, (3, 32, 32, 3))
    left = result["logits"] - random.normal(0, 1, (3, 4)).astype(np.float32)
    assert result["losses"] == pytest.approx((left**2).sum(1), rel=1e-5)
    assert result["by scale"] == pytest.approx((2 * left).sum(1) * 2 * np.array([1.0, 0.5, 2.0]), rel=1e-3, abs=1e-2)


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")
def test_slopes_by_inputs_are_the_same_in_pytorch(weights: Path, tmp_path: Path) -> None:
    expected, theirs = fooling_slopes(weights), tmp_path / "slopes"
    command = [
        sys.executable,
        "-m",
        "tests.models.core.models.common.test_backends",
        "slopes",
        str(weights),
        str(theirs),
    ]
    subprocess.run(command, env=os.environ | {"KERAS_BACKEND": "torch"}, cwd=ROOT, check=True, timeout=100)
    found, _ = weights_file.load(theirs.read_bytes())
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=1e-3, abs=1e-4 * float(np.abs(value).max())), name


if __name__ == "__main__":
    if sys.argv[1] == "slopes":
        slopes = {name: np.ascontiguousarray(one) for name, one in fooling_slopes(Path(sys.argv[2])).items()}
        Path(sys.argv[3]).write_bytes(weights_file.dump(slopes, {}))
    else:
        train(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
