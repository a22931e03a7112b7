from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest

from core.models.cnn.network import NETS, build_net
from core.models.cnn.presets import CNN_PRESETS, CnnPreset
from core.models.cnn.training_step import CnnTraining
from core.models.common.backend import make_deterministic
from core.models.common.batches import batch_rows

CLASSES = 3


def pictures(count: int = 48, size: int = 37) -> tuple[np.ndarray, np.ndarray]:
    """Blobs of three colours: what a small net learns in a few steps."""
    random = np.random.default_rng(0)
    labels = np.arange(count) % CLASSES
    images = random.integers(0, 120, (count, size, size, 3), np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[8:28, 8:28, label] += 120
    return images, labels


def small(preset: str, **changes: object) -> CnnPreset:
    return replace(CNN_PRESETS[preset], **{"size": 32, "batch": 16, "steps": 12, **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="module", autouse=True)
def deterministic() -> None:
    make_deterministic()


def trainer(preset: str, **changes: object) -> CnnTraining:
    images, labels = pictures()
    held_out = np.arange(len(labels)) >= 36
    return CnnTraining(images, labels, held_out, classes=CLASSES, preset=small(preset, **changes), seed=5)


@dataclass(frozen=True)
class Straight:
    """A new one that went straight to its eighth step, and its tensors before the first step and after the eighth."""

    cnn: CnnTraining
    before: dict[str, np.ndarray]
    after: dict[str, np.ndarray]

    def begun_again(self) -> CnnTraining:
        """For several tests, at its beginning: TensorFlow takes seconds to trace the step of a new one."""
        self.cnn.set_tensors(self.before, 0)
        return self.cnn


def quick(preset: str) -> CnnTraining:
    return trainer(preset, steps=60, learning_rate=3e-3)


@pytest.fixture(scope="module")
def straight() -> Iterator[Callable[[str], Straight]]:
    with ExitStack() as stack:

        @cache
        def made(preset: str) -> Straight:
            one = stack.enter_context(closing(quick(preset)))
            before = one.tensors()
            for _ in range(8):
                one.advance()
            return Straight(one, before, one.tensors())

        yield made


@pytest.mark.parametrize(("preset", "size"), list(itertools.product(NETS, (96, 80, 64, 48, 32))))
def test_each_net_takes_each_size(preset: str, size: int) -> None:
    channels = 1 if preset == "gray" else 3
    net = build_net(preset, size, 7, channels=channels)
    assert net.output_shape == (None, 7)
    assert net(np.zeros((2, size, size, channels), np.float32)).shape == (2, 7)


def test_the_slim_net_is_a_tenth_of_the_classic_one() -> None:
    classic, slim = (build_net(preset, 96, 40).count_params() for preset in ("classic", "slim"))
    assert slim * 4 < 5.5e6 * 1.05  # bytes, as system 1 quotes its checkpoint with the averages left out
    assert classic > 10 * slim


@pytest.mark.parametrize("preset", ["slim", pytest.param("modern", marks=pytest.mark.long), "gray"])
def test_a_few_steps_learn_what_is_easy(straight: Callable[[str], Straight], preset: str) -> None:
    one = straight(preset).begun_again()
    before = one.evaluate()["held_out_loss"]
    for _ in range(60):
        one.advance()
    figures = one.evaluate()
    assert figures["held_out_loss"] < 0.7 * before
    assert one.report()["loss"] > 0


@pytest.mark.parametrize("preset", ["slim", "modern"])
def test_going_on_after_a_restart_is_going_on_bit_for_bit(straight: Callable[[str], Straight], preset: str) -> None:
    expected, first = straight(preset).after, straight(preset).begun_again()
    for _ in range(4):
        first.advance()
    with closing(quick(preset)) as second:
        second.set_tensors(first.tensors(), 4)
        for _ in range(4):
            second.advance()
        result = second.tensors()
    assert expected.keys() == result.keys()
    assert all((expected[name] == result[name]).all() for name in expected)


def test_another_seed_is_another_run() -> None:
    images, labels = pictures()
    none = np.zeros(len(labels), bool)
    runs = [CnnTraining(images, labels, none, classes=CLASSES, preset=small("slim"), seed=seed) for seed in (1, 2)]
    weights = [run.net.get_weights()[0] for run in runs]
    for run in runs:
        run.close()
    assert not np.allclose(*weights)


def test_tensors_of_another_network_are_refused() -> None:
    with closing(trainer("slim")) as slim, closing(trainer("modern")) as modern:
        with pytest.raises(ValueError, match="not the tensors"):
            modern.set_tensors(slim.tensors(), 3)
        assert modern.step == 0


def test_reports_are_means_since_the_last_report(straight: Callable[[str], Straight]) -> None:
    one = straight("slim").begun_again()
    one.advance()
    first = one.report()
    one.advance()
    second = one.report()
    assert first["loss"] != second["loss"]
    assert one.report() == {}


def test_each_picture_of_the_training_set_is_used_once_an_epoch() -> None:
    with closing(trainer("slim", batch=12)) as one:
        rows = np.concatenate([batch_rows(one._rows, 12, step, seed=5) for step in range(3)])
    assert sorted(rows) == list(range(36))


def test_the_learning_rate_rises_and_falls_to_nothing() -> None:
    with closing(trainer("modern", steps=100)) as one:
        rates = [one._learning_rate(step) for step in range(100)]
    assert rates[0] < rates[4] == max(rates)
    assert rates[99] < 0.01 * rates[4]
