from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from core.models.ageing.conditions import conditions
from core.models.common.backend import make_deterministic
from core.models.reage.presets import REAGE_PRESETS, ReagePreset
from core.models.reage.training_step import ReageTraining, _looks, _other_ages
from tests.models.core.models.reage.builders import CHANNELS, COUNT, SIZE, ages, critics, data, pictures


@pytest.fixture(scope="module", autouse=True)
def deterministic() -> None:
    make_deterministic()


def small(**changes: object) -> ReagePreset:
    preset = REAGE_PRESETS["reage"]
    return replace(preset, **{"size": SIZE, "channels": CHANNELS, "batch": 12, "steps": 60, **changes})  # type: ignore[arg-type]


def made(**changes: object) -> ReageTraining:
    judges = critics(pictures(), ages(), np.arange(COUNT))
    return ReageTraining(data(), critics=judges, preset=small(**changes), seed=5)


@pytest.fixture(scope="module")
def training() -> Iterator[ReageTraining]:
    with closing(made(learning_rate=3e-3, ema_decay=0.5)) as one:
        yield one


def aged(training: ReageTraining, to: float) -> np.ndarray:
    """The mean change of the pictures' value."""
    condition = conditions(ages(), np.full(COUNT, to), np.full(COUNT, -1))
    change = training.change(pictures(), condition)
    return np.asarray((127.5 * change[..., 3:] * change[..., :3]).mean((1, 2, 3)))


def test_nothing_is_changed_before_the_first_step() -> None:
    with closing(made()) as one:
        assert (aged(one, 80) == 0).all()


@pytest.mark.long
def test_a_few_steps_learn_which_way_the_years_go(training: ReageTraining) -> None:
    for _ in range(60):
        training.advance()
    figures = training.report()
    older, younger = aged(training, 80), aged(training, 5)
    assert older[ages() < 40].mean() > 5
    assert younger[ages() > 40].mean() < -5
    assert set(figures) >= {"generator_loss", "discriminator_loss", "age_loss", "identity_distance", "cycle_loss"}


def test_a_step_is_the_same_whenever_its_batch_is_made(training: ReageTraining) -> None:
    batches = [training._make_batch(7) for _ in range(2)]
    assert all((first == second).all() for first, second in zip(*batches, strict=True))


def test_other_ages_are_ten_years_away_at_least_and_go_both_ways() -> None:
    present = np.repeat(np.array([2.0, 40.0, 85.0], np.float32), 300)
    others = _other_ages(present, np.random.default_rng(0))
    assert (np.abs(others - present) >= 10 - 1e-4).all()
    assert ((others >= 2) & (others <= 85)).all()
    middle = others[300:600]
    assert 0.3 < (middle < 40).mean() < 0.6


def test_the_age_critic_sees_each_face_whole_and_each_a_little_differently() -> None:
    rows, columns = _looks(96, 64, 200, np.random.default_rng(0))
    for sides in (rows, columns):
        assert sides.shape == (200, 64, 96)
        assert np.allclose(sides.sum(-1), 1, atol=1e-5)
    centre = rows @ (np.arange(96) + 0.5)
    assert np.abs(centre.mean(1) - 48).max() < 6
    assert centre.mean(1).std() > 1
    mirrored = (columns @ (np.arange(96) + 0.5))[:, 0] > 48
    assert 0.3 < mirrored.mean() < 0.7
