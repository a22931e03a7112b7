from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import keras
import numpy as np
import pytest

from core.models.cnn.presets import CNN_PRESETS
from core.models.cnn.training_step import CnnTraining
from core.models.common.seeds import Seeds
from core.models.dcgan.network import Shape
from core.models.dcgan.presets import DcganPreset
from core.models.dcgan.training_step import DcganTraining
from core.models.vae.presets import VaePreset
from core.models.vae.training_step import VaeTraining

PICTURES = 8
HELD_OUT = np.arange(PICTURES) < 4


@contextmanager
def networks_in_another_thread() -> Iterator[None]:
    """As a worker does that warms up a model while a training begins."""
    ended = threading.Event()

    def make_networks() -> None:
        while not ended.is_set():
            keras.layers.Dense(2).build((None, 2))

    thread = threading.Thread(target=make_networks)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def of_a_dcgan() -> dict[str, np.ndarray]:
    preset = DcganPreset("tiny", Shape(4, (4, 2)), steps=1)
    return DcganTraining(np.zeros((PICTURES, 16, 16, 3), np.uint8), np.arange(PICTURES), preset, seed=3).tensors()


def of_an_autoencoder() -> dict[str, np.ndarray]:
    preset = VaePreset(size=16, latent_size=2, steps=1)
    with closing(VaeTraining(np.zeros((PICTURES, 16, 16, 3), np.uint8), HELD_OUT, preset=preset, seed=3)) as vae:
        return vae.tensors()


def of_a_recogniser() -> dict[str, np.ndarray]:
    images, labels = np.zeros((PICTURES, 32, 32, 3), np.uint8), np.arange(PICTURES) % 2
    preset = replace(CNN_PRESETS["slim"], size=32)
    with closing(CnnTraining(images, labels, HELD_OUT, classes=2, preset=preset, seed=3)) as trainer:
        return trainer.tensors()


def digest(tensors: dict[str, np.ndarray]) -> str:
    return hashlib.sha256(b"".join(tensors[name].tobytes() for name in sorted(tensors))).hexdigest()


@pytest.mark.parametrize("weights", [of_a_dcgan, of_an_autoencoder, of_a_recogniser])
def test_a_seed_gives_the_same_weights_while_another_thread_makes_networks(
    weights: Callable[[], dict[str, np.ndarray]],
) -> None:
    quiet = digest(weights())
    with networks_in_another_thread():
        assert [digest(weights()) for _ in range(5)] == 5 * [quiet]


def test_a_seed_gives_the_weights_that_it_gave_in_a_process_with_one_thread() -> None:
    """Runs that were begun before go on, and a seed that somebody wrote down still means the same model."""
    keras.utils.set_random_seed(7)
    before = [keras.initializers.GlorotUniform()((3, 2)), keras.initializers.HeNormal()((3, 2))]
    seeds = Seeds(7)
    after = [seeds.glorot()((3, 2)), seeds.he()((3, 2))]
    assert np.array_equal(np.asarray(before), np.asarray(after))


def test_other_seeds_and_other_layers_have_other_weights() -> None:
    first, second = Seeds(1), Seeds(2)
    draws = [np.asarray(seeds.normal(1.0)((4,))) for seeds in (first, first, second)]
    assert all((draws[a] != draws[b]).all() for a, b in ((0, 1), (0, 2), (1, 2)))
