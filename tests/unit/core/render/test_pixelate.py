from __future__ import annotations

import numpy as np
import pytest

from core.domain.faces import Box
from core.render.pixelate import pixelate

PICTURE = np.random.default_rng(1).integers(0, 256, (60, 80, 3)).astype(np.uint8)


def test_of_a_face_only_a_few_colours_are_left_and_the_rest_stays() -> None:
    box = Box(20.0, 10.0, 30.0, 30.0)
    before = PICTURE.copy()

    hidden = pixelate(PICTURE, box)

    assert len(np.unique(hidden[10:40, 20:50].reshape(-1, 3), axis=0)) <= 36
    outside = np.ones((60, 80), bool)
    outside[5:45, 15:55] = False
    assert (hidden[outside] == PICTURE[outside]).all()
    assert (before == PICTURE).all()


@pytest.mark.parametrize(
    "box",
    [
        Box(-10.0, -10.0, 30.0, 30.0),
        Box(70.0, 50.0, 40.0, 40.0),
        Box(1.0, 1.0, 14.0, 14.0),
        Box(200.0, 200.0, 9.0, 9.0),
    ],
)
def test_a_face_at_the_edge_is_hidden_as_far_as_it_is_there(box: Box) -> None:
    hidden = pixelate(PICTURE, box)
    assert hidden.shape == PICTURE.shape
    changed = (hidden != PICTURE).any(2)
    assert changed.any() == (box.x < 80)
