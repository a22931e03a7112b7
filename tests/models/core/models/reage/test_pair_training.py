from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from core.models.ageing.conditions import conditions
from core.models.reage.pair_training import PairTraining
from core.models.reage.presets import ReagePreset
from core.vision.transfer.ellipse import square_opacity
from core.vision.views import Framing
from tests.models.core.models.reage.pairs import drawn_people

SIZE = 64
PRESET = ReagePreset(steps=100, size=SIZE, channels=(8, 12, 16), batch=8, learning_rate=1e-2, ema_decay=0.9)
DRAWN = drawn_people(30, SIZE)


@pytest.fixture
def training() -> Iterator[PairTraining]:
    made = PairTraining(DRAWN, np.arange(4, 30), preset=PRESET)
    yield made
    made.close()


def aged(training: PairTraining, age: float) -> np.ndarray:
    faces, present = DRAWN.pictures[:4, 1], DRAWN.ages[:4, 1]
    return training.age_faces(faces, conditions(present, np.full(4, age), np.full(4, -1)))


def test_faces_are_as_they_were_before_anything_is_learnt(training: PairTraining) -> None:
    assert np.abs(aged(training, 80).astype(int) - DRAWN.pictures[:4, 1]).max() <= 1


@pytest.mark.long
def test_what_changes_with_the_years_is_learnt_for_people_never_seen(training: PairTraining) -> None:
    for _ in range(PRESET.steps):
        training.advance()
    middle = slice(SIZE * 9 // 20, SIZE * 11 // 20)
    young, old = (aged(training, age)[:, middle, middle].mean() for age in (10, 80))
    assert old > young + 15  # of 140: a minute of training would be too long for a test
    # Outside of the ellipse a photo stays as it is.
    outside = square_opacity(Framing.FACE, SIZE) == 0
    assert (aged(training, 80)[:, outside] == DRAWN.pictures[:4, 1][:, outside]).all()
    assert training.report()["pixel_loss"] < 0.2
