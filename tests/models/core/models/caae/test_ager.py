from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from core.domain.errors import ErrorCode, OmokageError
from core.models.ageing.typicality import Typicality
from core.models.caae.ager import CaaeAger
from core.models.common import weights_file
from core.models.families import load_ager
from core.vision.views import Framing, View
from tests.models.core.models.caae.builders import SIZE, VERSION, ages, heads, tensors

pytestmark = pytest.mark.usefixtures("tiny")


@pytest.fixture(scope="module")
def ager(tiny: None) -> CaaeAger:
    return CaaeAger(VERSION, tensors(), {})


def some(count: int) -> np.ndarray:
    return heads(ages())[:count]


def years(count: int, age: float) -> np.ndarray:
    return np.full(count, age, np.float32)


def test_no_change_of_age_is_no_change_of_a_picture(ager: CaaeAger) -> None:
    change = ager.change(some(3), years(3, 30), years(3, 30))
    assert change.delta.shape == (3, SIZE, SIZE, 3)
    assert change.delta.dtype == change.mask.dtype == np.float32
    assert not change.delta.any()
    assert (change.mask == 1).all()
    assert change.mask.shape == (3, SIZE, SIZE, 1)


def test_a_change_is_the_difference_of_two_drawn_pictures(ager: CaaeAger) -> None:
    pictures = some(2)
    change = ager.change(pictures, years(2, 25), years(2, 70))
    young, old = (ager.render(pictures, years(2, age)).astype(float) for age in (25, 70))
    assert np.abs(change.delta - (old - young)).max() <= 1.01
    assert change.delta.any()


def test_a_year_more_changes_a_picture_little(ager: CaaeAger) -> None:
    deltas = [ager.change(some(1), years(1, 20), years(1, age)).delta for age in range(25, 41)]
    largest = max(np.linalg.norm(delta) for delta in deltas)
    assert all(np.linalg.norm(after - before) < 0.4 * largest for before, after in pairwise(deltas))


def test_the_same_face_changes_alike_however_many_are_beside_it(ager: CaaeAger) -> None:
    pictures = some(11)
    many = ager.change(pictures, years(11, 25), years(11, 70)).delta
    alone = ager.change(pictures[10:], years(1, 25), years(1, 70)).delta
    assert (many[10:] == alone).all()
    assert ager.change(pictures[:0], years(0, 1), years(0, 1)).delta.shape == (0, SIZE, SIZE, 3)


def test_a_file_is_loaded_as_it_was_kept(ager: CaaeAger) -> None:
    loaded = load_ager("caae-64", VERSION, weights_file.dump(tensors(), {"architecture": "caae-64"}))
    assert loaded.view == View(Framing.FACE, SIZE)
    expected = ager.change(some(2), years(2, 25), years(2, 70)).delta
    assert (loaded.change(some(2), years(2, 25), years(2, 70)).delta == expected).all()


def test_how_typical_faces_are_is_in_the_models_file(ager: CaaeAger) -> None:
    typical = ager.typicality(some(20))
    assert typical.shape == (20,)
    assert (typical == Typicality.from_tensors(tensors()).score(some(20))).all()


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
    with pytest.raises(OmokageError) as refused:
        load_ager("caae-64", config, weights_file.dump(tensors(), {}))
    assert refused.value.code is ErrorCode.BAD_WEIGHTS


def test_damaged_weights_are_refused() -> None:
    data = weights_file.dump(tensors(), {})
    missing = dict(list(tensors().items())[1:])
    for damaged in (data[:-3], data[:-1] + bytes([data[-1] ^ 1]), weights_file.dump(missing, {}), b""):
        with pytest.raises(OmokageError) as refused:
            load_ager("caae-64", VERSION, damaged)
        assert refused.value.code is ErrorCode.BAD_WEIGHTS
