from __future__ import annotations

import numpy as np

from benchmarks.helpers.compared_agers import PROTOTYPE_VIEW
from benchmarks.helpers.reference_agers import RealFacesAger, UnchangedAger

SHAPE = (2, PROTOTYPE_VIEW.size, PROTOTYPE_VIEW.size, 3)
FACES = np.full(SHAPE, 100, np.uint8)
PRESENT, AGES = np.array([30, 40], np.float32), np.array([70, 20], np.float32)


def test_faces_as_they_are_have_no_change() -> None:
    assert not UnchangedAger().change(FACES, PRESENT, AGES).delta.any()


def test_a_real_face_of_the_age_is_put_in_place_of_each_face() -> None:
    levels = np.array([20, 72, 50], np.uint8)
    pictures = np.broadcast_to(levels[:, None, None, None], (3, *SHAPE[1:]))
    change = RealFacesAger(pictures, levels.astype(float)).change(FACES, PRESENT, AGES)
    assert (change.mask == 1).all()
    assert (FACES[0] + change.delta[0] == 72).all()
    assert (FACES[1] + change.delta[1] == 20).all()
