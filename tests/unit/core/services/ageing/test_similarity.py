from __future__ import annotations

import numpy as np
import pytest

from core.services.ageing.similarity import identity_similarity, similarity_at


def test_the_same_face_is_one_person_and_a_far_one_is_not() -> None:
    before = np.zeros((3, 128), np.float32)
    after = before.copy()
    after[1, 0], after[2, 0] = 0.6, 1.2
    assert identity_similarity(before, after) == pytest.approx([1, 0.81, 0], abs=0.01)
    assert identity_similarity(before[:1], after) == pytest.approx([1, 0.81, 0], abs=0.01)


def test_similarity_falls_with_the_distance() -> None:
    similarities = similarity_at(np.linspace(0, 2, 50))
    assert (np.diff(similarities) <= 0).all()
    assert (similarities >= 0).all()
    assert (similarities <= 1).all()
