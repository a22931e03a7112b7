from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from core.models.caae.ager import CaaeNetworks
from tests.models.core.models.caae.builders import SIZE, VERSION, ages, heads, tensors

pytestmark = pytest.mark.usefixtures("tiny")


@pytest.fixture(scope="module")
def ager(tiny: None) -> CaaeNetworks:
    return CaaeNetworks(VERSION, tensors())


def some(count: int) -> np.ndarray:
    return heads(ages())[:count]


def years(count: int, age: float) -> np.ndarray:
    return np.full(count, age, np.float32)


def test_no_change_of_age_is_no_change_of_a_picture(ager: CaaeNetworks) -> None:
    change = ager.change(some(3), years(3, 30), years(3, 30))
    assert change.delta.shape == (3, SIZE, SIZE, 3)
    assert change.delta.dtype == change.mask.dtype == np.float32
    assert not change.delta.any()
    assert (change.mask == 1).all()
    assert change.mask.shape == (3, SIZE, SIZE, 1)


def test_a_change_is_the_difference_of_two_drawn_pictures(ager: CaaeNetworks) -> None:
    pictures = some(2)
    change = ager.change(pictures, years(2, 25), years(2, 70))
    young, old = (ager.render(pictures, years(2, age)).astype(float) for age in (25, 70))
    assert np.abs(change.delta - (old - young)).max() <= 1.01
    assert change.delta.any()


def test_a_year_more_changes_a_picture_little(ager: CaaeNetworks) -> None:
    deltas = [ager.change(some(1), years(1, 20), years(1, age)).delta for age in range(25, 41)]
    largest = max(np.linalg.norm(delta) for delta in deltas)
    assert all(np.linalg.norm(after - before) < 0.4 * largest for before, after in pairwise(deltas))


def test_the_same_face_changes_alike_however_many_are_beside_it(ager: CaaeNetworks) -> None:
    pictures = some(11)
    many = ager.change(pictures, years(11, 25), years(11, 70)).delta
    alone = ager.change(pictures[10:], years(1, 25), years(1, 70)).delta
    assert (many[10:] == alone).all()
    assert ager.change(pictures[:0], years(0, 1), years(0, 1)).delta.shape == (0, SIZE, SIZE, 3)


@pytest.mark.parametrize(
    "config",
    [
        {**VERSION, "size": 96},
        {**VERSION, "size": 48},
        {**VERSION, "size": "large"},
        {**VERSION, "preset": "paper"},
        {**VERSION, "preset": "heavy"},
        {"preset": "light"},
        {"size": SIZE},
    ],
)
def test_what_does_not_belong_together_is_refused(config: dict[str, Any]) -> None:
    with pytest.raises((KeyError, ValueError)):
        CaaeNetworks(config, tensors())
