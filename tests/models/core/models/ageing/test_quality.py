from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.models.ageing.face_ager import FaceChange
from core.models.ageing.quality import AgeingAnalysers, AgeingQuality, apply_change

SIZE = 48


def grey(values: Any) -> np.ndarray:
    """One picture of each value."""
    return np.tile(np.asarray(values, np.uint8)[:, None, None, None], (1, SIZE, SIZE, 3))


def analysers() -> AgeingAnalysers:
    """A face's middle is as light as it is old; who is lighter than 100 is somebody else."""

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
    present = np.array([30, 30, 10], np.float32)  # the child does not count
    quality = AgeingQuality(grey(present), present, analysers())
    perfect, nothing = (quality.figures(lighter(share)) for share in (1.0, 0.0))
    assert perfect["age_error"] == pytest.approx(0, abs=0.1)
    assert perfect["age_slope"] == pytest.approx(1, abs=0.01)
    assert nothing["age_error"] == pytest.approx((10 + 20 + 35 + 50) / 4)  # to 35 is no change worth counting
    assert nothing["identity_kept"] == perfect["identity_kept"] == 1


def test_a_face_that_is_somebody_elses_is_counted() -> None:
    present = np.full(4, 60, np.float32)
    figures = AgeingQuality(grey(present), present, analysers()).figures(lighter(3.0))
    assert figures["identity_kept"] == pytest.approx(2 / 3)  # at 80 it is 120, at 35 and 50 below 100
    assert figures["identity_kept_far"] == 1


def test_a_change_shows_where_its_mask_lets_it_and_stays_within_a_picture() -> None:
    pictures = grey([100, 250])
    mask = np.zeros((2, SIZE, SIZE, 1), np.float32)
    mask[:, :, : SIZE // 2] = 0.5
    changed = apply_change(pictures, FaceChange(np.full(pictures.shape, 40, np.float32), mask))
    assert (changed[:, :, SIZE // 2 :] == pictures[:, :, SIZE // 2 :]).all()
    assert (changed[0, :, : SIZE // 2] == 120).all()
    assert (changed[1, :, : SIZE // 2] == 255).all()
