from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.domain.ageing import age_is_allowed
from core.models.ageing.face_ager import FaceChange
from core.models.ageing.quality import AgeingAnalysers, AgeingQuality, apply_change

SIZE = 48


def grey(values: Any) -> np.ndarray:
    """One picture of each value, with a dark edge that no aligned face shows."""
    pictures = np.full((len(values), SIZE, SIZE, 3), np.asarray(values)[:, None, None, None], np.uint8)
    pictures[:, :1] = 0
    return pictures


def analysers() -> AgeingAnalysers:
    """A face's middle is as light as it is old; who is much lighter than 100 is somebody else."""

    def embed(chips: np.ndarray) -> np.ndarray:
        features = np.zeros((len(chips), 128), np.float32)
        features[:, 0] = chips[:, 70:80, 70:80].mean((1, 2, 3)) > 100
        return features

    return AgeingAnalysers(lambda chips: chips[:, 28:36, 28:36].mean((1, 2, 3)).astype(np.float32), embed)


def lighter(share: float) -> Any:
    """A change that shows so much of the years."""

    def change(pictures: np.ndarray, present: np.ndarray, ages: np.ndarray) -> FaceChange:
        delta = np.ones(pictures.shape, np.float32) * share * (ages - present)[:, None, None, None]
        return FaceChange(delta, np.ones((*pictures.shape[:3], 1), np.float32))

    return change


def test_faces_that_look_as_old_as_they_should_have_no_error_and_others_the_years_that_are_missing() -> None:
    present = np.full(12, 30, np.float32)
    quality = AgeingQuality(grey(present), present, analysers())
    perfect, nothing = (quality.figures(lighter(share)) for share in (1.0, 0.0))
    assert perfect["age_error"] < 0.6  # rounded to pixel values
    assert nothing["age_error"] == pytest.approx(np.abs(30 - np.array([20, 50, 80, 35, 65, 10])).mean())
    assert perfect["identity_kept"] == nothing["identity_kept"] == 1


def test_a_face_that_is_somebody_elses_is_counted() -> None:
    present = np.full(6, 30, np.float32)
    figures = AgeingQuality(grey(present), present, analysers()).figures(lighter(2.0))
    assert figures["identity_kept"] == pytest.approx(5 / 6)  # aged to 80 it is lighter than 100


def test_children_are_aged_by_a_step_that_is_allowed() -> None:
    present = np.array([2, 8, 14, 17, 40, 88], np.float32)
    quality = AgeingQuality(grey(present), present, analysers())
    steps = zip(present, quality._targets, strict=True)
    assert all(age_is_allowed(float(age), float(target)) for age, target in steps)
    assert quality._targets[0] == 10
    assert quality._targets[5] != 88


def test_a_change_shows_where_its_mask_lets_it_and_stays_within_a_picture() -> None:
    pictures = grey([100, 250])
    mask = np.zeros((2, SIZE, SIZE, 1), np.float32)
    mask[:, :, : SIZE // 2] = 0.5
    changed = apply_change(pictures, FaceChange(np.full(pictures.shape, 40, np.float32), mask))
    assert (changed[:, :, SIZE // 2 :] == pictures[:, :, SIZE // 2 :]).all()
    assert (changed[0, 2:, : SIZE // 2] == 120).all()
    assert (changed[1, 2:, : SIZE // 2] == 255).all()
