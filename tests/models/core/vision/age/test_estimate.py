from __future__ import annotations

import numpy as np
import pytest

from core.vision.age.estimate import (
    AGE_ERROR,
    CORRECTION,
    MAX_BATCH,
    MIN_CHIP_SIDE,
    AgeEstimator,
    age_chips,
    chip_side,
    correct,
    load_age_estimator,
)
from tests.models.core.vision.age.conftest import DrawnFace


@pytest.fixture(scope="module")
def estimator() -> AgeEstimator:
    return load_age_estimator()


def test_a_face_has_the_age_that_it_has_alone_whatever_is_beside_it(estimator: AgeEstimator, chips: np.ndarray):
    alone = np.concatenate([estimator.estimate(chip[None]) for chip in chips])
    many = np.concatenate([chips] * (MAX_BATCH // len(chips) + 1))
    assert len(many) > MAX_BATCH
    together = estimator.estimate(many)
    assert together.dtype == np.float32
    assert together == pytest.approx(np.resize(alone, len(many)), abs=1e-3)


def test_ages_are_within_the_classes(estimator: AgeEstimator):
    noise = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3), np.uint8)
    pictures = np.concatenate([noise, np.zeros_like(noise), np.full_like(noise, 255)])
    assert (estimator.expectation(pictures) >= 0.25).all()
    assert (estimator.estimate(pictures) <= 85).all()


def test_no_face_has_no_age(estimator: AgeEstimator):
    assert estimator.estimate(age_chips(np.zeros((9, 9, 3), np.uint8), [])).shape == (0,)


@pytest.mark.parametrize("wrong", [np.zeros((1, 96, 96, 3), np.uint8), np.zeros((1, 64, 64, 3), np.float32)])
def test_faces_of_another_size_or_type_are_refused(estimator: AgeEstimator, wrong: np.ndarray):
    with pytest.raises(ValueError, match="faces must be"):
        estimator.estimate(wrong)


def test_another_number_of_faces_needs_no_new_graph(estimator: AgeEstimator, chips: np.ndarray):
    estimator.estimate(chips[:2])
    estimator.estimate(chips[:5])
    assert estimator._forward.experimental_get_tracing_count() == 1


def test_the_correction_keeps_the_order_of_ages():
    expectations = np.linspace(0, 80, 161, dtype=np.float32)
    assert (np.diff(correct(expectations)) > 0).all()
    for expectation, age in CORRECTION:
        assert correct(np.array([expectation], np.float32)) == pytest.approx([age])


def test_a_chip_of_a_picture_twice_as_large_shows_a_square_twice_as_large(drawn_faces: list[DrawnFace]):
    face = drawn_faces[0]
    doubled = [(2 * x, 2 * y) for x, y in face.landmarks]
    assert chip_side(doubled) == pytest.approx(2 * chip_side(face.landmarks))
    assert 100 < chip_side(face.landmarks) < 256


def test_a_face_of_few_pixels_has_no_age_and_the_others_keep_theirs(
    estimator: AgeEstimator, drawn_faces: list[DrawnFace], chips: np.ndarray
):
    face = drawn_faces[0]
    shrink = 0.99 * MIN_CHIP_SIDE / chip_side(face.landmarks)
    small = [(shrink * x, shrink * y) for x, y in face.landmarks]
    ages = estimator.photo_ages(face.image, [small, face.landmarks, small])
    assert ages == [None, pytest.approx(float(estimator.estimate(chips[:1])[0]), abs=1e-3), None]
    assert estimator.photo_ages(face.image, []) == []
    assert estimator.mean_error == AGE_ERROR
