"""`python -m benchmarks drawn_ages`: how old drawn people look to dlib's age network, at ten ages each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import spearmanr

from core.vision.datasets.main_face import find_face
from portraits.aged_people import random_person_at
from portraits.random_people import draw_random_person

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.helpers.report import Figures

PEOPLE = 40
FIRST_SEED = 200  # of people by whom nothing was chosen
AGES = (4, 8, 13, 18, 25, 35, 45, 55, 68, 82)


def run() -> Figures:
    """Return rank correlations of drawn and estimated ages, and the mean estimate at each age."""
    from core.vision.age.estimate import age_chips, load_age_estimator  # TensorFlow only when it is measured
    from core.vision.detection.detect import load_detector

    detector, chips = load_detector(), []
    for seed in range(FIRST_SEED, FIRST_SEED + PEOPLE):
        for age in AGES:
            picture = draw_random_person(random_person_at(seed, age))
            face = find_face(detector, picture)
            chips.append(age_chips(picture, [face.landmarks]) if face else np.zeros((0, 64, 64, 3), np.uint8))
    found = np.array([len(chip) for chip in chips], bool)
    estimates = np.full(len(chips), np.nan, np.float32)
    estimates[found] = load_age_estimator().estimate(np.concatenate(chips))
    return figures(estimates.reshape(PEOPLE, len(AGES)))


def figures(estimates: NDArray[np.float32]) -> Figures:
    """Return the figures of estimates (people, ages), NaN where no face was found."""
    within = [float(spearmanr(AGES, row, nan_policy="omit").statistic) for row in estimates]
    everyone = spearmanr(np.tile(AGES, len(estimates)), estimates.ravel(), nan_policy="omit").statistic
    return {
        "faces found": float(np.mean(~np.isnan(estimates))),
        "Spearman within people, mean": float(np.mean(within)),
        "Spearman within people, median": float(np.median(within)),
        "Spearman of all": float(everyone),
    } | {f"estimate at {age}": float(mean) for age, mean in zip(AGES, np.nanmean(estimates, axis=0), strict=True)}
